import type { AddressAnswer } from '@/lib/node-pool/review'
import type { StepId } from '@/lib/upgrade/plan'

/** An upgrade as its page shows it: from the Operation row, while what each step does now comes with the stream. */
export interface UpgradeView {
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
}
