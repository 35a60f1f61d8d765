import { expect, test, vi } from 'vitest'
import { audited } from '@/server/audit/audited'
import { auditAsked } from '@/server/db/audit'
import { setRuntime } from '@/server/runtime'

vi.mock('@/server/db/audit')

const ctx = { session: { user: 'ada' }, tenant: 'blue' } as never

test('a process that is asked to end begins no act', async () => {
  const acts = new Set()
  setRuntime({ db: {}, acts, draining: () => true } as never)
  const act = vi.fn()
  await expect(audited(ctx, 'create:cluster', 'Cluster/c', act)).rejects.toMatchObject({ view: { code: 'not-recorded', message: expect.stringContaining('restarted') as string } })
  expect(act).not.toHaveBeenCalled()
  expect(auditAsked).not.toHaveBeenCalled()
  expect(acts.size).toBe(0)
})
