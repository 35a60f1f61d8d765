import { expect, test } from 'vitest'
import { at, clock, watch, type World } from '@/lib/rollout/fixtures'
import { type Lane, lanesOf } from '@/lib/rollout/lanes'
import type { Story } from '@/lib/rollout/story'

const ms = (second: number) => Date.parse(clock(second))
const REPLACE: World = {
  pools: (second) => ({ general: { desired: 4, memoryMiB: second >= 10 ? 16384 : 8192 } }),
  lives: [
    { id: 'old01', made: -5000, outdated: 12, leaves: 103, held: 20 }, { id: 'old02', made: -5000, outdated: 12, leaves: 194 }, { id: 'old03', made: -5000, outdated: 12 }, { id: 'old04', made: -5000, outdated: 12 },
    { id: 'new01', made: 13 }, { id: 'new02', made: 104 }, { id: 'new03', made: 195 },
  ],
}
const storyAt = (world: World, second: number): Story => watch(world, 0, second).all.at(-1)?.story as Story
const lanesAt = (world: World, second: number) => lanesOf(storyAt(world, second), clock(second))
const line = (lane: Lane) => `${lane.old?.name ?? '-'} > ${lane.new?.name ?? '-'}: ${lane.word}, ${lane.tookOrWaits ?? '-'}`

test('the n-th to leave stands above the n-th to come, and who is not begun waits for the one before', () => {
  expect(lanesAt(REPLACE, 210).map(line)).toEqual([
    'general-old01 > general-new01: Replaced, 2 min 20 s, drain waited 35 s for budget ledger-api',
    'general-old02 > general-new02: Draining, 16 s, usually 40 s',
    'general-old03 > general-new03: Cloning, 15 s, usually 30 s',
    'general-old04 > -: Next, waits for general-new03',
  ])
})

test('those after the next wait for it', () => {
  expect(lanesAt(REPLACE, 60).map(line).slice(1)).toEqual([
    'general-old02 > -: Next, waits for general-new01', 'general-old03 > -: After that, waits for general-old02', 'general-old04 > -: After that, waits for general-old03',
  ])
})

test('a lane has its blocks, its lines of service and its triangle', () => {
  const [done, leaving, coming] = lanesAt(REPLACE, 210)
  expect(done?.new?.blocks).toEqual([
    { phase: 'clone', from: ms(13), to: ms(43) }, { phase: 'address', from: ms(43), to: ms(48) }, { phase: 'power', from: ms(48), to: ms(63) },
    { phase: 'boot', from: ms(63), to: ms(93) }, { phase: 'join', from: ms(93), to: ms(103) },
  ])
  expect(done?.new?.serving).toEqual([{ from: ms(103), to: null }])
  expect(done?.old?.blocks).toEqual([{ phase: 'drain', from: ms(103), to: ms(143) }, { phase: 'delete', from: ms(143), to: ms(153) }])
  expect(done?.old?.serving).toEqual([{ from: ms(-5000 + 90), to: ms(103) }])
  expect(done?.waits).toEqual([{ from: ms(108), to: ms(143), sentence: 'Disruption budget ledger-api allows no eviction of pod shop/ledger-api-0 yet' }])
  expect(leaving?.old?.blocks).toEqual([{ phase: 'drain', from: ms(194), to: null }])
  expect(coming?.new?.blocks).toEqual([{ phase: 'clone', from: ms(195), to: null }])
  expect([done, leaving, coming].map((lane) => [lane?.startedAt, lane?.finished, lane?.role])).toEqual([[ms(13), true, 'ok'], [ms(104), false, 'idle'], [ms(195), false, 'busy']])
})

test('dashes are drawn once a machine has shown how long it takes', () => {
  expect(lanesAt(REPLACE, 60).every(({ expected }) => expected.old.length === 0 && expected.new.length === 0)).toBe(true)
  const [, leaving, coming, next] = lanesAt(REPLACE, 210)
  expect(leaving?.expected).toEqual({ old: [{ what: 'leave', from: ms(210), to: ms(194 + 40 + 10) }], new: [] })
  expect(coming?.expected).toEqual({ new: [{ what: 'make', from: ms(210), to: ms(285) }], old: [{ what: 'serve', from: ms(210), to: ms(285) }, { what: 'leave', from: ms(285), to: ms(335) }] })
  // It is begun when the one before it is ready.
  expect(next?.expected.new).toEqual([{ what: 'make', from: ms(285), to: ms(375) }])
  expect(next?.expected.old).toEqual([{ what: 'serve', from: ms(210), to: ms(375) }, { what: 'leave', from: ms(375), to: ms(425) }])
})

