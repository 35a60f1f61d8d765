import { expect, test } from 'vitest'
import { enoughListed } from '@/server/live/listed'
import type { ReflectorState } from '@/server/live/reflector'
import type { KindName } from '@/server/management/kinds'

const state = (kind: KindName): ReflectorState => ({
  kind, synced: true, absent: false, failures: 0, lastCode: null, lastContact: null, lastBookmark: null, lists: 0, watches: 0, relists: 0, events: 0, errors: 0, handlerErrors: 0, objects: 0,
})

function setup() {
  const time = { now: 0 }
  const states = { key: state('Machine'), other: state('IPAddressClaim') }
  return { time, ...states, enough: enoughListed(Object.values(states).map((each) => ({ state: each })), () => time.now) }
}

test('a kind that fails is waited for half a minute, one that is slow for as long as it takes', () => {
  const { time, other, enough } = setup()
  other.synced = false
  expect(enough()).toBe(false)
  time.now = 60_000
  expect(enough()).toBe(false)
  other.failures = 1
  expect(enough()).toBe(false)
  time.now = 89_000
  expect(enough()).toBe(false)
  time.now = 90_000
  expect(enough()).toBe(true)
})

test('one that answers in between is waited for anew', () => {
  const { time, other, enough } = setup()
  Object.assign(other, { synced: false, failures: 1 })
  enough()
  time.now = 20_000
  other.failures = 0
  enough()
  other.failures = 1
  time.now = 40_000
  expect(enough()).toBe(false)
})

test('without a key kind nothing is shown, however long that takes', () => {
  const { time, key, enough } = setup()
  Object.assign(key, { synced: false, failures: 9 })
  enough()
  time.now = 600_000
  expect(enough()).toBe(false)
})
