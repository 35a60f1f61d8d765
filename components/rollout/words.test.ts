import { expect, test } from 'vitest'
import type { Rollout } from '@/lib/rollout/story'
import type { State } from '@/lib/state'
import { headSentence, leftOf, toldState } from './told'
import { askWords, countWords, leftWords, outcomeOf, takesAway, withLeft } from './words'

const NOW = Date.parse('2026-11-21T14:06:08Z')
const rollout = (change: Partial<Rollout> = {}): Rollout => ({
  kind: 'rollout', id: 'r1', tenant: 'blue', clusterUid: 'c1', cluster: 'payments', change: 'replace', title: 'Memory change in pool general', asks: [],
  pools: { general: { from: 5, to: 5 } }, version: { from: null, to: null }, startedAt: '2026-11-21T14:02:00Z', endedAt: null,
  state: { is: 'rolling', sentence: null, condition: null }, done: 2, total: 5, percent: 52, expectedEnd: '2026-11-21T14:10:04Z', medians: {}, troubles: [], ...change,
})
const state = (change: Partial<State<string>> = {}): State<string> => ({ word: 'Replacing', role: 'busy', sentence: '2 of 5 are new', condition: null, percent: 40, ...change })

test('the time left stands after the first clause', () => {
  expect(withLeft('Machine 3 of 5 is being replaced; m4v7t is bootstrapping', 'about 4 min left')).toBe('Machine 3 of 5 is being replaced, about 4 min left; m4v7t is bootstrapping')
  expect(withLeft('2 machines are leaving', 'about 4 min left')).toBe('2 machines are leaving, about 4 min left')
  expect([withLeft(null, 'about 4 min left'), withLeft('It waits', null), withLeft(null, null)]).toEqual(['about 4 min left', 'It waits', null])
})

test('only a change that goes on has a time left', () => {
  expect(leftOf(rollout(), NOW)).toBe('about 4 min left')
  expect(leftOf(rollout({ endedAt: '2026-11-21T14:05:00Z' }), NOW)).toBeNull()
  expect(leftOf(rollout({ state: { is: 'stalled', reason: 'quota', sentence: 'The quota is used up', condition: null, since: '' } }), NOW)).toBeNull()
  expect(leftOf(null, NOW)).toBeNull()
})

test('the time left is rounded to what is worth saying', () => {
  const after = (seconds: number) => new Date(NOW + seconds * 1000).toISOString()
  expect([30, 70, 240, 3_600, 7_500, 0, -20].map((seconds) => leftWords({ expectedEnd: after(seconds), done: 2, total: 5 }, NOW))).toEqual([
    'under 1 min left', 'about 1 min left', 'about 4 min left', 'about 1 h 00 min left', 'about 2 h 05 min left', 'longer than usual', 'longer than usual',
  ])
  expect(leftWords({ expectedEnd: null, done: 0, total: 5 }, NOW)).toBeNull()
  expect(leftWords({ expectedEnd: after(-20), done: 5, total: 5 }, NOW)).toBeNull()
})

test('what is counted follows from the change', () => {
  expect(countWords(rollout())).toBe('2 of 5 replaced')
  expect(countWords(rollout({ change: 'create', pools: { general: { from: 0, to: 5 } } }))).toBe('2 of 5 ready')
  expect(countWords(rollout({ change: 'scale', pools: { general: { from: 7, to: 2 } } }))).toBe('2 of 5 gone')
  expect(countWords(rollout({ change: 'delete' }))).toBe('2 of 5 gone')
  expect(countWords(rollout({ total: 0 }))).toBeNull()
  expect(takesAway(rollout({ change: 'scale', pools: { a: { from: 3, to: 1 }, b: { from: 1, to: 2 } } }))).toBe(false)
})

test('an open story gives the cluster its sentence and percent', () => {
  const own = rollout({ state: { is: 'rolling', sentence: 'Machine 3 of 5 is being replaced', condition: null } })
  expect(toldState(state(), own)).toMatchObject({ word: 'Replacing', role: 'busy', sentence: 'Machine 3 of 5 is being replaced', percent: 52 })
  expect(toldState(state({ word: 'Ready', role: 'ok', sentence: null }), own)).toMatchObject({ word: 'Replacing', role: 'busy' })
  expect(toldState(state(), rollout())).toMatchObject({ sentence: '2 of 5 are new', percent: 52 })
})

test('beside the picture the header does not repeat what single machines do', () => {
  const own = 'Machine 3 of 5 is being replaced; m4v7t is bootstrapping'
  expect(headSentence(own, state({ sentence: own }), rollout())).toBe('Machine 3 of 5 is being replaced')
  expect(headSentence(`${own}; held until the control plane is ready`, state({ sentence: own }), rollout())).toBe('Machine 3 of 5 is being replaced; held until the control plane is ready')
  expect(headSentence('Something else; and more', state({ sentence: own }), rollout())).toBe('Something else; and more')
  expect(headSentence('The control plane runs; its API has not answered yet', state({ sentence: null }), rollout({ change: 'create' }))).toBe('The control plane runs; its API has not answered yet')
  expect(headSentence(null, state(), rollout())).toBeNull()
})

test('a story that ended leaves the state alone', () => {
  const own = state({ word: 'Ready', role: 'ok', sentence: null })
  expect(toldState(own, rollout({ endedAt: '2026-11-21T14:05:00Z' }))).toBe(own)
  expect(toldState(own, null)).toBe(own)
})

test('a story that does not go on makes the cluster stalled or failed, unless its own words are as grave', () => {
  const stalled = rollout({ state: { is: 'stalled', reason: 'no-address', sentence: 'No free address in pool x', condition: null, since: '2026-11-21T14:04:00Z' } })
  expect(toldState(state(), stalled)).toMatchObject({ word: 'Stalled', role: 'warn', sentence: 'No free address in pool x', percent: 52 })
  const degraded = state({ word: 'Degraded', role: 'bad', sentence: '3 of 8 machines have not answered' })
  expect(toldState(degraded, stalled)).toMatchObject({ word: 'Degraded', sentence: '3 of 8 machines have not answered', percent: 52 })
})

test('each outcome has a word and a glyph', () => {
  expect(outcomeOf(rollout({ state: { is: 'done', at: '' }, endedAt: '' }))).toMatchObject({ word: 'Done', shape: 'check' })
  expect(outcomeOf(rollout())).toMatchObject({ word: 'Under way', shape: 'pie' })
  expect(outcomeOf(rollout({ endedAt: '2026-11-21T14:09:00Z' }))).toMatchObject({ word: 'Ended' })
})

test('an ask says what was wanted', () => {
  const ask = { operationId: 'o', who: 'bea', at: '', pool: 'general', from: 2, to: 4 } as const
  expect(askWords({ ...ask, kind: 'scale' })).toBe('Pool general from 2 to 4 machines')
  expect(askWords({ ...ask, kind: 'scale', from: null, to: 1 })).toBe('Pool general to 1 machine')
  expect(askWords({ ...ask, kind: 'replace', from: null, to: null })).toBe('New machines for pool general')
  expect(askWords({ ...ask, kind: 'create', pool: null })).toBe('The cluster was asked for')
})
