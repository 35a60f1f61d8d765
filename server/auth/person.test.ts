import { expect, test } from 'vitest'
import { personOf } from '@/server/auth/person'

const settings = { usernameClaim: 'email', groupsClaim: 'groups', groups: ['blue', 'green'] }
const claims = { sub: '1', email: 'ada@example.com', name: 'Ada', groups: ['green', 'hr', 'blue', 'blue'] }

test('only listed groups are kept', () => {
  expect(personOf(claims, settings)).toEqual({ user: 'ada@example.com', name: 'Ada', email: 'ada@example.com', groups: ['blue', 'green'] })
})

test('groups may be absent, or one text', () => {
  expect(personOf({ ...claims, groups: undefined }, settings).groups).toEqual([])
  expect(personOf({ ...claims, groups: 'blue' }, settings).groups).toEqual(['blue'])
})

test.each([undefined, '', ' ada', 'a\nb', 'system:admin', 7, 'ad\u200ba', 'ad\u202ea', 'ad\u2028a', 'ad\ud800a'])('the user name %j is refused', (email) => {
  expect(() => personOf({ ...claims, email }, settings)).toThrow('no usable email')
})

test.each([false, 'false', null, 0, 'no'])('an address that nobody confirmed (%j) is refused', (email_verified) => {
  expect(() => personOf({ ...claims, email_verified }, settings)).toThrow('not confirmed')
})

test.each([true, 'true'])('a confirmed address (%j) is taken', (email_verified) => {
  expect(personOf({ ...claims, email_verified }, settings).user).toBe('ada@example.com')
})
