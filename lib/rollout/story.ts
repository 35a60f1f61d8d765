import type { MachineStepName, MachineView } from '@/lib/machine/view'
import type { ConditionView, State } from '@/lib/state'

/**
 * The story of one change of one cluster: facts only, each with its own time, so that two replicas, or one before and one after
 * a restart, tell the same story and `merge` of both is again that story. A cluster has at most one open story; what is asked
 * while it is open joins it (docs/decisions/0009).
 */
export interface Story {
  readonly rollout: Rollout
  /** By uid; machines that the change brings or takes, not those that it leaves alone. */
  readonly machines: Readonly<Record<string, RolloutMachine>>
}

export type ChangeKind = 'create' | 'scale' | 'replace' | 'upgrade' | 'repair' | 'delete'

/** The story without its machines: what lists and headers show. Travels on the stream as a view of its own. */
export interface Rollout {
  readonly kind: 'rollout'
  readonly id: string
  readonly tenant: string
  readonly clusterUid: string
  readonly cluster: string
  readonly change: ChangeKind
  /** "Memory change in pool general", "Pool general from 2 to 4 machines": a heading. */
  readonly title: string
  /** Oldest first; empty for what was done outside of the portal or by the controllers. */
  readonly asks: readonly Ask[]
  /** By pool name: the pools that the change is about. */
  readonly pools: Readonly<Record<string, PoolChange>>
  /** `at`: when the control plane reached it, null until then; absent when the control plane was there already. */
  readonly version: { readonly from: string | null; readonly to: string | null; readonly at?: string | null }
  /** RFC 3339. */
  readonly startedAt: string
  readonly endedAt: string | null
  readonly state: RolloutState
  /** Machines that have arrived (or left, in a deletion or a smaller pool), of all that will. */
  readonly done: number
  readonly total: number
  /** 0..100, never falling while nothing new is asked. */
  readonly percent: number
  /** When it is expected to end, learnt from machines already done; null before the first. Never put off by under 10 %. */
  readonly expectedEnd: string | null
  /** What a machine's phase took in the middle of those done, in ms. */
  readonly medians: Readonly<Partial<Record<Phase, number>>>
  /** Of the cluster and its pools; a machine's are its own. Kept for ever. */
  readonly troubles: readonly Trouble[]
  /** When `state` and `expectedEnd` became what they are: of two replicas' the later holds. */
  readonly seenAt?: string
}

export type SizePart = 'cpus' | 'memoryMiB' | 'diskGiB'

export interface PoolChange {
  /** null when the story was met in the middle. */
  readonly from: number | null
  readonly to: number
  /** When `from` was so; the earliest holds. */
  readonly fromAt?: string
  /** When `to` was first seen; the latest holds. */
  readonly at?: string
  /** Machines that the change leaves alone. */
  readonly kept?: number
  /** What of each machine changes. */
  readonly sizes?: readonly SizePart[]
}

export type StallReason =
  | 'no-address' | 'quota' | 'vcenter-away' | 'template-missing' | 'drain-blocked' | 'preflight' | 'paused' | 'control-plane' | 'other'

/** Of one story; a cluster without an open one is idle. */
export type RolloutState =
  | { readonly is: 'rolling'; readonly sentence: string | null; readonly condition: ConditionView | null }
  | { readonly is: 'stalled'; readonly reason: StallReason; readonly sentence: string; readonly condition: ConditionView | null; readonly since: string }
  | { readonly is: 'failed'; readonly sentence: string; readonly condition: ConditionView | null; readonly at: string }
  | { readonly is: 'done'; readonly at: string }
export type ClusterRollout = { readonly is: 'idle' } | RolloutState

/** What a person asked for, from its Operation row. */
export interface Ask {
  readonly operationId: string
  /** replace: a change, or a restart, that makes machines anew; a pool that comes or goes is a scale from or to 0. */
  readonly kind: 'create' | 'scale' | 'replace' | 'upgrade' | 'delete'
  readonly who: string
  readonly at: string
  readonly pool: string | null
  readonly from: number | null
  readonly to: number | null
  /** Of an upgrade: where to, and which pools go along, one after another. */
  readonly version?: string
  readonly pools?: readonly string[]
}

/** Blocks of the rollout picture, in order: `clone` ends at the step `cloned`, and so on; the last two are those of leaving. */
export type Phase = 'clone' | 'address' | 'power' | 'boot' | 'join' | 'drain' | 'delete'

export interface RolloutMachine {
  readonly kind: 'rollout-machine'
  /** `<rollout id>:<uid>` */
  readonly id: string
  readonly rollout: string
  readonly tenant: string
  readonly clusterUid: string
  readonly uid: string
  readonly name: string
  readonly pool: string | null
  /** old: it was there before and leaves; new: the change made it. A new one may leave again (it failed its health check). */
  readonly side: 'old' | 'new'
  readonly address: string | null
  readonly version: string | null
  /** Earliest time that anybody saw of each step. */
  readonly steps: Readonly<Partial<Record<MachineStepName, string>>>
  readonly leaving: { readonly deletion: string | null; readonly drained: string | null; readonly gone: string | null }
  /** As it was last seen; stays after it is gone. */
  readonly last: State<MachineView['state']['word']>
  readonly lastSeen: string
  readonly troubles: readonly Trouble[]
}

/** Something that was wrong, kept after it is over and after its machine is gone. */
export interface Trouble {
  /** The same trouble seen twice is one. */
  readonly key: string
  readonly at: string
  /** When it was no longer so; null while it is. */
  readonly until: string | null
  readonly sentence: string
  readonly condition: ConditionView | null
}
