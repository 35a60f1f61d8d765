import { afterEach, expect, test, vi } from 'vitest'
import type { Ask } from '@/lib/rollout/story'
import { memory, picture, reducer, replica } from '@/server/live/fake-rollouts'
import { log } from '@/server/log'
import { exampleStory } from '@/server/rollouts/example'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('a story is told by the cluster’s upgrade as well, and again when that begins, pauses or ends', async () => {
  let upgrade: 'running' | 'paused' | null = 'running'
  const seen: (string | undefined)[] = []
  const { rollouts } = replica(memory().store, { upgradeOf: () => upgrade, reducer: { ...reducer, tell: (story, now, ...more) => (seen.push(now.upgrade), reducer.tell(story, now, ...more)) } })
  rollouts.changed(null, picture(1, 2))
  await vi.waitFor(() => expect(seen).toEqual(['running']))
  upgrade = 'paused'
  rollouts.again('u1')
  upgrade = null
  rollouts.again('u1')
  expect(seen).toEqual(['running', 'paused', undefined])
})

const ask = (operationId: string, kind: Ask['kind']): Ask => ({ operationId, kind, who: 'bea@example.com', at: '2026-11-21T14:00:00.000Z', pool: null, from: null, to: null })

test('a change that begins as the last one ends is another story, with asks of its own', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, state, stories } = memory()
  const { rollouts } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  state.asks = [ask('first', 'scale')]
  rollouts.changed(null, picture(2, 4))
  await vi.advanceTimersByTimeAsync(2_000)
  state.asks = [ask('first', 'scale'), ask('second', 'scale')]
  rollouts.changed(picture(2, 4), picture(4, 4))
  rollouts.changed(picture(4, 4), picture(4, 5))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(stories().map(({ endedAt, asks }) => [endedAt === null, asks.map(({ operationId }) => operationId)])).toEqual([[false, ['first']], [true, ['second']]])
})

test('what is asked once a change is over is not told by it, however late it looks for its asks', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, state, stories } = memory()
  const { rollouts } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  state.away = true
  rollouts.changed(null, picture(2, 4))
  await vi.advanceTimersByTimeAsync(2_000)
  rollouts.changed(picture(2, 4), picture(4, 4))
  state.asks = [ask('first', 'scale'), { ...ask('second', 'scale'), at: '2026-11-21T14:01:30.000Z' }]
  state.away = false
  await vi.advanceTimersByTimeAsync(60_000)
  expect(stories().map(({ endedAt, asks }) => [endedAt === null, asks.map(({ operationId }) => operationId)])).toEqual([[false, ['first']]])
})

test('a deletion ends the change in the middle of which it was asked, and is a story of its own', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, state, stories } = memory()
  const { rollouts } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  state.asks = [ask('create', 'create')]
  rollouts.changed(null, picture(0, 2))
  await vi.advanceTimersByTimeAsync(2_000)
  state.asks = [ask('create', 'create'), ask('delete', 'delete')]
  rollouts.changed(picture(0, 2), picture(0, 2, [], { deletingSince: '2026-11-21T14:05:00Z' }))
  await vi.advanceTimersByTimeAsync(2_000)
  const told = () => stories().map(({ endedAt, change, asks }) => [endedAt === null, change, asks.map(({ kind }) => kind)])
  expect(told()).toEqual([[false, 'scale', ['create']], [true, 'delete', ['delete']]])
  rollouts.changed(picture(0, 2, [], { deletingSince: '2026-11-21T14:05:00Z' }), null)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told()).toEqual([[false, 'scale', ['create']], [false, 'delete', ['delete']]])
})

test('ten minutes after its cluster is gone nothing of it is on the streams', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, stories } = memory()
  const { rollouts, views } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  rollouts.changed(null, picture(0, 1, ['m1']))
  rollouts.changed(picture(0, 1, ['m1']), null)
  await vi.advanceTimersByTimeAsync(599_000)
  expect(views.size).toBe(2)
  await vi.advanceTimersByTimeAsync(2_000)
  expect([views.size, stories().length]).toEqual([0, 1])
})

test('an open story whose cluster went while no portal ran comes to its end', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, stories } = memory([exampleStory()])
  const { rollouts } = replica(store)
  rollouts.changed(null, picture(2, 2, [], { uid: 'u2' }))
  await vi.advanceTimersByTimeAsync(25_000)
  expect(stories()).toMatchObject([{ id: 'r1', endedAt: null }])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(stories()).toMatchObject([{ id: 'r1', endedAt: expect.any(String) }])
})

test('while the database is away the story goes on in memory, and the next write carries all of it', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  const { store, state, stories } = memory()
  const { rollouts, shown } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  state.away = true
  rollouts.changed(null, picture(0, 2, ['m1']))
  await vi.advanceTimersByTimeAsync(30_000)
  rollouts.changed(picture(0, 2, ['m1']), picture(2, 2, ['m1', 'm2']))
  rollouts.changed(picture(2, 2, ['m1', 'm2']), picture(2, 3, ['m1', 'm2', 'm3']))
  expect([shown().length, stories().length]).toEqual([2, 0])
  state.away = false
  await vi.advanceTimersByTimeAsync(6_000)
  expect(stories().map(({ endedAt, done }) => [endedAt === null, done])).toEqual([[false, 2], [true, 2]])
  expect(warn.mock.calls.length).toBeLessThan(20)
})

