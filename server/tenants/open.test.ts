import { beforeEach, expect, test, vi } from 'vitest'
import type { Session } from '@/server/auth/identity'
import { setRuntime } from '@/server/runtime'
import { openTenant } from '@/server/tenants/open'

const session: Session = { id: 's', user: 'oidc:ada', name: 'Ada', email: 'ada', groups: [], expiresAt: new Date(Date.now() + 3_600_000) }
const live = { ready: vi.fn(() => true), tenants: vi.fn(() => [{ name: 'blue', displayName: 'Blue' }]), access: { allows: vi.fn(() => Promise.resolve(true)) } }

beforeEach(() => {
  setRuntime({ live } as never)
  live.ready.mockReturnValue(true)
  live.access.allows.mockResolvedValue(true)
})

test('an absent tenant and a foreign one are told in the same words', async () => {
  await expect(openTenant(session, 'green')).rejects.toMatchObject({ view: { code: 'not-found', message: expect.stringContaining('green') } })
  live.access.allows.mockResolvedValue(false)
  await expect(openTenant(session, 'blue')).rejects.toMatchObject({ view: { code: 'not-found' } })
})

test('a portal that has just started says no tenant to be absent: the page that asks again would forget all it shows', async () => {
  live.ready.mockReturnValue(false)
  for (const tenant of ['blue', 'green']) await expect(openTenant(session, tenant)).rejects.toMatchObject({ view: { code: 'management-away' } })
  live.ready.mockReturnValue(true)
  await expect(openTenant(session, 'blue')).resolves.toMatchObject({ tenant: 'blue' })
})
