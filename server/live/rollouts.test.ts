import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { LiveView } from '@/lib/live/event'
import { idOf } from '@/lib/live/reduce'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout, Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { openInMemory, type Database } from '@/server/db/client'
import { insertOperation, updateOperation } from '@/server/db/operations'
import { findStory, insertStory, listRollouts, openStories, storyStore, type StoredStory, type StoryStore } from '@/server/db/rollouts'
import type { ClusterPicture } from '@/server/live/projection'
import { Rollouts, type RolloutsOptions } from '@/server/live/rollouts'
import { log } from '@/server/log'
import { exampleStory } from '@/server/rollouts/example'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let db: Database
const stops: AbortController[] = []
beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  await db.prisma.rollout.deleteMany()
  await db.prisma.operation.deleteMany()
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** As small as a reducer can be: a change goes on while a pool has fewer machines ready than desired. */
const reducer: RolloutsOptions['reducer'] = {
  tell: (story, { before, after }, now, newId) => {
    const pool = after?.cluster.pools[0]
    if (after?.cluster.name === 'poison') throw new Error('cannot be told')
    if (!story && (!pool || pool.desired === pool.ready)) return null
    const { uid, tenant, name } = (after ?? before)?.cluster ?? { uid: story?.rollout.clusterUid ?? '', tenant: '', name: '' }
    const begun = story ?? exampleStory({ id: newId(), clusterUid: uid, tenant, cluster: name, startedAt: now, title: 'Pool general' }, [])
    const over = !pool || pool.ready === pool.desired
    const seen = exampleStory(begun.rollout, [...(after?.machines.keys() ?? [])]).machines
    const rollout: Rollout = {
      ...begun.rollout, done: pool?.ready ?? 0, pools: pool ? { general: { from: null, to: pool.desired } } : begun.rollout.pools,
      ...(over ? { endedAt: now, state: { is: 'done', at: now } } : {}),
    }
    return { rollout, machines: { ...seen, ...begun.machines } }
  },
  withAsks: (story, asks) => {
    const known = new Set(story.rollout.asks.map(({ operationId }) => operationId))
    return { ...story, rollout: { ...story.rollout, asks: [...story.rollout.asks, ...asks.filter(({ operationId }) => !known.has(operationId))] } }
  },
  merge: (a, b) => {
    const ended = a.rollout.endedAt ? a.rollout : b.rollout.endedAt ? b.rollout : a.rollout
    const rollout = { ...a.rollout, endedAt: ended.endedAt, state: ended.state, done: Math.max(a.rollout.done, b.rollout.done) }
    return { rollout, machines: exampleStory(rollout, [...new Set([...Object.keys(a.machines), ...Object.keys(b.machines)])]).machines }
  },
}

function picture(ready: number, desired: number, machines: readonly string[] = [], more: Partial<ClusterView> = {}): ClusterPicture {
  const pool = { name: 'general', desired, ready }
  const cluster = { kind: 'cluster', uid: 'u1', tenant: 'blue', name: 'blue-1', pools: [pool], deletingSince: null, ...more } as unknown as ClusterView
  return { cluster, machines: new Map(machines.map((uid) => [uid, { kind: 'machine', uid } as MachineView])) }
}

function replica(store: StoryStore = storyStore(db), more: Partial<RolloutsOptions> = {}) {
  const stop = new AbortController()
  stops.push(stop)
  const views = new Map<string, LiveView>()
  const notes: TimelineEntry[] = []
  const rollouts = new Rollouts({
    store, reducer, signal: stop.signal, complete: () => true, note: (entry) => void notes.push(entry),
    publish: (_, upserts, removes) => {
      for (const view of upserts) views.set(idOf(view), view)
      for (const { id } of removes) views.delete(id)
    },
    ...more,
  })
  const shown = (): readonly Rollout[] => [...views.values()].filter((view) => view.kind === 'rollout')
  const machines = (): string[] => [...views.keys()].filter((id) => id.includes(':'))
  return { rollouts, views, shown, machines, notes, stop }
}