test('a database that is away at the start has its say when it is back: one story, under the id that it had', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  const { store, state, stories } = memory([exampleStory({}, ['m0'])])
  state.away = true
  const { rollouts, shown, machines } = replica(store)
  rollouts.changed(null, picture(0, 2, ['m1']))
  await vi.advanceTimersByTimeAsync(100)
  expect(shown()).toMatchObject([{ endedAt: null }])
  // It even ends before anybody can know that it is that one.
  rollouts.changed(picture(0, 2, ['m1']), picture(2, 2, ['m1']))
  state.away = false
  await vi.advanceTimersByTimeAsync(20_000)
  expect(stories()).toMatchObject([{ id: 'r1', endedAt: expect.any(String), done: 2 }])
  expect([shown().map(({ id }) => id), machines().sort()]).toEqual([['r1'], ['r1:m0', 'r1:m1']])
})

test('a story is written once a second at most, and a state at once', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, state } = memory()
  const { rollouts } = replica(store)
  await vi.advanceTimersByTimeAsync(10)
  for (let ready = 0; ready < 50; ready++) {
    rollouts.changed(null, picture(ready, 50))
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(state.writes).toBeGreaterThanOrEqual(5)
  expect(state.writes).toBeLessThanOrEqual(7)
  const before = state.writes
  rollouts.changed(null, picture(50, 50))
  await vi.advanceTimersByTimeAsync(20)
  expect(state.writes).toBe(before + 1)
})

test('the end of the process does not wait for a database that is away', async () => {
  vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  const { store, state } = memory()
  const { rollouts } = replica(store)
  await new Promise(setImmediate)
  state.away = true
  rollouts.changed(null, picture(0, 2))
  await rollouts.drain()
  expect(state.writes).toBe(0)
})

test('one story that cannot be told is complained of once and holds up no other', async () => {
  const error = vi.spyOn(log, 'error').mockImplementation(() => undefined)
  const { rollouts, shown } = replica(memory().store)
  const poison = picture(0, 1, [], { uid: 'p', name: 'poison' })
  await new Promise(setImmediate)
  rollouts.changed(null, poison)
  rollouts.changed(poison, poison)
  rollouts.changed(null, picture(0, 1))
  await vi.waitFor(() => expect(shown()).toHaveLength(1))
  expect(error.mock.calls).toEqual([[expect.objectContaining({ event: 'rollout.tell', clusterUid: 'p' }), expect.any(String)]])
})

test('time alone moves an open story on', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const tell = vi.fn(reducer.tell)
  const { rollouts } = replica(memory().store, { reducer: { ...reducer, tell } })
  await vi.advanceTimersByTimeAsync(10)
  rollouts.changed(null, picture(0, 1))
  rollouts.changed(null, picture(2, 2, [], { uid: 'idle' }))
  tell.mockClear()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(tell.mock.calls.map(([, { before, after }]) => [before === after, after?.cluster.uid])).toEqual([[true, 'u1']])
})

test('a cluster made again under its name has a story of its own', async () => {
  const { rollouts, shown } = replica(memory().store)
  await new Promise(setImmediate)
  rollouts.changed(null, picture(0, 1))
  rollouts.changed(picture(0, 1), picture(0, 1, [], { uid: 'u2' }))
  await vi.waitFor(() => expect(shown().map(({ clusterUid, endedAt }) => [clusterUid, endedAt === null])).toEqual([['u1', false], ['u2', true]]))
})

test('the story of a cluster that is out of sight stays open, and goes on when it is seen again', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, stories } = memory()
  const { rollouts } = replica(store, { isGone: () => false })
  await vi.advanceTimersByTimeAsync(10)
  rollouts.changed(null, picture(2, 4))
  rollouts.hide('u1')
  await vi.advanceTimersByTimeAsync(700_000)
  expect(stories()).toMatchObject([{ endedAt: null }])
  rollouts.changed(picture(2, 4), picture(4, 4))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(stories()).toMatchObject([{ endedAt: expect.any(String), done: 4 }])
})

test('a story that the database refuses for what it says is told to the log once, and tried again when it changes', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const error = vi.spyOn(log, 'error').mockImplementation(() => undefined)
  const { store, stories } = memory()
  let tries = 0
  const { rollouts } = replica({ ...store, insert: (story) => (tries++ === 0 ? Promise.reject(Object.assign(new Error('no Unicode'), { code: '22P05' })) : store.insert(story)) })
  await vi.advanceTimersByTimeAsync(10)
  rollouts.changed(null, picture(0, 2))
  await vi.advanceTimersByTimeAsync(9_000)
  expect([tries, error.mock.calls.length]).toEqual([1, 1])
  rollouts.changed(picture(0, 2), picture(1, 2))
  await vi.advanceTimersByTimeAsync(2_000)
  expect([tries, stories().length]).toEqual([2, 1])
})

test('a row of one’s own that another version wrote in a shape that cannot be read is left alone', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T14:01:00Z') })
  const { store, state } = memory()
  const rivals = vi.fn(store.rival)
  const { rollouts } = replica({ ...store, rival: rivals, update: () => Promise.resolve(false), find: () => Promise.resolve('unreadable' as const) })
  await vi.advanceTimersByTimeAsync(10)
  rollouts.changed(null, picture(0, 2))
  await vi.advanceTimersByTimeAsync(2_000)
  expect([state.writes, rivals.mock.calls.length]).toEqual([1, 1])
  rollouts.changed(picture(0, 2), picture(1, 2))
  await vi.advanceTimersByTimeAsync(30_000)
  expect([state.writes, rivals.mock.calls.length]).toEqual([1, 1])
})
