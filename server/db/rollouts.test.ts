import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openInMemory, type Database } from '@/server/db/client'
import { insertOperation, type NewOperation } from '@/server/db/operations'
import { asksOf, deletedClusters, findStory, insertStory, lastEndedStories, listRollouts, openStories, rivalStory, updateStory, storyStore } from '@/server/db/rollouts'
import { insertSession } from '@/server/db/sessions'
import { log } from '@/server/log'
import { exampleStory } from '@/server/rollouts/example'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let db: Database
beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  await db.prisma.rollout.deleteMany()
  await db.prisma.operation.deleteMany()
  vi.restoreAllMocks()
})

const ended = (id: string, startedAt: string, endedAt: string, more = {}) => exampleStory({ id, startedAt, endedAt, state: { is: 'done', at: endedAt }, ...more })
const mine = (startedAt: string) => exampleStory({ id: 'mine', startedAt }).rollout
const ids = (stories: readonly { story: { rollout: { id: string } } }[]): string[] => stories.map(({ story }) => story.rollout.id)

test('a story comes back as it was written, and a cluster has one open story at most', async () => {
  const story = exampleStory()
  expect([await insertStory(db, story), await insertStory(db, exampleStory({ id: 'r2' }))]).toEqual([true, false])
  expect(await insertStory(db, exampleStory({ id: 'r3', clusterUid: 'u2' }))).toBe(true)
  expect(await findStory(db, 'r1', 'blue')).toEqual({ story, version: 0 })
  expect([await findStory(db, 'r1', 'green'), await findStory(db, 'r9', null)]).toEqual([null, null])
  expect(ids(await openStories(db)).sort()).toEqual(['r1', 'r3'])
})

test('fields that a newer portal wrote are kept', async () => {
  const story = exampleStory()
  const newer = { ...story, rollout: { ...story.rollout, troubles: [{ key: 'k', at: 'a', until: null, sentence: '', condition: null, hint: 'x' }], mood: 'fine' } }
  await insertStory(db, newer)
  expect((await findStory(db, 'r1', null))?.story).toEqual(newer)
})

test('of two writes from one reading the second is refused', async () => {
  await insertStory(db, exampleStory())
  expect([await updateStory(db, exampleStory({ percent: 10 }), 0), await updateStory(db, exampleStory({ percent: 20 }), 0)]).toEqual([true, false])
  expect(await findStory(db, 'r1', null)).toMatchObject({ version: 1, story: { rollout: { percent: 10 } } })
})

test('the last that ended of each cluster, and a list by name, newest first, of one tenant', async () => {
  await insertStory(db, ended('a1', '2026-10-01T00:00:00.000Z', '2026-10-01T00:01:00.000Z'))
  await insertStory(db, ended('a2', '2026-10-02T00:00:00.000Z', '2026-10-02T00:01:00.000Z'))
  await insertStory(db, exampleStory({ id: 'a3' }))
  await insertStory(db, ended('b1', '2026-10-01T00:00:00.000Z', '2026-10-01T00:01:00.000Z', { clusterUid: 'u2', cluster: 'blue-2' }))
  await insertStory(db, ended('g1', '2026-10-01T00:00:00.000Z', '2026-10-01T00:01:00.000Z', { clusterUid: 'u3', tenant: 'green' }))
  expect(ids(await lastEndedStories(db, ['u1', 'u2', 'u9'])).sort()).toEqual(['a2', 'b1'])
  expect((await listRollouts(db, 'blue', 'blue-1', 10)).map(({ id }) => id)).toEqual(['a3', 'a2', 'a1'])
  expect((await listRollouts(db, 'blue', 'blue-1', 1)).map(({ id }) => id)).toEqual(['a3'])
  expect(await listRollouts(db, 'green', 'blue-2', 10)).toEqual([])
})

