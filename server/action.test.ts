import { beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { action } from '@/server/action'
import { currentSession } from '@/server/auth/session'
import { auditEvent } from '@/server/db/audit'
import { notFound } from '@/server/failure'
import { setRuntime } from '@/server/runtime'
import { openTenant, requirePermission } from '@/server/tenants/open'

vi.mock('next/headers', () => ({ headers: () => Promise.resolve(new Headers()) }))
vi.mock('@/server/auth/origin')
vi.mock('@/server/auth/session')
vi.mock('@/server/db/audit')
vi.mock('@/server/tenants/open')

const useCase = vi.fn(() => Promise.resolve('done'))
const act = action(z.object({ tenant: z.string(), cluster: z.string().max(5) }), 'delete:cluster', useCase)

beforeEach(() => {
  vi.resetAllMocks()
  setRuntime({ db: {} } as never)
  vi.mocked(currentSession).mockResolvedValue({ user: 'ada' } as never)
})

test('an input that breaks the schema is a refused write: audited, under the names that it has', async () => {
  expect(await act({ tenant: 'blue', cluster: 'too-long' })).toMatchObject({ ok: false, error: { code: 'invalid' } })
  expect(auditEvent).toHaveBeenCalledWith({}, { who: 'ada', tenant: 'blue', action: 'delete:cluster', object: 'Cluster/too-long' }, false, 'invalid')
  await act(null as never)
  expect(auditEvent).toHaveBeenLastCalledWith({}, { who: 'ada', tenant: null, action: 'delete:cluster', object: 'Cluster' }, false, 'invalid')
  expect(useCase).not.toHaveBeenCalled()
})

test('a write in a foreign tenant is audited', async () => {
  vi.mocked(openTenant).mockRejectedValue(notFound('The tenant'))
  expect(await act({ tenant: 'green', cluster: 'c' })).toMatchObject({ error: { code: 'not-found' } })
  expect(auditEvent).toHaveBeenCalledWith({}, expect.objectContaining({ tenant: 'green', object: 'Cluster/c' }), false, 'not-found')
  expect(useCase).not.toHaveBeenCalled()
})

test('a refusal that cannot be recorded says why nothing was done', async () => {
  vi.mocked(openTenant).mockRejectedValue(notFound('The tenant'))
  vi.mocked(auditEvent).mockRejectedValue(new Error('the database is away'))
  expect(await act({ tenant: 'green', cluster: 'c' })).toMatchObject({ error: { code: 'not-recorded' } })
  expect(useCase).not.toHaveBeenCalled()
})

test('nobody gets as far as the use case without session and right', async () => {
  vi.mocked(requirePermission).mockRejectedValue(notFound('x'))
  await act({ tenant: 'blue', cluster: 'c' })
  vi.mocked(currentSession).mockResolvedValue(null)
  expect(await act({ tenant: 'blue', cluster: 'c' })).toMatchObject({ error: { code: 'signed-out' } })
  expect(useCase).not.toHaveBeenCalled()
})
