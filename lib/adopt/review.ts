import type { Origin } from '@/lib/adopt/origin'

/** A take-over as a person looks at it before anything is written. */
export interface AdoptionReview {
  readonly cluster: string
  readonly uid: string
  /** null: it is the portal's own already. */
  readonly origin: Origin | null
  readonly objects: readonly {
    readonly kind: string
    readonly name: string
    /** Who lets go of it. */
    readonly from: readonly string[]
    /** Others that go on setting fields of it: controllers, or tools that the portal does not know. */
    readonly stay: readonly string[]
  }[]
  /** Why it cannot be taken over; empty when it can. */
  readonly reasons: readonly string[]
  /** Whether a dry run has shown that nothing would change: it takes the right to do it. */
  readonly dryRun: boolean
  readonly machines: number
}
