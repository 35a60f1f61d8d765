import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LiveMessage, TenantState } from '@/lib/live/event'
import { reduce } from '@/lib/live/reduce'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { Hub } from '@/server/live/hub'
import type { Subscription } from '@/server/live/subscriber'
import { exampleStory } from '@/server/rollouts/example'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const entry = (key: string, text = key): TimelineEntry => ({ kind: 'entry', key, tenant: 'blue', clusterUid: 'c', cluster: 'c', at: '2026-01-01T00:00:00Z', subject: null, text, role: 'ok', who: null })
const newHub = (): Hub => new Hub(() => ({ state: 'live', lastContact: '2026-01-01T00:00:00Z' }))

function open(hub: Hub, more: Partial<Subscription> & { ready?: () => boolean } = {}) {
  const messages: LiveMessage[] = []
  const written: Uint8Array[] = []
  let id: string | null = null
  let closed = false
  const leave = hub.subscribe({
    tenant: 'blue', sessionId: 's', identity: { user: 'oidc:ada', groups: [] }, expiresAt: Infinity, lastEventId: null,
    stillAllowed: () => Promise.resolve(true), stillSignedIn: () => Promise.resolve(true),
    sink: {
      write: (bytes) => {
        written.push(bytes)
        const [, type, eventId, data] = /^event: (\w+|signed-out)\n(?:id: (.*)\n)?data: (.*)\n\n$/.exec(Buffer.from(bytes).toString()) ?? expect.fail('no SSE event')
        messages.push({ type, ...(JSON.parse(data ?? '') as object) } as LiveMessage)
        id = eventId ?? id
      },
      ready: more.ready ?? (() => true),
      close: () => void (closed = true),
    },
    ...more,
  })
  return { messages, written, leave, lastId: () => id, closed: () => closed, types: () => messages.map(({ type }) => type) }
}

test('a new stream gets a snapshot and then "synced", also when there is nothing', () => {
  const { messages } = open(newHub())
  expect(messages).toMatchObject([{ type: 'snapshot', state: { clusters: {}, machines: {}, entries: {} } }, { type: 'synced' }])
})

test('changes of one thing in a short time arrive once, as the latest', () => {
  const hub = newHub()
  const stream = open(hub)
  for (const text of ['1', '2', '3']) hub.publish('blue', [entry('a', text)], [])
  hub.publish('blue', [entry('b')], [])
  hub.publish('blue', [], [{ kind: 'entry', id: 'b' }])
  vi.advanceTimersByTime(200)
  expect(stream.messages.slice(2)).toEqual([{ type: 'changes', upserts: [entry('a', '3')], removes: [{ kind: 'entry', id: 'b' }] }])
})

test('nobody hears of another tenant', () => {
  const hub = newHub()
  const stream = open(hub)
  hub.publish('green', [entry('a')], [])
  vi.advanceTimersByTime(500)
  expect(stream.types()).toEqual(['snapshot', 'synced'])
})

test('a resumed stream gets exactly what it missed', () => {
  const hub = newHub()
  const first = open(hub)
  hub.publish('blue', [entry('a')], [])
  vi.advanceTimersByTime(200)
  first.leave()
  hub.publish('green', [entry('g')], [])
  hub.publish('blue', [entry('b', '1')], [])
  hub.publish('blue', [entry('b', '2')], [])
  expect(open(hub, { lastEventId: first.lastId() }).messages).toEqual([{ type: 'changes', upserts: [entry('b', '2')], removes: [] }, { type: 'synced' }])
})

test.each([['another boot', 'ffff:1'], ['nonsense', 'x'], ['the future', null]])('an id of %s gets a snapshot', (_, id) => {
  const hub = newHub()
  hub.publish('blue', [entry('a')], [])
  const future = open(hub).lastId()?.replace(/:.*/, ':99') ?? ''
  expect(open(hub, { lastEventId: id ?? future }).types()).toEqual(['snapshot', 'synced'])
})

test('an id whose changes have left the ring gets a snapshot', () => {
  const hub = newHub()
  hub.publish('blue', [entry('a')], [])
  const old = open(hub).lastId()
  for (let index = 0; index < 10_001; index++) hub.publish('blue', [entry('b', String(index))], [])
  expect(open(hub, { lastEventId: old }).types()[0]).toBe('snapshot')
})

test('a slow stream gets a fresh snapshot once and is closed the second time', () => {
  const hub = newHub()
  let ready = false
  const stream = open(hub, { ready: () => ready })
  const flood = () => hub.publish('blue', Array.from({ length: 501 }, (_, index) => entry(`e${index}`)), [])
  flood()
  vi.advanceTimersByTime(200)
  ready = true
  vi.advanceTimersByTime(200)
  expect(stream.types()).toEqual(['snapshot', 'synced', 'snapshot', 'changes'])
  ready = false
  flood()
  vi.advanceTimersByTime(200)
  expect(stream.closed()).toBe(true)
})