test('a row of another shape is left out with a warning, and does not keep its cluster from a new story', async () => {
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  await insertStory(db, exampleStory())
  await db.prisma.rollout.update({ where: { id: 'r1' }, data: { story: { rollout: { id: 'r1' } } } })
  await insertStory(db, exampleStory({ id: 'r2', clusterUid: 'u2' }))
  expect(ids(await openStories(db))).toEqual(['r2'])
  expect(await listRollouts(db, 'blue', 'blue-1', 10)).toMatchObject([{ id: 'r2' }])
  expect(warn).toHaveBeenCalledWith({ event: 'rollout.read', rollout: 'r1' }, expect.any(String))
  expect(await insertStory(db, exampleStory({ id: 'r3' }))).toBe(false)
  expect(await rivalStory(db, mine('2026-11-21T14:00:00.000Z'), [])).toBeNull()
  expect(await insertStory(db, exampleStory({ id: 'r3' }))).toBe(true)
})

test('the same change told by another replica is its open story, or one that ended meanwhile', async () => {
  await insertStory(db, ended('old', '2026-11-21T13:00:00.000Z', '2026-11-21T14:00:01.500Z'))
  // Whole seconds of the API: it only seems to overlap.
  expect(await rivalStory(db, mine('2026-11-21T14:00:01.000Z'), [])).toBeNull()
  await insertStory(db, ended('same', '2026-11-21T14:00:01.000Z', '2026-11-21T14:03:00.000Z'))
  expect((await rivalStory(db, mine('2026-11-21T14:00:01.000Z'), []))?.story.rollout.id).toBe('same')
  expect(await rivalStory(db, mine('2026-11-21T14:00:01.000Z'), ['same'])).toBeNull()
  await insertStory(db, exampleStory({ id: 'open', startedAt: '2026-11-21T14:04:00.000Z' }))
  expect((await rivalStory(db, mine('2026-11-21T14:00:01.000Z'), ['same']))?.story.rollout.id).toBe('open')
  // One that ended here before that began is another change; of two the nearer one is it.
  expect(await rivalStory(db, { ...mine('2026-11-21T14:00:01.000Z'), endedAt: '2026-11-21T14:03:01.000Z' }, ['same'])).toBeNull()
  expect((await rivalStory(db, mine('2026-11-21T14:00:02.000Z'), []))?.story.rollout.id).toBe('same')
})

test('asks are the operations that may have caused it: recent, of this cluster, not failed, not told before; people by their e-mail', async () => {
  const { rollout } = exampleStory()
  const operation = async (id: string, at: string, more: Partial<NewOperation> = {}, uid: string | null = 'u1'): Promise<void> => {
    await insertOperation(db, { id, tenant: 'blue', cluster: 'blue-1', clusterUid: null, kind: 'scale', who: 'sub-1', groups: [], hash: '', spec: { pool: 'general', from: 2, to: 4 }, missing: [], ...more }, 'holder')
    await db.prisma.operation.update({ where: { id }, data: { createdAt: new Date(at), clusterUid: uid, state: 'done' } })
  }
  await insertSession(db, { id: 's', user: 'sub-1', name: 'Bea', email: 'bea@example.com', groups: [], expiresAt: new Date('2027-01-01') })
  await operation('created', '2026-11-21T13:50:00.000Z', { kind: 'create', spec: { name: 'blue-1' }, who: 'gone' })
  await operation('scaled', '2026-11-21T13:59:59.000Z', {}, null)
  await operation('later', '2026-11-21T14:05:00.000Z', { kind: 'delete', spec: {} })
  await operation('too-old', '2026-11-21T13:44:59.000Z')
  await operation('another', '2026-11-21T14:00:00.000Z', {}, 'u0')
  await operation('foreign', '2026-11-21T14:00:00.000Z', { tenant: 'green' })
  await operation('failed', '2026-11-21T14:00:00.000Z')
  await db.prisma.operation.update({ where: { id: 'failed' }, data: { state: 'failed' } })
  await operation('told', '2026-11-21T13:51:00.000Z')
  const told = { operationId: 'told', kind: 'scale', who: '', at: '', pool: null, from: null, to: null } as const
  await insertStory(db, ended('before', '2026-11-21T13:51:00.000Z', '2026-11-21T13:53:00.000Z', { asks: [told] }))
  expect(await asksOf(db, rollout)).toEqual([
    { operationId: 'created', kind: 'create', who: 'gone', at: '2026-11-21T13:50:00.000Z', pool: null, from: null, to: null },
    { operationId: 'scaled', kind: 'scale', who: 'bea@example.com', at: '2026-11-21T13:59:59.000Z', pool: 'general', from: 2, to: 4 },
    { operationId: 'later', kind: 'delete', who: 'bea@example.com', at: '2026-11-21T14:05:00.000Z', pool: null, from: null, to: null },
  ])
})

