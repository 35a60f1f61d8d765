import { expect, test } from 'vitest'
import { nextWords, stages } from './deleting'

test('the first stage with something left is under way, those before are done, those after wait', () => {
  const found = stages({ remaining: ['KamajiControlPlane/a', 'InClusterIPPool/a', 'Cluster/a'] }).map(({ state }) => state)
  expect(found).toEqual(['done', 'now', 'next', 'next', 'next'])
})

test('a kind that nobody knows still counts as left', () => {
  expect(stages({ remaining: ['Surprise/a'] }).find(({ title }) => title === 'The cluster itself goes')).toMatchObject({ state: 'now', left: ['Surprise/a'] })
})

test('what comes next is said by its stage, until nothing comes', () => {
  expect(nextWords(stages({ remaining: ['Machine/a', 'KamajiControlPlane/a', 'Cluster/a'] }))).toBe('Next: the control plane is removed.')
  expect(nextWords(stages({ remaining: ['InClusterIPPool/a'] }))).toBe('It is almost gone.')
})
