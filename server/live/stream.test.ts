import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { failure } from '@/server/failure'
import { Hub } from '@/server/live/hub'
import { tookStream } from '@/server/live/serve'
import { setRuntime } from '@/server/runtime'

const session = { id: 's', user: 'ada', name: 'Ada', email: 'ada', groups: [], expiresAt: new Date(Date.now() + 3_600_000) }
vi.mock('@/server/auth/session', () => ({ currentSession: () => Promise.resolve(null), sessionOfCookies: (header?: string) => Promise.resolve(header === 'in' ? session : null) }))
vi.mock('@/server/tenants/open', () => ({ openTenant: (_: unknown, tenant: string) => (tenant === 'blue' ? Promise.resolve({}) : Promise.reject(failure('not-found', 'no such tenant'))) }))

const entry = (key: string, text = key): TimelineEntry => ({ kind: 'entry', key, tenant: 'blue', clusterUid: 'c', cluster: 'c', at: '2026-01-01T00:00:00Z', subject: null, text, role: 'ok', who: null })

let hub: Hub
let server: Server
let draining: boolean
beforeEach(async () => {
  hub = new Hub(() => ({ state: 'live', lastContact: '2026-01-01T00:00:00Z' }))
  draining = false
  const live = { subscribe: hub.subscribe.bind(hub), streamsOf: hub.streamsOf.bind(hub) }
  setRuntime({ live, sessions: { find: () => Promise.resolve(session) }, draining: () => draining } as never)
  server = createServer((incoming, response) => void (tookStream(incoming, response) || response.writeHead(418).end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const port = (): number => (server.address() as AddressInfo).port

async function get(path = '/api/t/blue/stream', headers: Record<string, string> = { cookie: 'in' }, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => request({ port: port(), path, method, headers, agent: false }, resolve).on('error', reject).end())
  let text = ''
  let ended = false
  response.on('data', (part: Buffer) => (text += part.toString()))
  response.on('end', () => (ended = true)).on('error', () => undefined)
  return { response, text: () => text, ended: () => ended }
}
const until = (check: () => void) => vi.waitFor(check, { timeout: 3_000, interval: 5 })

test('a stream begins with a snapshot and goes on with what changes', async () => {
  const { response, text } = await get()
  expect([response.statusCode, response.headers['content-type'], response.headers['cache-control']]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-cache, no-transform'])
  await until(() => expect(text()).toContain('event: synced'))
  hub.publish('blue', [entry('a')], [])
  await until(() => expect(text()).toMatch(/event: changes\nid: [0-9a-f]+:1\ndata: \{"upserts":\[\{"kind":"entry"/))
})

test('one that comes back with its last id gets what it missed', async () => {
  const first = await get()
  hub.publish('blue', [entry('a')], [])
  await until(() => expect(first.text()).toContain('event: changes'))
  const id = /event: changes\nid: (.*)/.exec(first.text())?.[1] ?? ''
  first.response.destroy()
  hub.publish('blue', [entry('b')], [])
  const second = await get('/api/t/blue/stream', { cookie: 'in', 'last-event-id': id })
  await until(() => expect(second.text()).toContain('event: synced'))
  expect([second.text().includes('event: snapshot'), second.text().includes('"key":"b"'), second.text().includes('"key":"a"')]).toEqual([false, true, false])
})

test.each([
  ['without a session', '/api/t/blue/stream', {}, 401],
  ['of a foreign or absent tenant', '/api/t/green/stream', { cookie: 'in' }, 404],
  ['of a name that is no URL encoding', '/api/t/%ff/stream', { cookie: 'in' }, 404],
])('a request %s is refused as JSON', async (_, path, headers, status) => {
  const { response, text, ended } = await get(path, headers as Record<string, string>)
  await until(() => expect(ended()).toBe(true))
  expect([response.statusCode, (JSON.parse(text()) as { error: { code: string } }).error.code]).toEqual([status, status === 401 ? 'signed-out' : 'not-found'])
  expect(hub.streams).toBe(0)
})

test.each([['GET', '/api/t/blue/streams'], ['GET', '/api/t/blue/stream/x'], ['GET', '/t/blue/stream'], ['POST', '/api/t/blue/stream']])('%s %s goes on to Next', async (method, path) => {
  expect((await get(path, { cookie: 'in' }, method)).response.statusCode).toBe(418)
})

test('a browser that leaves while changes wait for it leaves nothing behind', async () => {
  const { response, text } = await get()
  await until(() => expect(text()).toContain('event: synced'))
  hub.publish('blue', [entry('a')], [])
  response.destroy()
  await until(() => expect(hub.streams).toBe(0))
  hub.publish('blue', [entry('b')], [])
})

test('one that leaves while it is let in opens no stream', async () => {
  const socket = connect(port(), '127.0.0.1')
  await new Promise<void>((resolve) => socket.on('connect', resolve))
  socket.write('GET /api/t/blue/stream HTTP/1.1\r\nHost: x\r\nCookie: in\r\n\r\n')
  socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(hub.streams).toBe(0)
})

test('a client that reads nothing is owed a fresh snapshot in place of all that would wait for it', async () => {
  const socket = connect(port(), '127.0.0.1').pause()
  await new Promise<void>((resolve) => socket.on('connect', resolve))
  socket.write('GET /api/t/blue/stream HTTP/1.1\r\nHost: x\r\nCookie: in\r\n\r\n')
  await until(() => expect(hub.streams).toBe(1))
  // More than the kernel's buffers of loopback take.
  for (let round = 0; round < 40; round++) {
    hub.publish('blue', [entry(`a${round}`, 'x'.repeat(200_000))], [])
    await new Promise((resolve) => setTimeout(resolve, 110))
    if (hub.counters.resyncs > 0) break
  }
  expect(hub.counters.resyncs).toBe(1)
  socket.destroy()
  await until(() => expect(hub.streams).toBe(0))
}, 15_000)

test('one session cannot open streams without end', async () => {
  for (let count = 0; count < 50; count++) await get()
  expect((await get()).response.statusCode).toBe(409)
})

test('a process that ends opens no stream and says when to come back', async () => {
  draining = true
  const { response, text, ended } = await get()
  await until(() => expect(ended()).toBe(true))
  expect(response.statusCode).toBe(503)
  expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(10)
  expect(text()).toMatch(/^retry: \d{1,5}\n\n$/)
  expect(hub.streams).toBe(0)
})

test('a stream that the hub closes says when to come back, as its last words', async () => {
  const { text, ended } = await get()
  await until(() => expect(text()).toContain('event: synced'))
  hub.closeAll()
  await until(() => expect(ended()).toBe(true))
  expect(text()).toMatch(/\n\nretry: \d{1,5}\n\n$/)
})

test('a stream that cannot be begun ends, though its head is out', async () => {
  vi.spyOn(hub, 'subscribe').mockImplementation(() => expect.fail('no snapshot'))
  setRuntime({ live: { subscribe: hub.subscribe, streamsOf: () => 0 }, sessions: { find: () => Promise.resolve(session) }, draining: () => draining } as never)
  await expect(get().then(({ response }) => new Promise((resolve, reject) => response.on('end', resolve).on('error', reject)))).rejects.toThrow()
})
