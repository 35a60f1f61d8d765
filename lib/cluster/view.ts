import type { Origin } from '@/lib/adopt/origin'
import type { PodNetwork } from '@/lib/cluster/pod-room'
import type { Finding } from '@/lib/doctor/finding'
import type { ConditionView, State } from '@/lib/state'

export type ClusterWord =
  | 'Ready' | 'Creating' | 'Scaling' | 'Updating' | 'Upgrading' | 'Replacing'
  | 'Stalled' | 'Degraded' | 'Failed' | 'Deleting' | 'Deletion held' | 'Paused'

/** Order of the list: what a person must act on, what changes by itself, what rests. */
export type ClusterGroup = 'needs-you' | 'changing' | 'settled'

export interface NodePoolZone {
  readonly zone: string
  readonly machineDeployment: string
  readonly desired: number
  readonly ready: number
}

export interface NodePoolView {
  readonly name: string
  /** The MachineDeployment's name: what `scale` is asked of. */
  readonly machineDeployment: string
  readonly version: string | null
  readonly desired: number
  readonly ready: number
  readonly upToDate: number
  readonly total: number
  readonly cpus: number | null
  readonly memoryMiB: number | null
  readonly diskGiB: number | null
  /** Where its machines are placed by zone: one row for each VSphereDeploymentZone, each a MachineDeployment of its own. */
  readonly zones?: readonly NodePoolZone[]
  /** Pools that its machines take addresses from, where those are not just the cluster's first one; empty: by DHCP. */
  readonly addressPools?: readonly string[]
  /** Machines made ahead during a change (maxSurge, absolute). */
  readonly surge: number
  readonly state: State<'Ready' | 'Creating' | 'Scaling' | 'Replacing' | 'Stalled' | 'Deleting'>
}

/** An InClusterIPPool of the cluster, or a shared GlobalInClusterIPPool that its machines take addresses from. */
export interface AddressPoolView {
  readonly pool: string
  /** Of a shared pool a tenant is told how much is left, and not which network it is. */
  readonly shared?: true
  readonly ranges: readonly string[]
  readonly prefix: number | null
  readonly gateway: string | null
  readonly total: number
  readonly used: number
  readonly free: number
}

/** `more`: pools besides the first, of IPv6 or of further networks. */
export type AddressesView = ({ readonly kind: 'dhcp' } | ({ readonly kind: 'pool' } & AddressPoolView)) & { readonly more?: readonly AddressPoolView[] }

/**
 * The pool that runs out first, of those that a node pool's machines take addresses from.
 * @param names see NodePoolView.addressPools; undefined: the cluster's first pool
 * @param waiting addresses that machines will take before
 * @returns null by DHCP
 */
export function scarcestPool(addresses: AddressesView, names: readonly string[] | undefined, waiting: (pool: string) => number = () => 0): AddressPoolView | null {
  const first = addresses.kind === 'pool' ? [addresses] : []
  if (names === undefined) return first[0] ?? null
  const used = [...first, ...(addresses.more ?? [])].filter(({ pool }) => names.includes(pool))
  return used.toSorted((a, b) => a.free - waiting(a.pool) - (b.free - waiting(b.pool)))[0] ?? null
}

/** What a page shows of one tenant cluster: Cluster with its control plane, vSphere part, pools and addresses. */
export interface ClusterView {
  readonly kind: 'cluster'
  readonly uid: string
  readonly tenant: string
  readonly name: string
  readonly state: State<ClusterWord>
  readonly group: ClusterGroup
  readonly version: { readonly desired: string | null; readonly current: string | null }
  readonly controlPlane: {
    readonly replicas: number
    readonly readyReplicas: number
    /** RemoteConnectionProbe, not `initialized`: Kamaji says initialized before an API server exists (lab-kamaji.md). */
    readonly answers: boolean
    readonly state: State<'Ready' | 'Creating' | 'Upgrading' | 'Not ready' | 'Missing'>
  }
  readonly endpoint: { readonly host: string; readonly port: number } | null
  readonly identity: string | null
  readonly placement: {
    readonly server: string
    readonly datacenter: string
    readonly resourcePool: string
    readonly folder: string
    readonly datastore: string
    readonly network: string
    readonly template: string
  } | null
  readonly networks: PodNetwork & { readonly services: readonly string[] }
  readonly addresses: AddressesView
  readonly pools: readonly NodePoolView[]
  readonly machines: { readonly desired: number; readonly ready: number; readonly total: number }
  /** Health list of the cluster page: conditions that people are shown, with plain words (`lib/cluster/health.ts`). */
  readonly health: readonly HealthItem[]
  readonly kubeconfig: { readonly ready: true } | { readonly ready: false; readonly waitsFor: string }
  /** While deleting: what still exists, `Kind/name`, in the order in which it goes. */
  readonly remaining: readonly string[]
  /** Who made it; absent when that was the portal, or it was taken over. */
  readonly origin?: Origin
  /** What holds the cluster, its deletion or its machines, first cause first; absent when nothing does. */
  readonly findings?: readonly Finding[]
  readonly createdAt: string
  readonly deletingSince: string | null
}

export interface HealthItem {
  readonly ok: boolean | null
  readonly sentence: string
  readonly condition: ConditionView
}
