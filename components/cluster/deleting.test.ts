import { expect, test } from 'vitest'
import { stages } from './deleting'

test('the first stage with something left is under way, those before are done, those after wait', () => {
  const found = stages({ remaining: ['KamajiControlPlane/a', 'InClusterIPPool/a', 'Cluster/a'] }).map(({ state }) => state)
  expect(found).toEqual(['done', 'now', 'next', 'next', 'next'])
})

test('a kind that nobody knows still counts as left', () => {
  expect(stages({ remaining: ['Surprise/a'] }).find(({ title }) => title === 'The cluster itself goes')).toMatchObject({ state: 'now', left: ['Surprise/a'] })
})
