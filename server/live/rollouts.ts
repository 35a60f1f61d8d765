import 'server-only'
import type { ClusterPicture } from '@/server/live/projection'

/** Tells each cluster's rollout as a story (lib/rollout) and keeps it: on the streams at once, in the database as it happens. */
export class Rollouts {
  /** Takes notice of a change of one cluster. */
  changed(_before: ClusterPicture | null, _after: ClusterPicture | null): void {}

  /** Resolves when all that waits is written, or the database does not take it. */
  async drain(): Promise<void> {}
}
