import { expect, test } from 'vitest'
import { createAccess } from '@/server/live/access'
import { failure } from '@/server/failure'
import { StatusError } from '@/server/management/status'

const ada = { user: 'oidc:ada', groups: ['oidc:a'] }

function setup() {
  const state = { now: 0, asked: 0, away: false, answer: (): Promise<boolean> => Promise.resolve(true) }
  const access = createAccess({ mayUser: () => (state.asked++, state.answer()) }, { now: () => state.now, isAway: () => state.away, patienceMs: 20 })
  return { state, allows: (identity = ada, tenant = 'blue') => access.allows(identity, tenant, 'view:cluster'), access }
}

test('an answer is kept for half a minute, per user, groups and tenant', async () => {
  const { state, allows } = setup()
  await allows()
  await allows()
  expect(state.asked).toBe(1)
  await allows({ ...ada, groups: [] })
  await allows({ ...ada, user: 'oidc:bob' })
  await allows(ada, 'green')
  expect(state.asked).toBe(4)
  state.now = 30_001
  await allows()
  expect(state.asked).toBe(5)
})

test('a changed binding makes the next question a fresh one', async () => {
  const { state, allows, access } = setup()
  await allows()
  state.answer = () => Promise.resolve(false)
  access.invalidate({ tenant: 'green', concerns: null })
  expect(await allows()).toBe(true)
  access.invalidate({ tenant: 'blue', concerns: null })
  expect(await allows()).toBe(false)
  state.answer = () => Promise.resolve(true)
  access.invalidate({ tenant: null, concerns: null })
  expect(await allows()).toBe(true)
})

test('while the management cluster is away, the last answer holds for ten minutes and nobody new is let in', async () => {
  const { state, allows } = setup()
  await allows()
  state.answer = () => Promise.reject(failure('management-away', 'away'))
  state.now = 300_000
  expect(await allows()).toBe(true)
  await expect(allows({ user: 'oidc:new', groups: [] })).rejects.toThrow('away')
  state.now = 700_000
  await expect(allows()).rejects.toThrow('away')
})

test('a management cluster that is known to be away is not asked about people who were let in, and what one may do is not kept longer for it', async () => {
  const { state, allows, access } = setup()
  await allows()
  state.away = true
  state.now = 60_000
  expect(await allows()).toBe(true)
  expect(state.asked).toBe(1)
  access.invalidate({ tenant: 'blue', concerns: null })
  state.answer = () => Promise.resolve(false)
  expect(await allows()).toBe(false)
  state.now = 700_000
  await allows()
  expect(state.asked).toBe(3)
})

test('a review that takes its time is not waited for by who was let in before, and its answer counts when it comes', async () => {
  const { state, allows, access } = setup()
  await allows()
  let answer: (value: boolean) => void = () => undefined
  state.answer = () => new Promise((resolve) => (answer = resolve))
  state.now = 60_000
  expect(await Promise.all([allows(), allows()])).toEqual([true, true])
  expect(state.asked).toBe(2)
  answer(false)
  await new Promise(setImmediate)
  expect(await allows()).toBe(false)
  state.away = true
  await expect(allows({ user: 'oidc:new', groups: [] })).rejects.toMatchObject({ view: { code: 'management-away' } })
  state.away = false
  // A binding changed while it was under way: the earlier answer is none.
  state.answer = () => Promise.resolve(true)
  state.now = 70_000
  await allows()
  state.answer = () => new Promise((resolve) => setTimeout(() => resolve(false), 60))
  state.now = 140_000
  const asked = allows()
  access.invalidate({ tenant: 'blue', concerns: null })
  expect(await asked).toBe(false)
})

test('questions asked at once while the management cluster is away all get the last answer', async () => {
  const { state, allows } = setup()
  await allows()
  state.now = 60_000
  state.answer = () => Promise.reject(failure('management-away', 'away'))
  expect(await Promise.all([allows(), allows(), allows()])).toEqual([true, true, true])
})

test('an API server that answers with an error is away: the last answer holds, and nobody is told of a bug', async () => {
  const { state, allows } = setup()
  await allows()
  state.now = 60_000
  state.answer = () => Promise.reject(new StatusError(503, {}, null))
  expect(await allows()).toBe(true)
  await expect(allows({ user: 'oidc:new', groups: [] })).rejects.toMatchObject({ view: { code: 'management-away' } })
})

test('what the portal alone judges is asked at that moment, and an old "yes" is no answer', async () => {
  const { state, allows, access } = setup()
  await allows()
  state.answer = () => Promise.resolve(false)
  expect(await access.allowsNow(ada, 'blue', 'view:cluster')).toBe(false)
  state.answer = () => Promise.reject(failure('management-away', 'away'))
  await expect(access.allowsNow(ada, 'blue', 'view:cluster')).rejects.toThrow('away')
})

test('a "no" is asked again after two seconds, so that somebody just let in does not wait', async () => {
  const { state, allows } = setup()
  state.answer = () => Promise.resolve(false)
  expect(await allows()).toBe(false)
  state.answer = () => Promise.resolve(true)
  state.now = 1_900
  expect(await allows()).toBe(false)
  state.now = 2_001
  expect(await allows()).toBe(true)
})

test('a binding of other people leaves an answer as it is', async () => {
  const { state, allows, access } = setup()
  await allows()
  access.invalidate({ tenant: 'blue', concerns: ({ user }) => user === 'oidc:bob' })
  await allows()
  access.invalidate({ tenant: null, concerns: ({ groups }) => groups.includes('oidc:a') })
  await allows()
  expect(state.asked).toBe(2)
})

test('questions, answers out of memory, denials and failures are counted apart', async () => {
  const { state, allows, access } = setup()
  await allows()
  await allows()
  state.answer = () => Promise.resolve(false)
  await allows(ada, 'green')
  state.answer = () => Promise.reject(failure('management-away', 'away'))
  await expect(allows(ada, 'red')).rejects.toThrow('away')
  expect(access.counters).toEqual({ asked: 3, cached: 1, denied: 1, failed: 1 })
})