const slow: World = { ...REPLACE, lives: REPLACE.lives.map((life) => (life.id === 'new03' ? { ...life, waits: { for: 'cloned' as const, until: 900 } } : life)) }

test('past the ninetieth of a hundred it takes longer than usual', () => {
  expect(lanesAt(slow, 224)[2]).toMatchObject({ overdue: false, tookOrWaits: '29 s, usually 30 s' })
  expect(lanesAt(slow, 231)[2]).toMatchObject({ overdue: true, tookOrWaits: '36 s, longer than usual' })
})

test('who waits says for what', () => {
  const world: World = {
    pools: (second) => ({ general: { desired: second < 10 ? 1 : 3 } }),
    lives: [{ id: 'aaaaa', made: -5000 }, { id: 'bbbbb', made: 12 }, { id: 'ccccc', made: 12, waits: { for: 'address', until: 900 } }],
  }
  expect(lanesAt(world, 110).map(line)).toEqual(['- > general-bbbbb: Joined, 1 min 30 s', '- > general-ccccc: Waiting for address, It waits for an address from the pool, 1 min 08 s'])
  const unmade: World = { ...world, lives: world.lives.slice(0, 2) }
  expect(lanesAt(unmade, 30).map(line)).toEqual(['- > general-bbbbb: Cloning, 18 s', '- > -: Next, -'])
})

test('a machine that only leaves has a lane of its own', () => {
  const world: World = { pools: (second) => ({ general: { desired: second < 10 ? 2 : 1 } }), lives: [{ id: 'aaaaa', made: -5000 }, { id: 'bbbbb', made: -5000, leaves: 11 }] }
  expect(lanesAt(world, 20).map(line)).toEqual(['general-bbbbb > -: Draining, 9 s'])
  expect(lanesAt(world, 41).map(line)).toEqual(['general-bbbbb > -: Removed, 30 s'])
})

test('of a story that has ended nothing is open or expected, whenever it is looked at', () => {
  const world: World = { ...REPLACE, pools: (second) => ({ general: { desired: 2, memoryMiB: second >= 10 ? 16384 : 8192 } }), lives: REPLACE.lives.filter(({ id }) => !/03|04/.test(id)) }
  const [story] = watch(world, 0, 400).ended as [Story]
  const lanes = lanesOf(story, clock(9_000))
  expect(lanes).toEqual(lanesOf(story, ms(99_000)))
  expect(lanes.map(({ word, finished }) => [word, finished])).toEqual([['Replaced', true], ['Replaced', true]])
  for (const { old, new: made, expected } of lanes) {
    expect([...(old?.serving ?? []), ...(made?.serving ?? []), ...(old?.blocks ?? []), ...(made?.blocks ?? [])].every(({ to }) => to !== null)).toBe(true)
    expect(expected).toEqual({ old: [], new: [] })
  }
  expect(lanes[0]?.new?.serving[0]?.to).toBe(Date.parse(story.rollout.endedAt ?? ''))
})

test('a new machine that is taken away again ends where it was', () => {
  const world: World = { pools: (second) => ({ general: { desired: second < 10 ? 1 : 2 } }), lives: [{ id: 'aaaaa', made: -5000 }, { id: 'bbbbb', made: 12, waits: { for: 'bootstrapped', until: 900 }, leaves: 80 }, { id: 'ccccc', made: 82 }] }
  const story = storyAt(world, 130)
  const [gone] = lanesOf(story, clock(130))
  expect(gone).toMatchObject({ word: 'Removed', finished: true })
  expect(gone?.new?.blocks.map(({ phase, to }) => [phase, to])).toEqual([['clone', ms(42)], ['address', ms(47)], ['power', ms(62)], ['boot', ms(80)], ['drain', ms(100)], ['delete', ms(110)]])
  // What it did not finish is no measure for others.
  expect(story.rollout.medians.boot).toBeUndefined()
  expect(at(80)).toBe(story.machines['uid-bbbbb']?.leaving.deletion)
})
