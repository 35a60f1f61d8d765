import { expect, test } from 'vitest'
import { lanesOf } from '@/lib/rollout/lanes'
import type { Rollout, RolloutMachine, Story } from '@/lib/rollout/story'
import type { Axis } from './axis'
import { trackOf } from './segments'

const START = Date.parse('2026-11-21T14:02:00Z')
const at = (second: number) => new Date(START + second * 1000).toISOString()
/** One percent is one second. */
const axis: Axis = { from: START, to: START + 100_000, ticks: [], now: START + 60_000, end: null }
const NOW = START + 60_000
const machine = (uid: string, change: Partial<RolloutMachine>): RolloutMachine => ({
  kind: 'rollout-machine', id: `r:${uid}`, rollout: 'r', tenant: 'blue', clusterUid: 'c', uid, name: `blue-general-abcde-${uid}`, pool: 'general', side: 'new', address: null, version: null,
  steps: {}, leaving: { deletion: null, drained: null, gone: null }, last: { word: 'Ready', role: 'ok', sentence: null, condition: null, percent: null }, lastSeen: at(60), troubles: [], ...change,
})
function laneOf(machines: readonly RolloutMachine[], change: Partial<Rollout> = {}) {
  const story: Story = {
    rollout: {
      kind: 'rollout', id: 'r', tenant: 'blue', clusterUid: 'c', cluster: 'blue', change: 'replace', title: '', asks: [], pools: { general: { from: 1, to: 1 } }, version: { from: null, to: null },
      startedAt: at(0), endedAt: null, state: { is: 'rolling', sentence: null, condition: null }, done: 0, total: 1, percent: 0, expectedEnd: null, medians: {}, troubles: [], ...change,
    },
    machines: Object.fromEntries(machines.map((one) => [one.uid, one])),
  }
  const [lane] = lanesOf(story, NOW)
  if (!lane) throw new Error('no lane')
  return lane
}
const drawn = (track: ReturnType<typeof trackOf>) => track.segments.map(({ look, left, width }) => [look, Math.round(left), Math.round(left + width)])
const served = { requested: at(-900), ready: at(-800) }

test('a new machine is a row of blocks, then a check and the line of serving', () => {
  const steps = { requested: at(0), cloned: at(10), address: at(12), 'powered-on': at(20), bootstrapped: at(30), joined: at(33), ready: at(35) }
  const track = trackOf(laneOf([machine('new01', { steps })]).new, [], [], axis, NOW)
  expect(drawn(track)).toEqual([['live', 35, 60], ['clone', 0, 10], ['address', 10, 12], ['power', 12, 20], ['boot', 20, 30], ['join', 30, 35]])
  expect(track.marks).toEqual([{ is: 'ready', at: 35, title: 'Ready' }])
  expect(track.segments[1]?.title).toBe('Cloning, 10 s')
})

test('what is under way grows to now, what is expected follows it in dashes', () => {
  const lane = laneOf([machine('new01', { steps: { requested: at(40), cloned: at(50) } })])
  const track = trackOf(lane.new, [{ what: 'make', from: START + 55_000, to: START + 80_000 }], [], axis, NOW)
  expect(drawn(track)).toEqual([['clone', 40, 50], ['address', 50, 60], ['soon', 60, 80]])
  expect(track.segments[1]?.title).toBe('Address, 10 s so far')
})

test('an old machine serves until it is drained, or is expected to', () => {
  const leaves = laneOf([machine('old01', { side: 'old', steps: served, leaving: { deletion: at(20), drained: at(30), gone: at(34) } })])
  expect(drawn(trackOf(leaves.old, [], [], axis, NOW))).toEqual([['serve', 0, 20], ['drain', 20, 30], ['delete', 30, 34]])
  const stays = laneOf([machine('old01', { side: 'old', steps: served })])
  const expected = [{ what: 'serve', from: NOW, to: START + 70_000 }, { what: 'leave', from: START + 70_000, to: START + 75_000 }] as const
  expect(drawn(trackOf(stays.old, expected, [], axis, NOW))).toEqual([['serve', 0, 60], ['serve-soon', 60, 70], ['soon', 70, 75]])
})

test('nothing is drawn after the end of a story', () => {
  const steps = { requested: at(0), cloned: at(10), address: at(10), 'powered-on': at(10), bootstrapped: at(10), joined: at(10), ready: at(20) }
  const lane = laneOf([machine('new01', { steps })], { endedAt: at(30) })
  expect(drawn(trackOf(lane.new, lane.expected.new, lane.waits, axis, START + 30_000))[0]).toEqual(['live', 20, 30])
})

test('a wait is marked in its middle; what holds a machine now is marked on its block', () => {
  const steps = { requested: at(40) }
  const waits = [{ from: START + 20_000, to: START + 30_000, sentence: 'Disruption budget x' }]
  expect(trackOf(null, [], waits, axis, NOW).marks).toEqual([{ is: 'held', at: 25, title: 'Disruption budget x' }])
  const last = { word: 'Cloning', sentence: 'vCenter is away', condition: null, percent: null } as const
  expect(trackOf(laneOf([machine('new01', { steps, last: { ...last, role: 'warn' } })]).new, [], [], axis, NOW).marks).toEqual([{ is: 'held', at: 50, title: 'vCenter is away' }])
  expect(trackOf(laneOf([machine('new01', { steps, last: { ...last, role: 'bad' } })]).new, [], [], axis, NOW).marks).toMatchObject([{ is: 'failed', at: 50 }])
  expect(trackOf(laneOf([machine('new01', { steps, last: { ...last, role: 'busy' } })]).new, [], [], axis, NOW).marks).toEqual([])
  const idle = laneOf([machine('new01', { steps, last: { ...last, role: 'idle' } })]).new
  expect(trackOf(idle, [], [], axis, NOW).marks).toEqual([])
  expect(trackOf(idle, [], [], axis, NOW, true).marks).toMatchObject([{ is: 'held', at: 50 }])
})

test('a machine that is not made yet is only expected', () => {
  expect(drawn(trackOf(null, [{ what: 'make', from: START + 70_000, to: START + 90_000 }], [], axis, NOW))).toEqual([['soon', 70, 90]])
  expect(trackOf(null, [], [], axis, NOW)).toEqual({ segments: [], marks: [] })
})