test('acts on pools are asks as far as machines notice them', async () => {
  const { rollout } = exampleStory()
  const kinds = [
    ['add', { pool: 'extra', to: 2 }], ['remove', { pool: 'batch', from: 3 }], ['restart', { pool: 'general' }], ['tidy', { templates: [] }],
    ['change', { pool: 'general', rolls: true, from: 2, to: 4 }], ['change', { pool: 'general', rolls: false, from: 2, to: 3 }], ['change', { pool: 'general', rolls: false, from: null, to: null }],
  ] as const
  for (const [index, [kind, spec]] of kinds.entries()) {
    await insertOperation(db, { id: `pool-${index}`, tenant: 'blue', cluster: 'blue-1', clusterUid: 'u1', kind, who: 'ada', groups: [], hash: '', spec, missing: [] }, 'holder')
    await db.prisma.operation.update({ where: { id: `pool-${index}` }, data: { createdAt: new Date(Date.parse(rollout.startedAt) + index), state: 'done' } })
  }
  const asks = (await asksOf(db, rollout)).filter(({ operationId }) => operationId.startsWith('pool-'))
  expect(asks.map(({ kind, pool, from, to }) => [kind, pool, from, to])).toEqual([
    ['scale', 'extra', 0, 2], ['scale', 'batch', 3, 0], ['replace', 'general', null, null], ['replace', 'general', 2, 4], ['scale', 'general', 2, 3],
  ])
})

test('an open row that nobody here can read is ended, for its writer to see; one under the own id is left alone', async () => {
  const { rollout } = exampleStory({ id: 'unread', clusterUid: 'u9' })
  await insertStory(db, exampleStory({ id: 'unread', clusterUid: 'u9' }))
  await db.prisma.rollout.update({ where: { id: 'unread' }, data: { story: { newer: true } } })
  await storyStore(db).rival(rollout, [])
  const row = () => db.prisma.rollout.findUnique({ where: { id: 'unread' }, select: { endedAt: true, version: true } })
  expect([await row(), await storyStore(db).find('unread')]).toEqual([{ endedAt: null, version: 0 }, 'unreadable'])
  await storyStore(db).rival({ ...rollout, id: 'mine' }, [])
  expect(await row()).toEqual({ endedAt: expect.any(Date), version: 1 })
})

test('deletions that came to their end, the latest of each name, of one tenant and its Namespace', async () => {
  const gone = (id: string, cluster: string, startedAt: string, more = {}) => exampleStory({ id, cluster, clusterUid: id, change: 'delete', startedAt, endedAt: startedAt, state: { is: 'done', at: startedAt }, ...more })
  const at = (day: number) => `2026-10-0${day}T00:00:00.000Z`
  for (const [id, cluster, day] of [['a1', 'a', 1], ['a2', 'a', 4], ['b1', 'b', 3]] as const) await insertStory(db, gone(id, cluster, at(day)), 'now')
  await insertStory(db, gone('d1', 'd', at(2)))
  await insertStory(db, gone('c1', 'c', at(5), { endedAt: null, state: exampleStory().rollout.state }), 'now')
  await insertStory(db, gone('e1', 'e', at(5)), 'former')
  await insertStory(db, gone('g1', 'g', at(5), { tenant: 'green' }), 'now')
  await insertStory(db, gone('s1', 's', at(5), { change: 'scale' }), 'now')
  expect(await deletedClusters(db, 'blue', 10, 'now')).toEqual([{ cluster: 'a', deletedAt: new Date(at(4)) }, { cluster: 'b', deletedAt: new Date(at(3)) }, { cluster: 'd', deletedAt: new Date(at(2)) }])
  expect((await deletedClusters(db, 'blue', 2, 'now')).map(({ cluster }) => cluster)).toEqual(['a', 'b'])
})
