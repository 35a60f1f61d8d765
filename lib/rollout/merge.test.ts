import { expect, test } from 'vitest'
import { derive } from '@/lib/rollout/facts'
import { at, clock, cond, watch, type World } from '@/lib/rollout/fixtures'
import type { Ask, Rollout, RolloutMachine, RolloutState, Story, Trouble } from '@/lib/rollout/story'
import { merge, withAsks } from '@/lib/rollout/tell'

/** A random number below `max`, the same in every run (mulberry32). */
function dice(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * max)
  }
}

/** An operation is one row: all replicas read the same of it. */
const OPERATIONS: readonly Ask[] = Array.from({ length: 4 }, (_, index) => ({ operationId: `o${index}`, kind: 'scale', who: 'mina', at: clock(5 - index), pool: index < 3 ? 'general' : 'batch', from: index === 1 ? null : index, to: 4 }))

/** Facts that no single replica would have together: few values, so that two stories often disagree, and at the same time. */
function anyStory(seed: number): Story {
  const roll = dice(seed)
  const one = <T>(...values: readonly T[]): T => values[roll(values.length)] as T
  const time = () => (roll(2) === 0 ? at(roll(6)) : clock(roll(6)))
  const maybe = () => one(null, time())
  const trouble = (): Trouble => ({ key: one('a', 'b', 'c'), at: time(), until: maybe(), sentence: one('x', 'y'), condition: one(null, cond('T', 'False', one('R', 'S'))) })
  const troubles = () => [...new Map(Array.from({ length: roll(3) }, trouble).map((each) => [each.key, each])).values()]
  const state = (): RolloutState => one<RolloutState>({ is: 'rolling', sentence: one(null, 's'), condition: null }, { is: 'stalled', reason: one('quota', 'other'), sentence: 's', condition: null, since: time() })
  const endedAt = roll(4) === 0 ? time() : null
  const rollout: Rollout = {
    kind: 'rollout', id: 'r1', tenant: 'blue', clusterUid: 'uid-blue-1', cluster: 'blue-1', change: one('repair', 'scale', 'replace', 'upgrade', 'create'), title: '',
    asks: one<Rollout['asks']>([], [OPERATIONS[roll(4)] as Ask], OPERATIONS.slice(roll(4))),
    pools: Object.fromEntries(['general', 'batch'].slice(roll(2)).map((name) => {
      const from = one(null, 1, 2, 3)
      return [name, { from, ...(from === null ? {} : { fromAt: time() }), to: roll(4), at: time(), ...one({}, { kept: roll(3) }), ...one({}, { sizes: [one('cpus', 'memoryMiB')] as const }) }]
    })),
    version: { from: one(null, 'v1.34.3', 'v1.35.2'), to: one(null, 'v1.35.2', 'v1.36.0'), ...one({}, { at: maybe() }) },
    startedAt: time(), endedAt, state: endedAt === null ? state() : { is: one('done', 'failed'), at: endedAt, sentence: 's', condition: null } as RolloutState,
    done: 0, total: 0, percent: roll(100), expectedEnd: maybe(), medians: {}, troubles: troubles(), seenAt: time(),
  }
  const machine = (uid: string): RolloutMachine => ({
    kind: 'rollout-machine', id: `r1:${uid}`, rollout: 'r1', tenant: 'blue', clusterUid: 'uid-blue-1', uid, name: `blue-1-general-abcde-${uid}`, pool: 'general', side: one('old', 'new'),
    address: one(null, '10.0.0.1', '10.0.0.2'), version: one(null, 'v1.35.2'), steps: one({}, { requested: time() }, { requested: time(), cloned: time(), ready: time() }),
    leaving: { deletion: maybe(), drained: maybe(), gone: maybe() }, last: { word: one('Ready', 'Cloning'), role: 'ok', sentence: null, condition: null, percent: null }, lastSeen: time(), troubles: troubles(),
  })
  const story = derive({ rollout, machines: Object.fromEntries(['m1', 'm2', 'm3'].slice(roll(3)).map((uid) => [uid, machine(uid)])) })
  // As two replicas that have met themselves: what follows from the facts is in them.
  return merge(story, story)
}

