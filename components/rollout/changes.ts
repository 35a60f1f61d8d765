import type { Rollout } from '@/lib/rollout/story'

/** What the server read, with what the stream has told since. */
export function withLive(read: readonly Rollout[], live: readonly Rollout[]): readonly Rollout[] {
  return [...new Map([...read, ...live].map((rollout) => [rollout.id, rollout])).values()]
}

/** The open one leads. */
export const newestFirst = (changes: readonly Rollout[]): readonly Rollout[] =>
  changes.toSorted((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? -1 : 1))
