import 'server-only'
import type { IdentityOption } from '@/lib/identity/offer'
import type { SharedPoolOption } from '@/lib/ip-pool/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { Picture } from '@/lib/rollout/picture'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { ZoneOption } from '@/lib/zone/option'
import { departures, happenings } from '@/lib/timeline/happenings'
import type { ProjectionOptions } from '@/server/live/projection'
import { log } from '@/server/log'
import { clusterView } from '@/server/management/parse/cluster'
import { identityOption, type OptionReading } from '@/server/management/parse/identity'
import { machineView } from '@/server/management/parse/machine'
import { textAt } from '@/server/management/parse/raw'
import { sharedPoolOption } from '@/server/management/parse/shared-pool'
import { zoneOption } from '@/server/management/parse/zone'

/** Where the pure parsers meet the live cache. */
export const viewsOf: ProjectionOptions['viewsOf'] = { cluster: clusterView, machine: machineView }

/** What two pictures of a cluster tell to have happened. Only machines that changed are looked at: pools are large. */
export function happeningsOf(before: Picture | null, after: Picture | null, now = new Date().toISOString()): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = []
  if (after) entries.push(...happenings(after.cluster, [...after.machines].filter(([uid, view]) => before?.machines.get(uid) !== view).map(([, view]) => view)))
  if (!before) return entries
  for (const [uid, view] of before.machines) if (!after?.machines.has(uid)) entries.push(...departures(view, now, before.cluster))
  if (before.cluster.uid !== after?.cluster.uid) entries.push(...departures(before.cluster, now))
  return entries
}

/** Identities offered to the tenant's Namespace, by name. */
export const identitiesFor = (namespace: KubeObject | null, identities: readonly KubeObject[]): readonly IdentityOption[] => offered(namespace, identities, identityOption)

/** Shared address pools offered to it, by name. */
export const sharedPoolsFor = (namespace: KubeObject | null, pools: readonly KubeObject[]): readonly SharedPoolOption[] => offered(namespace, pools, sharedPoolOption)

/** Zones that it may use, by name, ready or not. */
export const zonesFor = (namespace: KubeObject | null, zones: readonly KubeObject[], failureDomain: (name: string) => KubeObject | null): readonly ZoneOption[] =>
  offered(namespace, zones, (zone, labels) => zoneOption(zone, failureDomain(textAt(zone, 'spec', 'failureDomain') ?? ''), labels))

/** An offer that cannot be read is told to the log, once. */
function offered<Option extends { readonly name: string }>(namespace: KubeObject | null, objects: readonly KubeObject[], read: (object: KubeObject, labels: Readonly<Record<string, string>>) => OptionReading<Option>): readonly Option[] {
  if (!namespace) return []
  const options = objects.flatMap((object) => {
    const reading = read(object, namespace.metadata.labels ?? {})
    if (reading.kind === 'offered') return [reading.option]
    if (reading.kind === 'bad-offer') complain(`${object.kind}/${reading.name}`, reading.reason)
    return []
  })
  return options.sort((a, b) => a.name.localeCompare(b.name))
}

const complaints = new Set<string>()

function complain(object: string, reason: string): void {
  if (complaints.has(object + reason) || complaints.size > 1_000) return
  complaints.add(object + reason)
  log.warn({ event: 'offer', object, reason }, 'an offer to tenants cannot be read; it is not offered')
}
