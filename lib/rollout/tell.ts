import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { Ask, Story } from '@/lib/rollout/story'

/** One cluster with its machines, by uid, as the live cache sees it. */
export interface Picture {
  readonly cluster: ClusterView
  readonly machines: ReadonlyMap<string, MachineView>
}

/** What the watches have just shown. `before` is null for what is met for the first time (a new cluster, or after a start). */
export interface Seen {
  readonly before: Picture | null
  /** null: the cluster is gone. */
  readonly after: Picture | null
}

/**
 * The open story of a cluster after what was seen, or null while the cluster is idle. A story that ends is returned once more with
 * `endedAt`; the next call is given null in its place.
 * @param now RFC 3339
 * @param newId makes the id of a story that begins
 */
export function tell(story: Story | null, _seen: Seen, _now: string, _newId: () => string): Story | null {
  return story
}

/** The story with what people asked for: decides its kind and title. Asks that it has already change nothing. */
export function withAsks(story: Story, _asks: readonly Ask[]): Story {
  return story
}

/** Both replicas' facts in one story: earliest times, all troubles, what was seen last. Commutative and idempotent; keeps `a`'s id. */
export function merge(a: Story, _b: Story): Story {
  return a
}
