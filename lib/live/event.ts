import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout, RolloutMachine } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { UpgradeView } from '@/lib/upgrade/view'

/**
 * The protocol of the one stream of a tenant (`GET /api/t/<tenant>/stream`, text/event-stream).
 * Each message is an SSE event named by `type` with the rest as JSON; `snapshot` and `changes` carry `id: epoch:seq`.
 * A client that resumes with Last-Event-ID gets the changes it missed, or a fresh `snapshot` when they are gone.
 */
export type LiveView = ClusterView | MachineView | TimelineEntry | Rollout | RolloutMachine | UpgradeView

export type Health = Degraded &
  (
    | { readonly state: 'live'; readonly lastContact: string }
    /** The management cluster does not answer: what is shown is as old as lastContact; writes are refused. */
    | { readonly state: 'away'; readonly lastContact: string | null }
  )

interface Degraded {
  /** Kinds that cannot be read while others can, by name: what is shown of them may be old. Left out when there are none. */
  readonly degraded?: readonly string[]
}

export interface TenantState {
  readonly clusters: Readonly<Record<string, ClusterView>>
  readonly machines: Readonly<Record<string, MachineView>>
  /** By entry key. */
  readonly entries: Readonly<Record<string, TimelineEntry>>
  /** By id: the open one of each cluster and the last that ended; older ones are read from the database (/changes). */
  readonly rollouts: Readonly<Record<string, Rollout>>
  /** By id: of the rollouts above. */
  readonly rolloutMachines: Readonly<Record<string, RolloutMachine>>
  /** By uid of the cluster: its upgrade that is not at its end, else the last that was asked for in the portal. */
  readonly upgrades: Readonly<Record<string, UpgradeView>>
  readonly health: Health
}

export interface Removal {
  readonly kind: LiveView['kind']
  /** uid (of an upgrade its cluster's), key of an entry, id of a rollout and its machines. */
  readonly id: string
}

export type LiveMessage =
  | { readonly type: 'snapshot'; readonly state: TenantState }
  | { readonly type: 'changes'; readonly upserts: readonly LiveView[]; readonly removes: readonly Removal[] }
  | { readonly type: 'health'; readonly health: Health }
  /** Sent after the snapshot, also when it is empty: from here on the page may say "there is nothing". */
  | { readonly type: 'synced' }
  /** Every 15 s; a client that misses three reconnects. */
  | { readonly type: 'beat' }
  /** The person may no longer see the tenant. The client forgets all it holds of it. */
  | { readonly type: 'revoked' }
  /** The session ended: sign-in, no reconnect. */
  | { readonly type: 'signed-out' }

export const BEAT_MS = 15_000
