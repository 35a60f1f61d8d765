import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Rollout } from '@/lib/rollout/story'
import { openInMemory, type Database } from '@/server/db/client'
import { endOperation, insertOperation } from '@/server/db/operations'
import { findStory, insertStory, listRollouts, openStories, storyStore } from '@/server/db/rollouts'
import { picture, replica as replicaOn } from '@/server/live/fake-rollouts'
import { exampleStory } from '@/server/rollouts/example'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let db: Database
beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  await db.prisma.rollout.deleteMany()
  await db.prisma.operation.deleteMany()
})

const replica = () => replicaOn(storyStore(db))
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
  const operation = (id: string, to: number) => insertOperation(db, { id, tenant: 'blue', cluster: 'blue-1', clusterUid: null, kind: 'scale', who: 'bea@example.com', groups: [], hash: '', spec: { pool: 'general', from: 2, to }, missing: [] }, 'holder')
  const { rollouts, shown } = replica()
  await operation('first', 4)
  rollouts.changed(null, picture(2, 4))
  await vi.waitFor(() => expect(shown()[0]?.asks).toMatchObject([{ operationId: 'first', who: 'bea@example.com', pool: 'general', from: 2, to: 4 }]), soon)
  await operation('second', 5)
  rollouts.changed(picture(2, 4), picture(3, 5))
  await vi.waitFor(() => expect(shown()[0]?.asks).toHaveLength(2), soon)
  rollouts.changed(picture(3, 5), picture(5, 5))
  await operation('refused', 6)
  await endOperation(db, { id: 'refused', holder: 'holder' }, { state: 'failed', error: null })
  await operation('third', 6)
  rollouts.changed(picture(5, 5), picture(5, 6))
  await vi.waitFor(() => expect(shown().find(({ endedAt }) => endedAt === null)?.asks.map(({ operationId }) => operationId)).toEqual(['third']), soon)
  await rollouts.drain()
})

test('the streams hold the open story and the last one; the database keeps all of them, of a cluster that is gone too', async () => {
  const ago = Date.now() - 30 * 86_400_000
  const month = [new Date(ago).toISOString(), new Date(ago + 120_000).toISOString()] as const
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

