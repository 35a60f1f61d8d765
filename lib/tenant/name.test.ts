import { expect, test } from 'vitest'
import { couldBeOf } from '@/lib/tenant/name'

test.each([
  ['team-blue', 'team', 'blue-x', true],
  ['team-blue', 'team', 'blue', false],
  ['team-blue', 'team', 'blueish', false],
  ['team-blue', 'team', 'x-blue-x', false],
  ['team', 'team-blue', 'x', false],
  ['team', 'team', 'x', false],
])('a control plane that could be of %s: %s/%s is %s', (other, tenant, name, could) => {
  expect(couldBeOf(other, tenant, name)).toBe(could)
})
