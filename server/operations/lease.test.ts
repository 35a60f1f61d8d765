import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openInMemory, type Database } from '@/server/db/client'
import { endUnbegun, endUnfinished, expiredOperations, expireLeases, findOperation, insertOperation, postponeOperation, renewLease, takeExpired, takeInterrupted, type NewOperation } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { endingOf, Lease, withOperation } from '@/server/operations/lease'
import { interruptedCreates } from '@/server/operations/list'
import { setRuntime } from '@/server/runtime'

// A PGlite takes seconds to make on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let db: Database
let namespace: string | null
beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  await db.prisma.operation.deleteMany()
  namespace = 'n'
  setRuntime({ db, live: { tenantUid: () => namespace } } as never)
})

const operation = (id: string, more: Partial<NewOperation> = {}): NewOperation => ({ id, tenant: 'blue', cluster: id, clusterUid: 'u', kind: 'scale', who: 'ada', groups: ['g'], hash: 'h', spec: {}, missing: [], ...more })
const bob = { who: 'bob', groups: ['b'] }
const row = (id: string) => findOperation(db, id, 'blue')
async function begun(of: NewOperation, holder: string): Promise<void> {
  await insertOperation(db, of, holder)
  await renewLease(db, { id: of.id, holder })
}
/** The lease runs out, as if its holder had been silent for long. */
const silence = (id: string) => db.prisma.operation.update({ where: { id }, data: { leaseUntil: new Date(Date.now() - 1_000) } })
const expired = async () => (await expiredOperations(db, 10)).map(({ id }) => id)

test('an operation is written with its person and a lease of 15 seconds, before its act, and let go after it', async () => {
  let before: Awaited<ReturnType<typeof row>> = null
  await withOperation(operation('1'), async () => void (before = await row('1')))
  expect(before).toMatchObject({ state: 'running', who: 'ada', groups: ['g'], attempts: 1, holder: expect.stringContaining(`:${process.pid}:`) as string })
  const left = (before as unknown as { leaseUntil: Date }).leaseUntil.getTime() - Date.now()
  expect(left).toBeGreaterThan(10_000)
  expect(left).toBeLessThanOrEqual(15_000)
  expect(await row('1')).toMatchObject({ state: 'done', error: null, holder: null, leaseUntil: null })
})

test('an act that throws ends its operation with the reason', async () => {
  await expect(withOperation(operation('1'), () => Promise.reject(failure('forbidden', 'You may not.')))).rejects.toThrow('You may not.')
  expect(await row('1')).toMatchObject({ state: 'failed', error: 'You may not.', holder: null })
})

test('an act that is done is a success also when the database cannot be told; the row stays for a resume', async () => {
  const { operation: table } = db.prisma
  const told = vi.spyOn(table, 'updateMany').mockRejectedValue(new Error('the database is away'))
  expect(await withOperation(operation('1'), () => Promise.resolve('done'))).toBe('done')
  told.mockRestore()
  expect(await row('1')).toMatchObject({ state: 'running' })
})

test.each([
  ['insert', 'create', false],
  ['insert that was done all the same', 'create', true],
  ['first renewal', '$executeRaw', false],
  ['first renewal that was done all the same', '$executeRaw', true],
])('an %s without an answer: the act does not happen, now or later', async (_, call, did) => {
  const act = vi.fn()
  const target = (call === 'create' ? db.prisma.operation : db.prisma) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  const real = target[call]!.bind(target)
  const lost = vi.spyOn(target, call as never).mockImplementationOnce((async (...args: unknown[]) => {
    if (did) await real(...args)
    throw new Error('the database is away')
  }) as never)
  await expect(withOperation(operation('1'), act)).rejects.toMatchObject({ view: { code: 'not-recorded' } })
  lost.mockRestore()
  expect(act).not.toHaveBeenCalled()
  if (call !== 'create' || did) await vi.waitFor(async () => expect(await row('1')).toMatchObject({ state: 'failed', error: expect.stringContaining('Nothing was written') as string, holder: null }))
  expect(await expired()).toEqual([])
})

test('an operation that was never begun is nobody’s to go on with, and ends after a minute', async () => {
  await insertOperation(db, operation('1'), 'dead')
  await begun(operation('2'), 'b')
  expect(await expired()).toEqual([])
  expect(await takeExpired(db, { id: '1', holder: 'b' }, 'dead')).toBeNull()
  await endUnbegun(db)
  expect(await row('1')).toMatchObject({ state: 'running' })
  await db.prisma.operation.updateMany({ data: { createdAt: new Date(Date.now() - 61_000) } })
  await endUnbegun(db)
  expect(await row('1')).toMatchObject({ state: 'failed', error: expect.stringContaining('Nothing was written') as string, holder: null })
  expect(await row('2'), 'begun').toMatchObject({ state: 'running' })
})

test('a live lease is nobody’s to take; of two that find it expired one wins', async () => {
  await begun(operation('1'), 'dead')
  expect(await expired()).toEqual([])
  expect(await takeExpired(db, { id: '1', holder: 'a' }, 'dead')).toBeNull()
  await silence('1')
  expect(await expired()).toEqual(['1'])
  const taken = await Promise.all([takeExpired(db, { id: '1', holder: 'a' }, 'dead'), takeExpired(db, { id: '1', holder: 'b' }, 'dead')])
  expect(taken.filter(Boolean)).toMatchObject([{ attempts: 2, state: 'running' }])
  expect(await expired()).toEqual([])
})

