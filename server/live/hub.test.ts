import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LiveMessage } from '@/lib/live/event'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { Hub, type Subscription } from '@/server/live/hub'
import { exampleStory } from '@/server/rollouts/example'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const entry = (key: string, text = key): TimelineEntry => ({ kind: 'entry', key, tenant: 'blue', clusterUid: 'c', cluster: 'c', at: '2026-01-01T00:00:00Z', subject: null, text, role: 'ok', who: null })
const newHub = (): Hub => new Hub(() => ({ state: 'live', lastContact: '2026-01-01T00:00:00Z' }))

function open(hub: Hub, more: Partial<Subscription> & { ready?: () => boolean } = {}) {
  const messages: LiveMessage[] = []
  let id: string | null = null
  let closed = false
  const leave = hub.subscribe({
    tenant: 'blue', sessionId: 's', lastEventId: null, stillAllowed: () => Promise.resolve(true), stillSignedIn: () => Promise.resolve(true),
    sink: {
      send: (message, eventId) => {
        messages.push(message)
        id = eventId ?? id
      },
      ready: more.ready ?? (() => true),
      close: () => void (closed = true),
    },
    ...more,
  })
  return { messages, leave, lastId: () => id, closed: () => closed, types: () => messages.map(({ type }) => type) }
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
  expect(stream.types()).toEqual(['snapshot', 'synced', 'snapshot'])
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
  await hub.recheck('blue')
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