test('a denial ends the stream with "revoked", a revoked session with "signed-out", an unknown answer not at all', async () => {
  const hub = newHub()
  const denied = open(hub, { stillAllowed: () => Promise.resolve(false) })
  const out = open(hub, { stillSignedIn: () => Promise.resolve(false) })
  const unknown = open(hub, { stillAllowed: () => Promise.reject(new Error('away')) })
  await hub.recheck({ tenant: 'blue', concerns: null })
  expect([denied.types().at(-1), out.types().at(-1), unknown.types().at(-1)]).toEqual(['revoked', 'signed-out', 'synced'])
  expect([denied.closed(), out.closed(), unknown.closed(), hub.streams]).toEqual([true, true, false, 1])
})

test('a session’s end closes its streams and no others', () => {
  const hub = newHub()
  const mine = open(hub, { sessionId: 'mine' })
  const other = open(hub, { sessionId: 'other' })
  hub.endSession('mine')
  expect([mine.closed(), other.closed()]).toEqual([true, false])
})

test('a rollout and its machines are in the snapshot, each in its own place, and go again', () => {
  const hub = newHub()
  const { rollout, machines } = exampleStory()
  hub.publish('blue', [rollout, ...Object.values(machines)], [])
  expect(hub.state('blue')).toMatchObject({ entries: {}, clusters: {}, machines: {}, rollouts: { r1: rollout }, rolloutMachines: { 'r1:m1': machines['m1'] } })
  hub.publish('blue', [], [{ kind: 'rollout', id: 'r1' }, { kind: 'rollout-machine', id: 'r1:m1' }])
  expect(hub.state('blue')).toMatchObject({ rollouts: {}, rolloutMachines: {} })
})

test('what comes after quiet is on its way at once, what follows it a tenth of a second later', () => {
  const hub = newHub()
  const stream = open(hub)
  hub.publish('blue', [entry('a')], [])
  vi.advanceTimersByTime(5)
  expect(stream.types()).toEqual(['snapshot', 'synced', 'changes'])
  hub.publish('blue', [entry('b', '1')], [])
  vi.advanceTimersByTime(50)
  hub.publish('blue', [entry('b', '2')], [])
  vi.advanceTimersByTime(40)
  expect(stream.messages).toHaveLength(3)
  vi.advanceTimersByTime(10)
  expect(stream.messages[3]).toEqual({ type: 'changes', upserts: [entry('b', '2')], removes: [] })
})

test('streams that keep up are written the same bytes, encoded once', () => {
  const hub = newHub()
  const [one, two] = [open(hub), open(hub)]
  hub.publish('blue', [entry('a')], [])
  vi.advanceTimersByTime(200)
  expect(one.written[2]).toBe(two.written[2])
  expect(one.written[0]).toBe(two.written[0]) // the snapshot too
})

test('a stream that does not keep up is owed the latest of each thing, and loses none', () => {
  const hub = newHub()
  let ready = false
  const slow = open(hub, { ready: () => ready })
  const quick = open(hub)
  for (const text of ['1', '2', '3']) {
    hub.publish('blue', [entry('a', text), entry(`only-${text}`)], [])
    vi.advanceTimersByTime(150)
  }
  hub.publish('blue', [], [{ kind: 'entry', id: 'only-1' }])
  vi.advanceTimersByTime(150)
  expect([slow.messages.length, quick.messages.length]).toEqual([2, 6])
  ready = true
  vi.advanceTimersByTime(150)
  expect(slow.messages[2]).toEqual({ type: 'changes', upserts: [entry('only-2'), entry('a', '3'), entry('only-3')], removes: [{ kind: 'entry', id: 'only-1' }] })
  expect([slow.lastId(), hub.counters.coalesced, hub.counters.resyncs]).toEqual([quick.lastId(), 3, 0])
})

test('more than 256 KiB owed is a fresh snapshot, however few the things', () => {
  const hub = newHub()
  let ready = false
  const slow = open(hub, { ready: () => ready })
  hub.publish('blue', [entry('a', 'x'.repeat(300_000))], [])
  vi.advanceTimersByTime(150)
  ready = true
  vi.advanceTimersByTime(150)
  expect([slow.types(), hub.counters.resyncs]).toEqual([['snapshot', 'synced', 'snapshot', 'changes'], 1])
})

test('one that joins while changes wait to be sent gets each of them once', () => {
  const hub = newHub()
  open(hub)
  hub.publish('blue', [entry('a')], [])
  const late = open(hub)
  expect(late.types()).toEqual(['snapshot', 'changes', 'synced'])
  hub.publish('blue', [entry('b')], [])
  vi.advanceTimersByTime(200)
  expect(late.messages.slice(3)).toEqual([{ type: 'changes', upserts: [entry('b')], removes: [] }])
})

