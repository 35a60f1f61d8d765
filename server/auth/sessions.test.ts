import { beforeEach, expect, test, vi } from 'vitest'
import { Sessions } from '@/server/auth/sessions'
import type { Database } from '@/server/db/client'
import { findSession, revokedSince, revokeSession, type SessionRow } from '@/server/db/sessions'

vi.mock('@/server/db/sessions')
const row: SessionRow = { id: 's', user: 'ada', name: 'Ada', email: 'ada', groups: [], expiresAt: new Date(Date.now() + 3_600_000), revokedAt: null }
const ended = vi.fn()
const sessions = (): Sessions => new Sessions({} as Database, ended)

beforeEach(() => {
  vi.resetAllMocks()
  vi.mocked(findSession).mockResolvedValue(row)
  vi.mocked(revokeSession).mockResolvedValue(true)
})

test('a sign-out ends streams and session here, also while the database is away; it is told later', async () => {
  const all = sessions()
  expect(await all.find('s')).not.toBeNull()
  vi.mocked(revokeSession).mockRejectedValueOnce(new Error('away'))
  await expect(all.revoke('s')).rejects.toThrow('away')
  expect(ended).toHaveBeenCalledWith('s')
  expect(await all.find('s')).toBeNull()
  await all.settle()
  expect(revokeSession).toHaveBeenCalledTimes(2)
})

test('a row that was being read during the sign-out does not bring the session back', async () => {
  const all = sessions()
  let read = (_: SessionRow): void => undefined
  vi.mocked(findSession).mockReturnValueOnce(new Promise((resolve) => (read = resolve)))
  const asked = all.find('s')
  await all.revoke('s')
  read(row)
  expect(await asked).toBeNull()
  expect(await all.find('s')).toBeNull()
})

test('a sign-out at another replica ends streams and session here, once', async () => {
  const all = sessions()
  expect(await all.find('s')).not.toBeNull()
  vi.mocked(revokedSince).mockResolvedValue(['s'])
  await all.follow()
  await all.follow()
  expect(ended.mock.calls).toEqual([['s']])
  expect(await all.find('s'), 'the row that was read before counts no more').toBeNull()
})