test('a holder that was silent too long stops at its next step, and leaves the operation to the new one', async () => {
  const lease = new Lease(db, '1')
  await insertOperation(db, operation('1'), lease.holder)
  const act = lease.during(async () => {
    await lease.step({ applied: ['a'] })
    await silence('1')
    await takeExpired(db, { id: '1', holder: 'b' }, lease.holder)
    await lease.step({ applied: ['a', 'b'] })
  }, endingOf)
  await expect(act).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(lease.gone).toBe(true)
  expect(await row('1')).toMatchObject({ state: 'running', holder: 'b', applied: ['a'] })
})

test('without a renewal a holder stops by its own clock; a step that is noted renews it', async () => {
  let now = 0
  const lease = new Lease(db, '1', 'a', () => now)
  await insertOperation(db, operation('1'), 'a')
  now = 14_000
  await lease.step({ applied: ['x'] })
  now = 28_000
  expect(() => lease.assertHeld()).not.toThrow()
  now = 29_000
  expect(() => lease.assertHeld()).toThrow('another replica')
})

test('a lease is renewed while a long act runs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await withOperation(operation('1'), async () => {
    await silence('1')
    await vi.advanceTimersByTimeAsync(5_000)
    await vi.waitFor(async () => expect(await expired()).toEqual([]))
  })
  vi.useRealTimers()
})

test('what was put off is taken by anybody, but not before its time', async () => {
  await insertOperation(db, operation('1'), 'a')
  expect(await postponeOperation(db, { id: '1', holder: 'a' }, 60_000, 'away')).toBe(true)
  expect(await row('1')).toMatchObject({ holder: null, error: 'away', state: 'running' })
  expect(await expired()).toEqual([])
  await silence('1')
  expect(await takeExpired(db, { id: '1', holder: 'b' }, null)).toMatchObject({ attempts: 2 })
})

test('a database of one process gives everything free at its start', async () => {
  await begun(operation('1'), 'dead')
  await expireLeases(db)
  expect(await expired()).toEqual(['1'])
})

test('a removal holds an interrupted create without making it one to be resumed', async () => {
  await insertOperation(db, operation('1', { kind: 'create' }), 'a')
  await db.prisma.operation.update({ where: { id: '1' }, data: { state: 'interrupted', holder: null, leaseUntil: null } })
  expect(await takeInterrupted(db, { id: '1', holder: 'b' }, 'interrupted', bob)).toBe(true)
  expect(await takeInterrupted(db, { id: '1', holder: 'c' }, 'running', bob)).toBe(false)
  await silence('1')
  expect(await expired()).toEqual([])
  expect(await takeInterrupted(db, { id: '1', holder: 'c' }, 'running', bob)).toBe(true)
})

test.each(['running', 'interrupted'] as const)('an interrupted create that another person takes as %s is theirs: whoever goes on in their place acts as them', async (as) => {
  await insertOperation(db, operation('1', { kind: 'create' }), 'a')
  await db.prisma.operation.update({ where: { id: '1' }, data: { state: 'interrupted', holder: null, leaseUntil: null } })
  await takeInterrupted(db, { id: '1', holder: 'b' }, as, bob)
  const taken = await row('1')
  expect(taken).toMatchObject({ who: 'bob', groups: ['b'], state: as })
  expect(Math.abs((taken?.continuedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('a deletion ends the create of its cluster, also one under way; not one asked for later', async () => {
  await insertOperation(db, operation('1', { kind: 'create', cluster: 'c' }), 'a')
  await endUnfinished(db, 'blue', 'c', { before: new Date(Date.now() - 60_000), error: 'Deleted.' })
  expect(await row('1')).toMatchObject({ state: 'running' })
  await endUnfinished(db, 'blue', 'c', { before: new Date(Date.now() + 60_000), error: 'Deleted.' })
  expect(await row('1')).toMatchObject({ state: 'failed', error: 'Deleted.', holder: null })
  expect(await insertOperation(db, operation('2', { kind: 'create', cluster: 'c' }), 'a')).toBe(true)
})

test('an interrupted create of an earlier tenant of that name is not offered and holds no name; one of this tenant is and does', async () => {
  const create = (id: string) => withOperation(operation(id, { kind: 'create', cluster: 'c' }), () => Promise.reject(failure('interrupted', 'It stopped.'))).catch((error: unknown) => error)
  const offered = async () => (await interruptedCreates('blue')).map(({ operationId }) => operationId)
  await create('1')
  expect(await offered()).toEqual(['1'])
  expect(await create('2')).toMatchObject({ view: { code: 'name-taken' } })
  namespace = 'made-anew'
  expect(await offered()).toEqual([])
  expect(await create('3')).toMatchObject({ view: { code: 'interrupted' } })
  expect(await row('1')).toMatchObject({ state: 'failed', error: expect.stringContaining('another one has the name') as string })
  expect(await offered()).toEqual(['3'])
  await db.prisma.operation.updateMany({ where: { id: '3' }, data: { namespaceUid: null } })
  expect(await offered(), 'written before Namespaces were').toEqual(['3'])
})

test('deletions are taken up first, then the oldest', async () => {
  for (const [id, kind, at] of [['1', 'scale', 3], ['2', 'create', 2], ['3', 'delete', 4]] as const) {
    await begun(operation(id, { kind }), 'dead')
    await db.prisma.operation.update({ where: { id }, data: { createdAt: new Date(at) } })
  }
  await expireLeases(db)
  expect(await expired()).toEqual(['3', '2', '1'])
})
