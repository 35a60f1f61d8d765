import { expect, test } from 'vitest'
import type { Lane } from '@/lib/rollout/lanes'
import { isUnmade, laneShape, sidesOf, splitWords } from './sides'

const machine = {} as NonNullable<Lane['old']>
const lane = (change: Partial<Lane>): Lane => ({ old: null, new: null, finished: false, ...change }) as Lane
const open = { change: 'replace', endedAt: null } as const

test('a lane without a new machine waits for one only where the change replaces', () => {
  expect(isUnmade(lane({ old: machine }), open)).toBe(true)
  expect(isUnmade(lane({ old: machine }), { change: 'scale', endedAt: null })).toBe(false)
  expect(isUnmade(lane({ old: machine, finished: true }), open)).toBe(false)
  expect(isUnmade(lane({ old: machine }), { change: 'replace', endedAt: '2026-11-21T14:00:00Z' })).toBe(false)
  expect(isUnmade(lane({}), { change: 'create', endedAt: null })).toBe(true)
})

test('where nothing leaves or nothing comes, lanes have one side', () => {
  expect(sidesOf([lane({ new: machine })], { change: 'create', endedAt: null })).toBe('new')
  expect(sidesOf([lane({ old: machine })], { change: 'delete', endedAt: null })).toBe('old')
  expect(sidesOf([lane({ old: machine }), lane({ old: machine, new: machine })], { change: 'scale', endedAt: null })).toBe('both')
})

test('what a finished lane adds to its time stands under it', () => {
  expect(splitWords('2 min 14 s, drain waited 13 s for budget x', true)).toEqual(['2 min 14 s', 'drain waited 13 s for budget x'])
  expect(splitWords('No address, none is free, 13 s', false)).toEqual([null, 'No address, none is free, 13 s'])
  expect(splitWords('13 s, usually 26 s', false)).toEqual(['13 s, usually 26 s', null])
  expect(splitWords('2 min 00 s', true)).toEqual(['2 min 00 s', null])
  expect(splitWords(null, true)).toEqual([null, null])
})

test('what was removed has the mark of what is done, what waits a ring', () => {
  expect(laneShape({ role: 'idle', word: 'Removed', finished: true })).toBe('check')
  expect(laneShape({ role: 'idle', word: 'Next', finished: false })).toBe('ring')
  expect(laneShape({ role: 'ok', word: 'Replaced', finished: true })).toBe('check')
})
