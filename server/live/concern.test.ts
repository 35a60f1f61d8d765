import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { concernOf, gatherConcerns, type Concern } from '@/server/live/concern'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const ada = { user: 'oidc:ada', groups: ['oidc:a'] }

test.each([
  [['User/oidc:ada'], true],
  [['Group/oidc:a'], true],
  [['User/oidc:bob', 'Group/oidc:b'], false],
  // Kubernetes' own group of everybody who is signed in.
  [['Group/system:authenticated'], true],
])('a binding of %j concerns Ada: %s', (people, expected) => {
  expect(concernOf('blue', new Set(people)).concerns?.(ada) ?? true).toBe(expected)
})

test('a burst of changes is asked about once soon and once more for the authorizer that lags', () => {
  const asked: Concern[] = []
  const changed = gatherConcerns((concern) => asked.push(concern), new AbortController().signal)
  changed('blue', ['User/oidc:ada'])
  changed('blue', ['User/oidc:bob'])
  vi.advanceTimersByTime(300)
  expect(asked).toHaveLength(1)
  expect([ada, { user: 'oidc:bob', groups: [] }, { user: 'oidc:eve', groups: [] }].map((who) => asked[0]?.concerns?.(who))).toEqual([true, true, false])
  vi.advanceTimersByTime(2_000)
  expect(asked).toHaveLength(2)
})

test('one change that concerns all makes the burst concern all', () => {
  const asked: Concern[] = []
  const changed = gatherConcerns((concern) => asked.push(concern), new AbortController().signal)
  changed('blue', null)
  changed('blue', ['User/oidc:ada'])
  vi.advanceTimersByTime(300)
  expect(asked).toEqual([{ tenant: 'blue', concerns: null }])
})