/** A database that can be away, in memory and with as much time as a test gives it. */
function memory(rows: readonly Story[] = []) {
  const table = new Map(rows.map((story): [string, StoredStory] => [story.rollout.id, { story, version: 0 }]))
  const state = { away: false, writes: 0 }
  const answer = async <T>(value: () => T): Promise<T> => {
    await Promise.resolve()
    if (state.away) throw new Error('away')
    return value()
  }
  const open = () => [...table.values()].filter(({ story }) => story.rollout.endedAt === null)
  const write = (story: Story, version: number): boolean => (state.writes++, table.set(story.rollout.id, { story, version }), true)
  const store: StoryStore = {
    open: () => answer(open),
    lastEnded: (uids) => answer(() => [...table.values()].filter(({ story }) => story.rollout.endedAt !== null && uids.includes(story.rollout.clusterUid)).slice(-1)),
    rival: (uid) => answer(() => open().find(({ story }) => story.rollout.clusterUid === uid) ?? null),
    insert: (story) => answer(() => !open().some((row) => row.story.rollout.clusterUid === story.rollout.clusterUid && story.rollout.endedAt === null) && write(story, 0)),
    update: (story, version) => answer(() => table.get(story.rollout.id)?.version === version && write(story, version + 1)),
    find: (id) => answer(() => table.get(id) ?? null),
    asks: () => answer(() => []),
  }
  return { store, state, stories: () => [...table.values()].map(({ story }) => story.rollout) }
}

const rows = () => db.prisma.rollout.findMany()
const soon = { timeout: 10_000, interval: 20 }

test('a change is on the streams at once, in the database soon after, and told to have ended', async () => {
  const { rollouts, shown, machines, notes } = replica()
  await vi.waitFor(async () => expect(await openStories(db)).toEqual([]))
  rollouts.changed(null, picture(2, 2))
  rollouts.changed(picture(2, 2), picture(2, 4, ['m3']))
  await vi.waitFor(() => expect(shown()).toMatchObject([{ endedAt: null, done: 2 }]), soon)
  await vi.waitFor(async () => expect(await rows()).toMatchObject([{ cluster: 'blue-1', state: 'rolling', endedAt: null }]), soon)
  rollouts.changed(picture(2, 4, ['m3']), picture(4, 4, ['m3', 'm4']))
  const [{ id, endedAt }] = shown() as [Rollout]
  expect([endedAt, machines()]).toEqual([expect.any(String), [`${id}:m3`, `${id}:m4`]])
  await rollouts.drain()
  expect(await rows()).toMatchObject([{ id, state: 'done', endedAt: expect.any(Date) }])
  expect(notes).toMatchObject([{ key: `${id}:done`, text: expect.stringMatching(/^Pool general: done in \d+ s$/), role: 'ok' }])
})

test('two replicas that see the same change tell one story, with the facts of both', async () => {
  const [one, two] = [replica(), replica()]
  one.rollouts.changed(null, picture(0, 2, ['m1']))
  two.rollouts.changed(null, picture(0, 2, ['m1', 'm2']))
  await vi.waitFor(async () => {
    expect(await rows()).toMatchObject([{ endedAt: null }])
    expect((await openStories(db))[0]?.story.machines).toHaveProperty('m2')
    expect([...one.shown(), ...two.shown()].map(({ id }) => id)).toEqual(Array(2).fill((await rows())[0]?.id))
  }, soon)
  // What only the other one has seen comes with the next write of its own.
  one.rollouts.changed(picture(0, 2, ['m1']), picture(1, 2, ['m1', 'm3']))
  await one.rollouts.drain()
  const stored = await openStories(db)
  expect(stored.map(({ story }) => [story.rollout.done, Object.keys(story.machines)])).toEqual([[1, expect.arrayContaining(['m1', 'm2', 'm3'])]])
  expect(one.machines().sort()).toEqual(['m1', 'm2', 'm3'].map((uid) => `${stored[0]?.story.rollout.id}:${uid}`))
})

test('a story that the other replica has ended is ended here, and the moment by which this one is behind begins no second one', async () => {
  const [one, two] = [replica(), replica()]
  for (const { rollouts } of [one, two]) rollouts.changed(null, picture(0, 2, ['m1']))
  await vi.waitFor(() => expect(one.shown().length + two.shown().length).toBe(2), soon)
  one.rollouts.changed(picture(0, 2, ['m1']), picture(2, 2, ['m1']))
  await one.rollouts.drain()
  two.rollouts.changed(picture(0, 2, ['m1']), picture(1, 2, ['m1', 'm2']))
  await vi.waitFor(() => expect(two.shown()).toMatchObject([{ endedAt: expect.any(String) }]), soon)
  two.rollouts.changed(picture(1, 2, ['m1', 'm2']), picture(1, 2, ['m1', 'm2', 'm3']))
  two.rollouts.changed(picture(1, 2, ['m1', 'm2', 'm3']), picture(2, 2, ['m1', 'm2', 'm3']))
  await two.rollouts.drain()
  expect(await rows()).toHaveLength(1)
  expect((await findStory(db, two.shown()[0]?.id ?? '', null))?.story.machines).toHaveProperty('m3')
  // The next change is one again.
  two.rollouts.changed(picture(2, 2), picture(2, 3))
  await two.rollouts.drain()
  expect(await rows()).toHaveLength(2)
})

