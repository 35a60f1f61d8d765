import 'server-only'
import type { Rollout } from '@/lib/rollout/story'

/** Times of the API are whole seconds: a story may seem to begin just before the last one ended. */
const OVERLAP_MS = 2_000

/**
 * Which of a cluster's stored stories tells the same change, told by another replica or by the process before this one: of
 * those that were under way at the same time the one that began nearest to it. null: none does.
 * @param own ids of stories that are known to be other changes
 */
export function rivalOf<Row extends { readonly story: { readonly rollout: Rollout } }>(mine: Rollout, own: readonly string[], rows: readonly Row[]): Row | null {
  const begun = Date.parse(mine.startedAt)
  const over = mine.endedAt === null ? Infinity : Date.parse(mine.endedAt)
  const away = ({ story }: Row): number => Math.abs(Date.parse(story.rollout.startedAt) - begun)
  const meanwhile = rows.filter(({ story: { rollout } }) => {
    if (rollout.id === mine.id) return true
    // Only one can be open: whatever it is, it goes on with it.
    if (rollout.endedAt === null) return mine.endedAt === null || Date.parse(rollout.startedAt) < over
    const together = Math.abs(Date.parse(rollout.startedAt) - begun) < OVERLAP_MS || Date.parse(rollout.endedAt) > begun + OVERLAP_MS
    return !own.includes(rollout.id) && together && Date.parse(rollout.startedAt) < over
  })
  return meanwhile.sort((a, b) => away(a) - away(b))[0] ?? null
}
