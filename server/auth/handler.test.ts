import { expect, test, vi } from 'vitest'
import { handleAuth } from '@/server/auth/handler'

vi.mock('next-auth', () => ({ default: () => Promise.resolve(new Response('next-auth')) }))
vi.mock('@/server/auth/options', () => ({ authOptions: () => ({}) }))

const send = async (headers: Record<string, string>, method = 'POST') =>
  (await handleAuth(new Request('http://portal/api/auth/signin/oidc', { method, headers }) as never, { params: Promise.resolve({ nextauth: [] }) })).status

test('a body that is large, or of unknown size, is refused before it is read', async () => {
  expect([await send({ 'content-length': '999999999' }), await send({}), await send({ 'content-length': 'x' })]).toEqual([413, 413, 413])
  expect([await send({ 'content-length': '200' }), await send({}, 'GET')]).toEqual([200, 200])
})
