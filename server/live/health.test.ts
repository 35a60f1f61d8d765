import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Health } from '@/lib/live/event'
import { watchHealth } from '@/server/live/health'
import type { Reflector, ReflectorState } from '@/server/live/reflector'
import { StatusError } from '@/server/management/status'

let stop: AbortController
let state: ReflectorState
let renewed: number
let probes: number
let fault: Error | null
let told: Health['state'][]
let others: Reflector[]

const start = () =>
  watchHealth({
    client: { renew: () => undefined, probe: () => (probes++, fault ? Promise.reject(fault) : Promise.resolve()) },
    reflectors: [{ state, wake: () => undefined, renew: () => void renewed++, done: Promise.resolve() } satisfies Reflector, ...others],
    onChange: (health) => told.push(health.state), signal: stop.signal, everyMs: 5,
  })
const until = (check: () => void) => vi.waitFor(check, { timeout: 2_000, interval: 2 })
/** Some probes later: what would follow has followed. */
const severalProbes = () => {
  const before = probes
  return until(() => expect(probes).toBeGreaterThan(before + 4))
}

beforeEach(() => {
  stop = new AbortController()
  state = {
    kind: 'Machine', synced: true, absent: false, failures: 0, lastCode: null, lastContact: new Date(), lastBookmark: null,
    lists: 1, watches: 1, relists: 1, events: 0, errors: 0, handlerErrors: 0, objects: 0,
  }
  renewed = probes = 0
  fault = null
  told = []
  others = []
})
afterEach(() => stop.abort())

test('after a silence it is live only when the watches were heard again, and they are begun anew once', async () => {
  start()
  await until(() => expect(told).toEqual(['live']))
  fault = new Error('no answer')
  await until(() => expect(told).toEqual(['live', 'away']))
  fault = null
  await severalProbes()
  expect([told, renewed]).toEqual([['live', 'away'], 1])
  state.lastContact = new Date()
  await until(() => expect(told).toEqual(['live', 'away', 'live']))
})

test('a kind that is not installed has nothing to be heard of', async () => {
  Object.assign(state, { absent: true, lastContact: null })
  fault = new Error('no answer')
  start()
  await severalProbes()
  fault = null
  await until(() => expect(told.at(-1)).toBe('live'))
})

test('an API server that answers with an error is away, and its watches are left alone', async () => {
  start()
  await until(() => expect(told).toEqual(['live']))
  fault = new StatusError(500, {}, null)
  await until(() => expect(told).toEqual(['live', 'away']))
  fault = null
  await until(() => expect(told).toEqual(['live', 'away', 'live']))
  expect(renewed).toBe(0)
})

test('a kind beside the key ones that cannot be read makes nothing away; it is named, and named no more once it can', async () => {
  const claims: ReflectorState = { ...state, kind: 'IPAddressClaim', failures: 0 }
  others = [{ state: claims, wake: () => undefined, renew: () => undefined, done: Promise.resolve() }]
  const health = start()
  await until(() => expect(told).toEqual(['live']))
  expect(health.now().degraded).toBeUndefined()
  claims.failures = 2
  await until(() => expect(told).toEqual(['live', 'live']))
  expect(health.now()).toMatchObject({ state: 'live', degraded: ['IPAddressClaim'] })
  claims.failures = 0
  await until(() => expect(told).toEqual(['live', 'live', 'live']))
  claims.synced = false
  await until(() => expect(health.now().degraded).toEqual(['IPAddressClaim']))
})
