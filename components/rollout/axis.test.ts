import { expect, test } from 'vitest'
import { axisOf, place } from './axis'

const START = Date.parse('2026-11-21T14:02:00Z')
const at = (second: number) => new Date(START + second * 1000).toISOString()
const axis = (second: number, change: { endedAt?: string | null; expectedEnd?: string | null } = {}) =>
  axisOf({ startedAt: at(0), endedAt: null, expectedEnd: null, ...change }, START + second * 1000)
const length = ({ from, to }: { from: number; to: number }) => (to - from) / 1000

test('the clock walks into room that is there: the scale changes rarely, not every second', () => {
  const lengths = new Set(Array.from({ length: 600 }, (_, second) => length(axis(second))))
  expect(lengths.size).toBeLessThanOrEqual(20)
  for (let second = 0; second < 600; second++) expect(length(axis(second))).toBeGreaterThan(second)
})

test('it reaches to the expected end, and forgets one that has passed', () => {
  expect(axis(248, { expectedEnd: at(484) })).toMatchObject({ end: START + 484_000, now: START + 248_000 })
  expect(length(axis(248, { expectedEnd: at(484) }))).toBeGreaterThan(484)
  expect(axis(248, { expectedEnd: at(200) }).end).toBeNull()
})

test('no machine is drawn as expected after the end of all', () => {
  expect(axisOf({ startedAt: at(0), endedAt: null, expectedEnd: at(80) }, START + 40_000, [START + 60_000, START + 86_000]).end).toBe(START + 86_000)
})

test('a story that has ended has no now, and its end is where it ended', () => {
  expect(axis(99_999, { endedAt: at(480) })).toMatchObject({ now: null, end: START + 480_000 })
  expect(length(axis(99_999, { endedAt: at(480) }))).toBeLessThanOrEqual(540)
})

test('ticks are round times, at most nine', () => {
  for (const seconds of [30, 100, 500, 3_000, 20_000, 200_000]) {
    const { ticks, from, to } = axis(seconds)
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.length).toBeLessThanOrEqual(10)
    expect(ticks.every((tick) => tick >= from && tick <= to)).toBe(true)
  }
  expect(axis(480).ticks[1]).toBe(START + 60_000)
})

test('places are percent and stay on the axis', () => {
  const scale = { from: 0, to: 200 }
  expect([place(scale, 50), place(scale, -10), place(scale, 300)]).toEqual([25, 0, 100])
})
