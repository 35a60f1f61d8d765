import { expect, test } from 'vitest'
import { frozen } from './freeze'

const held = [{ group: 'changing' as const, names: ['a', 'b'] }, { group: 'settled' as const, names: ['c', 'd'] }]

test('nothing moves while the list is held, and the one row that would is counted', () => {
  const next = [{ group: 'needs-you' as const, names: ['b'] }, { group: 'changing' as const, names: ['a'] }, { group: 'settled' as const, names: ['c', 'd'] }]
  expect(frozen(held, next)).toEqual({ sections: held, moved: 1 })
})

test('a row that came stands at the end of its group, a row that left is gone', () => {
  const next = [{ group: 'changing' as const, names: ['a', 'aa', 'b'] }, { group: 'settled' as const, names: ['d'] }]
  expect(frozen(held, next).sections).toEqual([{ group: 'changing', names: ['a', 'b', 'aa'] }, { group: 'settled', names: ['d'] }])
})

test('an unchanged order moves nothing', () => {
  expect(frozen(held, held)).toEqual({ sections: held, moved: 0 })
})
