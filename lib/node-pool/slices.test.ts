import { expect, test } from 'vitest'
import { general } from '@/lib/node-pool/fixtures'
import { shares, sizeShares, sliceName, slicesOf, wholeSize } from '@/lib/node-pool/slices'

test('shares are at most one apart, and the first zones get the remainder', () => {
  expect([shares(5, 2), shares(6, 3), shares(1, 3), shares(0, 2)]).toEqual([[3, 2], [2, 2, 2], [1, 0, 0], [0, 0]])
})

test('bounds of the autoscaler are shared out, and come back as they were', () => {
  const size = { kind: 'autoscaled', min: 2, max: 5 } as const
  expect(sizeShares(size, 2)).toEqual([{ kind: 'autoscaled', min: 1, max: 3 }, { kind: 'autoscaled', min: 1, max: 2 }])
  expect(wholeSize(sizeShares(size, 2))).toEqual(size)
  expect(wholeSize(sizeShares({ kind: 'fixed', replicas: 7 }, 3))).toEqual({ kind: 'fixed', replicas: 7 })
})

test('a pool is one slice, or one for each zone in their order', () => {
  expect(slicesOf(general)).toEqual([{ zone: null, spec: general }])
  expect(slicesOf({ ...general, zones: ['b', 'a'] }).map(({ zone, spec }) => [zone, spec.zones, spec.size])).toEqual([['a', ['a'], { kind: 'fixed', replicas: 3 }], ['b', ['b'], { kind: 'fixed', replicas: 2 }]])
  expect([sliceName('c-p', null, 1), sliceName('c-p', 'a', 1), sliceName('c-p', 'a', 2)]).toEqual(['c-p', 'c-p', 'c-p-a'])
})
