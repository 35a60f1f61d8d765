import type { HeldPlaneField } from '@/lib/control-plane/change'
import type { PlaneFieldChange } from '@/lib/control-plane/fields'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { ObjectDifference } from '@/lib/node-pool/review'

/** What stays as the cluster was created, and why. */
export interface FixedFact {
  readonly words: string
  readonly value: string
  readonly why: string
}

/** What the form of a control plane begins with. */
export interface PlanePageData {
  readonly cluster: string
  /** The KamajiControlPlane's. */
  readonly uid: string
  readonly spec: PlaneSpec
  /** Fields that the form has no place for: a change keeps them. */
  readonly unknown: readonly string[]
  /** Fields that other tools set. */
  readonly held: readonly HeldPlaneField[]
  readonly fixed: readonly FixedFact[]
}

/** A plan as a person looks at it before anything is written. */
export interface PlaneReview {
  readonly changes: readonly PlaneFieldChange[]
  readonly summary: readonly string[]
  readonly replacesPods: boolean
  /** Of the control plane, as asked for. */
  readonly replicas: number
  readonly objects: readonly ObjectDifference[]
}
