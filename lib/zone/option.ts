/** Label of a VSphereDeploymentZone with its own name: Kubernetes' selectors know labels only. */
export const ZONE_LABEL = 'tenantry.dev/zone'

/** A VSphereDeploymentZone with its VSphereFailureDomain, as a tenant may use it. */
export interface ZoneOption {
  readonly name: string
  /** The vCenter that it belongs to: of no use to clusters of another. */
  readonly server: string
  /** Why it cannot be used, in one sentence; null when it can. CAPV places machines in one that is not ready all the same, and only logs it. */
  readonly notReady: string | null
  /** What it puts in the place of the machine's own fields (CAPV pkg/services/vimmachine.go, generateOverrideFunc); null: it does not. */
  readonly puts: {
    readonly datacenter: string | null
    readonly resourcePool: string | null
    readonly folder: string | null
    readonly datastore: string | null
    readonly networks: readonly string[]
  }
}

/** Zones of a vCenter, by name. */
export const zonesOf = (zones: readonly ZoneOption[], server: string | null | undefined): readonly ZoneOption[] => zones.filter((zone) => zone.server === server)

export const readyZones = (zones: readonly ZoneOption[]): readonly string[] => zones.filter(({ notReady }) => notReady === null).map(({ name }) => name)

/** What a zone overrides, for beside its name: "resource pool team-blue, datastore ssd-02". Empty when nothing. */
export function putsWords({ puts }: ZoneOption, short: (path: string) => string = (path) => path): string {
  const parts = [
    puts.resourcePool === null ? null : `resource pool ${short(puts.resourcePool)}`,
    puts.folder === null ? null : `folder ${short(puts.folder)}`,
    puts.datastore === null ? null : `datastore ${short(puts.datastore)}`,
    puts.networks.length === 0 ? null : `network ${puts.networks.map(short).join(', ')}`,
  ]
  return parts.filter((part) => part !== null).join(', ')
}
