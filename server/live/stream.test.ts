import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { Hub } from '@/server/live/hub'
import { openStream } from '@/server/live/stream'
import { setRuntime } from '@/server/runtime'

const session = { id: 's', user: 'ada', name: 'Ada', email: 'ada', groups: [], expiresAt: new Date(Date.now() + 3_600_000) }
vi.mock('@/server/route', () => ({ requireSession: () => Promise.resolve(session) }))
vi.mock('@/server/tenants/open', () => ({ openTenant: () => Promise.resolve({}) }))

const entry = (key: string): TimelineEntry => ({ kind: 'entry', key, tenant: 'blue', clusterUid: 'c', cluster: 'c', at: '2026-01-01T00:00:00Z', subject: null, text: key, role: 'ok', who: null })

let hub: Hub
let stop: AbortController
let draining: boolean
beforeEach(() => {
  vi.useFakeTimers()
  hub = new Hub(() => ({ state: 'live', lastContact: '2026-01-01T00:00:00Z' }))
  stop = new AbortController()
  draining = false
  const live = { subscribe: hub.subscribe.bind(hub), endSession: hub.endSession.bind(hub), streamsOf: hub.streamsOf.bind(hub) }
  setRuntime({ live, sessions: { find: () => Promise.resolve(session) }, signal: stop.signal, draining: () => draining } as never)
})
afterEach(() => void vi.useRealTimers())

const opened = async (signal = new AbortController().signal) => (await openStream(new Request('http://portal/', { signal }), 'blue')).body?.getReader() ?? expect.fail('no body')

test('a browser that leaves while changes wait for it leaves nothing behind: no timer, no error a minute later', async () => {
  const browser = new AbortController()
  const reader = await opened(browser.signal)
  hub.publish('blue', [entry('a')], [])
  browser.abort()
  await reader.cancel()
  expect(hub.streams).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('a body that is cancelled without an abort is given up as well', async () => {
  const reader = await opened()
  hub.publish('blue', [entry('a')], [])
  await reader.cancel()
  expect([hub.streams, vi.getTimerCount()]).toEqual([0, 0])
})

test('a request that was aborted before its stream began opens none', async () => {
  const browser = new AbortController()
  browser.abort()
  await opened(browser.signal)
  expect([hub.streams, vi.getTimerCount()]).toEqual([0, 0])
})

test('streams that are over are not kept by the signal of the process', async () => {
  const added = vi.spyOn(stop.signal, 'addEventListener')
  const removed = vi.spyOn(stop.signal, 'removeEventListener')
  await (await opened()).cancel()
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
})

test('one session cannot open streams without end', async () => {
  for (let count = 0; count < 50; count++) await opened()
  await expect(opened()).rejects.toThrow('Too many pages')
})

test('a process that ends opens no stream and says when to come back', async () => {
  draining = true
  const answer = await openStream(new Request('http://portal/'), 'blue')
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10)
  expect(await answer.text()).toMatch(/^retry: \d{1,5}\n\n$/)
  expect(hub.streams).toBe(0)
})

test('a stream that the hub closes says when to come back, as its last words', async () => {
  const reader = await opened()
  hub.closeAll()
  const words: string[] = []
  for (let part = await reader.read(); !part.done; part = await reader.read()) words.push(Buffer.from(part.value).toString())
  expect(words.at(-1)).toMatch(/^retry: \d{1,5}\n\n$/)
})