test('a portal that starts in the middle goes on with the story of the last one', async () => {
  const first = replica()
  first.rollouts.changed(null, picture(0, 3, ['m1', 'm2']))
  await vi.waitFor(async () => expect(await rows()).toHaveLength(1), soon)
  await first.rollouts.drain()
  first.stop.abort()
  const second = replica()
  // m1 is gone meanwhile, m3 is new.
  second.rollouts.changed(null, picture(1, 3, ['m2', 'm3']))
  await vi.waitFor(() => expect(second.shown()).toMatchObject([{ id: first.shown()[0]?.id, done: 1 }]), soon)
  await second.rollouts.drain()
  expect((await openStories(db)).map(({ story }) => Object.keys(story.machines).sort())).toEqual([['m1', 'm2', 'm3']])
})

test('asks are found when a story begins and when a size changes; what one story has told the next does not', async () => {
  const operation = (id: string, to: number) => insertOperation(db, { id, tenant: 'blue', cluster: 'blue-1', kind: 'scale', who: 'bea@example.com', hash: '', spec: { pool: 'general', from: 2, to }, missing: [] })
  const { rollouts, shown } = replica()
  await operation('first', 4)
  rollouts.changed(null, picture(2, 4))
  await vi.waitFor(() => expect(shown()[0]?.asks).toMatchObject([{ operationId: 'first', who: 'bea@example.com', pool: 'general', from: 2, to: 4 }]), soon)
  await operation('second', 5)
  rollouts.changed(picture(2, 4), picture(3, 5))
  await vi.waitFor(() => expect(shown()[0]?.asks).toHaveLength(2), soon)
  rollouts.changed(picture(3, 5), picture(5, 5))
  await operation('refused', 6)
  await updateOperation(db, 'refused', { state: 'failed' })
  await operation('third', 6)
  rollouts.changed(picture(5, 5), picture(5, 6))
  await vi.waitFor(() => expect(shown().find(({ endedAt }) => endedAt === null)?.asks.map(({ operationId }) => operationId)).toEqual(['third']), soon)
  await rollouts.drain()
})

test('the streams hold the open story and the last one; the database keeps all of them, of a cluster that is gone too', async () => {
  const month = ['2026-10-21T14:00:00.000Z', '2026-10-21T14:02:00.000Z'] as const
  await insertStory(db, exampleStory({ id: 'old', startedAt: month[0], endedAt: month[1], state: { is: 'done', at: month[1] } }, ['m0']))
  const { rollouts, shown, machines } = replica()
  rollouts.changed(null, picture(2, 2))
  await vi.waitFor(() => expect([shown().map(({ id }) => id), machines()]).toEqual([['old'], ['old:m0']]), soon)
  rollouts.changed(picture(2, 2), picture(2, 3, ['m3']))
  expect(shown()).toHaveLength(2)
  rollouts.changed(picture(2, 3, ['m3']), null)
  expect([shown().map(({ endedAt }) => typeof endedAt), machines()]).toEqual([['string'], [`${shown()[0]?.id}:m3`]])
  await rollouts.drain()
  expect((await listRollouts(db, 'blue', 'blue-1', 10)).map(({ id }) => id)).toEqual([shown()[0]?.id, 'old'])
  expect((await findStory(db, 'old', 'blue'))?.story.machines).toHaveProperty('m0')
})

test('ten minutes after its cluster is gone nothing of it is on the streams', async () => {
  vi.useFakeTimers()
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
  vi.useFakeTimers()
  const { store, stories } = memory([exampleStory()])
  const { rollouts } = replica(store)
  rollouts.changed(null, picture(2, 2, [], { uid: 'u2' }))
  await vi.advanceTimersByTimeAsync(25_000)
  expect(stories()).toMatchObject([{ id: 'r1', endedAt: null }])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(stories()).toMatchObject([{ id: 'r1', endedAt: expect.any(String) }])
})

test('while the database is away the story goes on in memory, and the next write carries all of it', async () => {
  vi.useFakeTimers()
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
  vi.useFakeTimers()
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
  vi.useFakeTimers()
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
  vi.useFakeTimers()
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
