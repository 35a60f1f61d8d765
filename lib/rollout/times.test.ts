import { expect, test } from 'vitest'
import { keep } from '@/lib/rollout/keep'
import { compareTimes, earliest, latest, median, ms, ninetieth, timeOf, wholeSecond } from '@/lib/rollout/times'

test('times are compared as times, whatever their fraction', () => {
  expect(earliest('2026-11-21T14:00:00.500Z', '2026-11-21T14:00:00Z')).toBe('2026-11-21T14:00:00Z')
  expect(latest('2026-11-21T14:00:00.500Z', null, undefined, '2026-11-21T14:00:00Z', 'soon')).toBe('2026-11-21T14:00:00.500Z')
  expect(earliest(null, 'soon')).toBeNull()
  expect(Math.sign(compareTimes('2026-11-21T14:00:00.000Z', '2026-11-21T14:00:00Z'))).toBe(-Math.sign(compareTimes('2026-11-21T14:00:00Z', '2026-11-21T14:00:00.000Z')))
  expect(wholeSecond('2026-11-21T14:00:00.900Z')).toBe(ms('2026-11-21T14:00:00Z'))
  expect([timeOf(Number.NaN), timeOf(Number.POSITIVE_INFINITY), timeOf(0)]).toEqual([null, null, '1970-01-01T00:00:00.000Z'])
})

test('the middle and the ninetieth', () => {
  expect([median([]), median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([null, 2, 3])
  expect([ninetieth([]), ninetieth([5]), ninetieth([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])]).toEqual([null, 5, 9])
})

test('equal parts keep their identity, in whatever order their keys come', () => {
  const before = { a: { x: 1, y: [1, 2] }, b: { z: null } }
  expect(keep(before, { b: { z: null }, a: { y: [1, 2], x: 1 } })).toBe(before)
  const after = keep(before, { a: { x: 1, y: [1, 3] }, b: { z: null } })
  expect(after).toEqual({ a: { x: 1, y: [1, 3] }, b: { z: null } })
  expect(after.b).toBe(before.b)
  expect(keep(before, { a: before.a })).toEqual({ a: before.a })
  expect(keep({ a: undefined }, { b: undefined })).toEqual({ b: undefined })
  expect(keep([1, 2], [1])).toEqual([1])
})