const REPLACE: World = {
  pools: (second) => ({ general: { desired: second < 200 ? 2 : 3, memoryMiB: second >= 10 ? 16384 : 8192 } }),
  lives: [{ id: 'old01', made: -5000, outdated: 12, leaves: 103, held: 60 }, { id: 'old02', made: -5000, outdated: 12, leaves: 194 }, { id: 'new01', made: 13 }, { id: 'new02', made: 104 }, { id: 'new03', made: 202 }],
}
/** One change as replicas see it that look at other moments, start later, or stop earlier. */
const REPLICAS: readonly Story[] = [[0, 180, 1], [0, 150, 7], [60, 230, 3], [120, 400, 1], [0, 400, 11], [5, 205, 2]].flatMap(([from = 0, to = 0, every = 1]) => watch(REPLACE, from, to, { every }).all.findLast(({ story }) => story !== null)?.story ?? [])

const STORIES: readonly Story[] = [...Array.from({ length: 60 }, (_, seed) => anyStory(seed)), ...REPLICAS.map((story) => merge(story, story))]
const some = <T>(seed: number, count: number, make: (roll: (max: number) => number) => T): readonly T[] => {
  const roll = dice(seed)
  return Array.from({ length: count }, () => make(roll))
}
const pick = (roll: (max: number) => number) => STORIES[roll(STORIES.length)] as Story

test('a story merged with itself is itself', () => {
  for (const story of STORIES) expect(merge(story, story)).toBe(story)
  for (const told of REPLICAS) expect(merge(told, told)).toEqual(told)
})

test('who merges whom does not matter', () => {
  for (const [a, b] of some(1, 600, (roll) => [pick(roll), pick(roll)] as const)) expect(merge(b, a)).toEqual(merge(a, b))
})

test('nor in which order three meet', () => {
  for (const [a, b, c] of some(2, 600, (roll) => [pick(roll), pick(roll), pick(roll)] as const)) expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
})

test('what is merged already changes nothing when it comes again', () => {
  for (const [a, b] of some(3, 300, (roll) => [pick(roll), pick(roll)] as const)) {
    const both = merge(a, b)
    expect(merge(both, b)).toBe(both)
    expect(merge(JSON.parse(JSON.stringify(both)) as Story, a)).toEqual(both)
  }
})

test('asks that came to one replica are the other’s too, in whatever order they meet', () => {
  const asks = [{ operationId: 'o9', kind: 'scale' as const, who: 'mina', at: clock(1), pool: 'general', from: 1, to: 3 }]
  for (const [a, b] of some(4, 200, (roll) => [pick(roll), pick(roll)] as const)) expect(merge(withAsks(a, asks), b)).toEqual(withAsks(merge(a, b), asks))
})

test('the first story keeps its id, and gives it to the machines of the other', () => {
  const [a, b] = [anyStory(1), anyStory(2)]
  const other: Story = { rollout: { ...b.rollout, id: 'r2' }, machines: Object.fromEntries(Object.entries(b.machines).map(([uid, machine]) => [uid, { ...machine, id: `r2:${uid}`, rollout: 'r2' }])) }
  const both = merge(a, other)
  expect(both.rollout.id).toBe('r1')
  for (const [uid, machine] of Object.entries(both.machines)) expect(machine).toMatchObject({ id: `r1:${uid}`, rollout: 'r1' })
})

test('of one change seen by several nothing is lost', () => {
  const [first, ...others] = REPLICAS as [Story, ...Story[]]
  const all = others.reduce(merge, first)
  expect(Object.keys(all.machines).sort()).toEqual(['uid-new01', 'uid-new02', 'uid-new03', 'uid-old01', 'uid-old02'])
  expect(all.machines['uid-old01']?.leaving).toEqual({ deletion: at(103), drained: clock(183), gone: clock(193) })
  expect(all.rollout).toMatchObject({ state: { is: 'done' }, pools: { general: { from: 2, to: 3 } }, title: 'Memory change in pool general' })
})

test('one that has seen the end is enough, and one that has seen a trouble over', () => {
  const trouble = (until: string | null): Trouble => ({ key: 'k', at: at(1), until, sentence: 's', condition: null })
  const open: Story = { rollout: { ...anyStory(5).rollout, endedAt: null, troubles: [trouble(null)], state: { is: 'rolling', sentence: null, condition: null } }, machines: {} }
  const over: Story = { ...open, rollout: { ...open.rollout, troubles: [trouble(at(3))] } }
  expect(merge(open, over).rollout.troubles).toEqual([trouble(at(3))])
  const done: Story = { ...open, rollout: { ...open.rollout, endedAt: at(4), state: { is: 'done', at: at(4) } } }
  expect(merge(open, done).rollout).toMatchObject({ endedAt: at(4), state: { is: 'done' }, troubles: [trouble(at(4))] })
})
