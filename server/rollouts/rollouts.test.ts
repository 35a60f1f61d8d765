import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { emptyState } from '@/lib/live/reduce'
import type { Story } from '@/lib/rollout/story'
import { openInMemory, type Database } from '@/server/db/client'
import { insertStory } from '@/server/db/rollouts'
import { log } from '@/server/log'
import { exampleStory } from '@/server/rollouts/example'
import { getChange } from '@/server/rollouts/get'
import { listChanges } from '@/server/rollouts/list'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ hookTimeout: 60_000 })

let db: Database
const use = (database: unknown): void => setRuntime({ db: database, live: { tenantUid: () => 'now' } } as never)
const old = exampleStory({ id: 'old', startedAt: '2026-10-21T14:00:00.000Z', endedAt: '2026-10-21T14:02:00.000Z', state: { is: 'done', at: '2026-10-21T14:02:00.000Z' } })
beforeAll(async () => {
  db = await openInMemory()
  await insertStory(db, old)
  await insertStory(db, exampleStory())
})
afterAll(() => db.close())

const member = (tenant: string, stories: readonly Story[] = []): TenantContext => ({
  tenant,
  state: () => ({
    ...emptyState,
    rollouts: Object.fromEntries(stories.map(({ rollout }) => [rollout.id, rollout])),
    rolloutMachines: Object.fromEntries(stories.flatMap(({ machines }) => Object.values(machines)).map((machine) => [machine.id, machine])),
  }),
}) as Pick<TenantContext, 'tenant' | 'state'> as TenantContext

test('the history has what was stored, each as new as memory has it, the open one first', async () => {
  use(db)
  const later = exampleStory({ percent: 50, startedAt: '2026-10-01T00:00:00.000Z' })
  const { changes, complete } = await listChanges(member('blue', [later]), 'blue-1')
  expect([changes, complete]).toEqual([[later.rollout, old.rollout], true])
  expect((await listChanges(member('blue', [later]), 'blue-2')).changes).toEqual([])
  expect((await listChanges(member('green'), 'blue-1')).changes).toEqual([])
  expect(await listChanges(member('blue'), 'a\0b')).toEqual({ changes: [], complete: true })
})

test('what happened in a former Namespace of the name is not told in this one', async () => {
  use(db)
  for (const namespace of ['former', 'now']) await insertStory(db, exampleStory({ id: namespace, cluster: 'again', clusterUid: `again-${namespace}` }), namespace)
  expect((await listChanges(member('blue'), 'again')).changes.map(({ id }) => id)).toEqual(['now'])
  await expect(getChange(member('blue'), 'former')).rejects.toMatchObject({ view: { code: 'not-found' } })
  expect((await getChange(member('blue'), 'now')).rollout.id).toBe('now')
})

test('while the database is away the history says that it is not complete', async () => {
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  use({ prisma: { $queryRaw: () => Promise.reject(new Error('away')) } })
  expect(await listChanges(member('blue', [exampleStory()]), 'blue-1')).toMatchObject({ changes: [{ id: 'r1' }], complete: false })
  expect(warn).toHaveBeenCalledOnce()
})

test('one change, a month later too; that of another tenant does not exist', async () => {
  use(db)
  expect(await getChange(member('blue'), 'old')).toEqual(old)
  expect((await getChange(member('blue', [exampleStory({ percent: 50 })]), 'r1')).rollout.percent).toBe(50)
  for (const [tenant, id] of [['green', 'old'], ['blue', 'unknown'], ['blue', 'a\0b'], ['blue', 'constructor']] as const)
    await expect(getChange(member(tenant), id)).rejects.toMatchObject({ view: { code: 'not-found' } })
})
