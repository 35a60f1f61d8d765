import type { StateRole } from '@/lib/state'

/**
 * One thing that happened to a cluster. `key` is derived from the object and the step, so the same observation made again
 * (after a restart, by another replica) is the same entry and is stored once.
 */
export interface TimelineEntry {
  readonly kind: 'entry'
  readonly key: string
  readonly tenant: string
  readonly clusterUid: string
  readonly cluster: string
  /** RFC 3339. */
  readonly at: string
  /** Machine, pool or control plane that it is about; null: the cluster. */
  readonly subject: string | null
  readonly text: string
  readonly role: StateRole
  /** Person who asked for it (e-mail), null for what controllers did. */
  readonly who: string | null
}
