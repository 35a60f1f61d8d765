import { expect, test } from 'vitest'
import { stepsOf } from './steps'

const step = (name: 'requested' | 'cloned' | 'address' | 'powered-on', at: string | null) => ({ name, at })

test('the step after the last one that happened is under way and its time runs', () => {
  const steps = [step('requested', '2026-01-01T10:00:00Z'), step('cloned', '2026-01-01T10:00:34Z'), step('address', null)]
  const found = stepsOf({ steps, deletingSince: null }, Date.parse('2026-01-01T10:00:40Z'))
  expect(found.map(({ state, took }) => [state, took])).toEqual([['done', null], ['done', 34_000], ['now', 6_000]])
})

test('a step that was never reported is done once a later one is', () => {
  const steps = [step('requested', '2026-01-01T10:00:00Z'), step('cloned', null), step('powered-on', '2026-01-01T10:01:00Z')]
  expect(stepsOf({ steps, deletingSince: null }, 0).map(({ state }) => state)).toEqual(['done', 'done', 'done'])
})

test('an address that came before the clone does not end the clone', () => {
  const steps = [step('requested', '2026-01-01T10:00:00Z'), step('cloned', null), step('address', '2026-01-01T10:00:10Z'), step('powered-on', null)]
  expect(stepsOf({ steps, deletingSince: null }, Date.parse('2026-01-01T10:00:40Z')).map(({ state }) => state)).toEqual(['done', 'now', 'done', 'next'])
})
