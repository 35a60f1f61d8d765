import type { AddressAnswer, ObjectDifference } from '@/lib/node-pool/review'
import type { StepId } from '@/lib/upgrade/plan'

/**
 * An upgrade as pages show it: from the Operation row, while what each step does now follows from the live views. The stream has one a
 * cluster: the one that is not at its end, else the last.
 */
export interface UpgradeView {
  readonly kind: 'upgrade'
  /** Of its cluster: one that comes after takes its place. */
  readonly uid: string
  readonly tenant: string
  readonly operationId: string
  readonly who: string
  /** RFC 3339. */
  readonly at: string
  readonly from: string
  readonly to: string
  readonly steps: readonly { readonly id: StepId; readonly done: boolean; readonly onDelete: boolean }[]
  /** `paused`: nothing goes on until a person says so; `reason` has why, also of one that ended before its end. */
  readonly state: 'running' | 'paused' | 'done' | 'ended'
  readonly reason: string | null
}

/** Not at its end: it goes on, or somebody can go on with it. */
export const isOpen = ({ state }: Pick<UpgradeView, 'state'>): boolean => state === 'running' || state === 'paused'

/** What an upgrade would do, before anything is written. */
export interface UpgradeReview {
  readonly from: string
  readonly to: string
  readonly steps: readonly { readonly id: StepId; readonly words: string; readonly machines: number }[]
  /** Pools that stay behind, with what becomes of them. */
  readonly stays: readonly { readonly pool: string; readonly version: string; readonly words: string }[]
  readonly machinesReplaced: number
  /** Of the pool that needs the most: pools go one after another. */
  readonly addresses: AddressAnswer
  /** As they would be written now; pools that a later step finds changed are looked at again then. */
  readonly objects: readonly ObjectDifference[]
}