test('a client that takes nothing for a minute is cut off', async () => {
  const hub = newHub()
  const stop = new AbortController()
  hub.beat(stop.signal)
  const stuck = open(hub, { ready: () => false })
  await vi.advanceTimersByTimeAsync(90_000)
  expect([stuck.closed(), hub.streams, hub.counters.slowDisconnects]).toEqual([true, 0, 1])
  stop.abort()
})

test('each stream is checked once in half a minute, not all of them in the same second', async () => {
  const hub = newHub()
  const stop = new AbortController()
  hub.beat(stop.signal)
  const at: number[] = []
  for (let count = 0; count < 60; count++) open(hub, { stillAllowed: () => (at.push(Date.now()), Promise.resolve(true)) })
  await vi.advanceTimersByTimeAsync(30_000)
  expect(at).toHaveLength(60)
  expect(new Set(at).size).toBeGreaterThan(10)
  stop.abort()
})

test('the end of a session ends its streams within a second', () => {
  const hub = newHub()
  const stop = new AbortController()
  hub.beat(stop.signal)
  const stream = open(hub, { expiresAt: Date.now() + 5_000 })
  vi.advanceTimersByTime(4_000)
  expect(stream.closed()).toBe(false)
  vi.advanceTimersByTime(2_000)
  expect([stream.types().at(-1), stream.closed()]).toEqual(['signed-out', true])
  stop.abort()
})

test('a changed binding asks again only of those whom it may concern', async () => {
  const hub = newHub()
  const asked: string[] = []
  for (const user of ['ada', 'bob']) open(hub, { identity: { user, groups: [] }, stillAllowed: () => (asked.push(user), Promise.resolve(true)) })
  await hub.recheck({ tenant: 'blue', concerns: ({ user }) => user === 'bob' })
  await hub.recheck({ tenant: 'green', concerns: null })
  expect(asked).toEqual(['bob'])
})

test('a hundred that join while things change share a snapshot a second, and all end with the same state, told each change once', () => {
  const hub = newHub()
  const empty = hub.state('blue')
  for (let index = 0; index < 20; index++) hub.publish('blue', [entry(`old${index}`)], [])
  const streams: ReturnType<typeof open>[] = []
  for (let index = 0; index < 100; index++) {
    hub.publish('blue', [entry(`e${index % 30}`, String(index))], index % 7 === 0 ? [{ kind: 'entry', id: `old${index % 20}` }] : [])
    streams.push(open(hub))
    vi.advanceTimersByTime(30)
  }
  vi.advanceTimersByTime(1_000)
  expect(new Set(streams.map(({ written }) => written[0])).size).toBeLessThanOrEqual(4) // in 3 s
  for (const { messages, lastId } of streams) {
    expect(messages.reduce<TenantState>((state, message) => reduce(state, message), empty)).toEqual(hub.state('blue'))
    expect(lastId()).toBe(streams[0]?.lastId())
    const texts = messages.flatMap((message) => (message.type === 'changes' ? message.upserts : [])).map((view) => ('text' in view ? view.text : ''))
    expect(new Set(texts).size).toBe(texts.length)
  }
})

test('a snapshot never tells a health that is no longer so', () => {
  const hub = newHub()
  open(hub)
  const before = open(hub).written[0]
  hub.tellAll({ type: 'health', health: { state: 'away', lastContact: null } })
  expect(open(hub).written[0]).not.toBe(before)
})

test('a lost right ends the stream while the database hangs', async () => {
  const hub = newHub()
  const stream = open(hub, { stillSignedIn: () => new Promise(() => undefined), stillAllowed: () => Promise.resolve(false) })
  await hub.recheck({ tenant: 'blue', concerns: null })
  expect([stream.types().at(-1), stream.closed()]).toEqual(['revoked', true])
})

test('what nobody could tell after a binding changed is asked again within two seconds, then less and less often', async () => {
  const hub = newHub()
  const asked: number[] = []
  const stream = open(hub, { stillAllowed: () => (asked.push(Date.now()), asked.length < 5 ? Promise.reject(new Error('away')) : Promise.resolve(false)) })
  const begun = Date.now()
  await hub.recheck({ tenant: 'blue', concerns: null })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toHaveLength(2)
  expect((asked[1] ?? 0) - begun).toBeGreaterThanOrEqual(1_000)
  await vi.advanceTimersByTimeAsync(28_000)
  expect([asked.length, stream.closed()]).toEqual([5, true])
})

test('a stream that cannot be begun is not kept', () => {
  const hub = newHub()
  expect(() => open(hub, { sink: { write: () => expect.fail('broken'), ready: () => true, close: () => undefined } })).toThrow('broken')
  expect([hub.streams, hub.streamsOf('s')]).toEqual([0, 0])
})
