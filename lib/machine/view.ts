import type { State } from '@/lib/state'

/** The steps of a machine's life in order; `at` of a step that has not happened yet is null. */
export type MachineStepName = 'requested' | 'cloned' | 'address' | 'powered-on' | 'bootstrapped' | 'joined' | 'ready'
export interface MachineStep {
  readonly name: MachineStepName
  /** RFC 3339. */
  readonly at: string | null
}

export type MachineWord =
  | 'Requested' | 'Cloning' | 'Waiting for address' | 'Powering on' | 'Bootstrapping' | 'Joining'
  | 'Ready' | 'Not ready' | 'Draining' | 'Deleting' | 'Failed'

/** What pages show of one Machine with its VSphereMachine, VSphereVM and claims. */
export interface MachineView {
  readonly kind: 'machine'
  readonly uid: string
  readonly tenant: string
  readonly cluster: string
  /** Node pool by its short name (`general`), null for a machine outside every pool. */
  readonly pool: string | null
  readonly name: string
  /** The VSphereDeploymentZone that it is in; absent: none. */
  readonly zone?: string
  readonly state: State<MachineWord>
  /** Cluster API's own word (Pending, Provisioning, Running, ...), shown beside ours in the detail. */
  readonly phase: string
  readonly node: { readonly name: string; readonly ready: boolean } | null
  readonly address: string | null
  /** Addresses of pools that it holds besides: of IPv6, or of another network. */
  readonly moreAddresses?: readonly string[]
  /** Names of the pools that it has claimed an address of and got none yet; absent: none, or not known. */
  readonly waitsForPools?: readonly string[]
  readonly version: string | null
  /** false: an older version or size than its pool asks for; it will be replaced. */
  readonly upToDate: boolean
  readonly steps: readonly MachineStep[]
  readonly createdAt: string
  readonly deletingSince: string | null
}

/** How a tick draws the machine in lists: design.md, "Machine ticks". */
export type MachineTick = 'serving' | 'old' | 'coming' | 'waiting' | 'leaving' | 'not-ready'
