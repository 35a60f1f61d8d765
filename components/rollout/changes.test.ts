import { expect, test } from 'vitest'
import type { Rollout } from '@/lib/rollout/story'
import { newestFirst, withLive } from './changes'

const rollout = (id: string, minute: number, ended: boolean): Rollout => ({ id, startedAt: `2026-11-21T14:0${minute}:00Z`, endedAt: ended ? `2026-11-21T15:0${minute}:00Z` : null }) as Rollout
const ids = (all: readonly Rollout[]) => all.map(({ id }) => id)

test('the open change leads, the others follow newest first', () => {
  expect(ids(newestFirst([rollout('old', 1, true), rollout('open', 0, false), rollout('new', 5, true)]))).toEqual(['open', 'new', 'old'])
})

test('what the stream tells takes the place of what the server read, and adds what it did not know', () => {
  const ended = rollout('a', 1, true)
  const merged = withLive([rollout('a', 1, false), rollout('b', 0, true)], [ended, rollout('c', 3, false)])
  expect(ids(merged)).toEqual(['a', 'b', 'c'])
  expect(merged[0]).toBe(ended)
})
