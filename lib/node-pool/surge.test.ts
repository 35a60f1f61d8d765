import { expect, test } from 'vitest'
import { absoluteSurge, fenceposts, roundedDown } from '@/lib/node-pool/surge'

test('a surge in percent is rounded up, what may be missing is rounded down', () => {
  expect(absoluteSurge('25%', 5)).toBe(2)
  expect(roundedDown('25%', 5)).toBe(1)
  expect(fenceposts({ surge: '10%', unavailable: '10%' }, 5)).toEqual({ surge: 1, unavailable: 0 })
})

test('when both come out as none, one machine is let go', () => {
  expect(fenceposts({ surge: 0, unavailable: '10%' }, 5)).toEqual({ surge: 0, unavailable: 1 })
})

test('what cannot be read is Cluster API’s default', () => {
  expect(fenceposts({ surge: undefined, unavailable: undefined }, 5)).toEqual({ surge: 1, unavailable: 0 })
  expect(absoluteSurge('many', 5)).toBe(1)
})
