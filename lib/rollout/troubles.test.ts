import { expect, test } from 'vitest'
import { at, BUDGET_MESSAGE, clock, cond, pictureAt } from '@/lib/rollout/fixtures'
import type { Trouble } from '@/lib/rollout/story'
import { budgetWords, clusterTroubles, noted } from '@/lib/rollout/troubles'

test('a budget and its pod are named from both forms of Cluster API’s message', () => {
  const words = 'Disruption budget ledger-api allows no eviction of pod'
  expect(budgetWords(BUDGET_MESSAGE)).toBe(`${words} shop/ledger-api-0 yet`)
  expect(budgetWords(BUDGET_MESSAGE.replace('* Pod shop/ledger-api-0:', '* Pods shop/ledger-api-0, shop/ledger-api-1, and 3 more:'))).toBe(`${words} shop/ledger-api-0 yet`)
  const older = `* Pods with eviction failed:\n  * Cannot evict pod as it would violate the pod's disruption budget. The disruption budget ledger-api needs 3 healthy pods and has 2 currently: ledger-api-0, ledger-api-1`
  expect(budgetWords(older)).toBe(`${words} ledger-api-0 yet`)
  expect(budgetWords('Cannot evict pod as it would violate the pod\'s disruption budget.')).toBe('A disruption budget allows no eviction yet')
})

test('counts that change do not make another trouble, a return does', () => {
  const found = (key: string) => ({ key, sentence: key, condition: null })
  const first = noted([], [found('a')], clock(1), null)
  expect(noted(first, [found('a')], clock(2), clock(1))).toEqual(first)
  const back = noted(noted(first, [], clock(3), null), [found('a')], clock(4), clock(3))
  expect(back.map(({ key, at: from, until }) => [key, from, until])).toEqual([['a', clock(1), clock(3)], ['a~2', clock(4), null]])
  expect(noted(back, [], clock(5), null).map(({ until }) => until)).toEqual([clock(3), clock(5)])
})

test('what flaps for ever does not make a story grow for ever', () => {
  let troubles: readonly Trouble[] = []
  for (let round = 0; round < 100; round++) troubles = noted(noted(troubles, [{ key: 'a', sentence: 'a', condition: null }], clock(2 * round), null), [], clock(2 * round + 1), null)
  expect(troubles).toHaveLength(20)
})

test('a condition’s own time holds unless the thing was seen otherwise since', () => {
  const found = [{ key: 'a', sentence: 'a', condition: cond('T', 'False', 'R', '', at(10)) }]
  expect(noted([], found, clock(30), null)[0]?.at).toBe(at(10))
  expect(noted([], found, clock(30), clock(5))[0]?.at).toBe(at(10))
  expect(noted([], found, clock(30), clock(20))[0]?.at).toBe(clock(30))
})

test('the cluster’s troubles are its own, not once more its pool’s or a machine’s', () => {
  const picture = pictureAt({ pools: () => ({ general: { desired: 1 } }), lives: [{ id: 'aaaaa', made: -5000 }] }, 1)
  if (picture === null) throw new Error('no picture')
  const condition = cond('VirtualMachineProvisioned', 'False', 'NotProvisioned', "vm 'ubuntu' not found", at(0))
  const state = <Word extends string>(word: Word, sentence: string, role: 'warn' | 'bad' | 'busy' = 'warn') => ({ word, role, sentence, condition, percent: null })
  const cluster = { ...picture.cluster, state: state('Stalled', '2 machines: x'), pools: picture.cluster.pools.map((pool) => ({ ...pool, state: state('Stalled', '2 machines: x') })) }
  const [machine] = [...picture.machines.values()]
  expect(clusterTroubles(cluster, machine === undefined ? [] : [machine]).map(({ key }) => key)).toEqual(['cluster:VirtualMachineProvisioned/NotProvisioned:# machines: x'])
  expect(clusterTroubles(cluster, machine === undefined ? [] : [{ ...machine, state: state('Cloning', 'x') }])).toEqual([])
  expect(clusterTroubles({ ...cluster, state: state('Updating', 'x', 'busy'), pools: [] }, [])).toEqual([])
})

test('the key of a long trouble is cut between characters, never within one', () => {
  const { cluster } = pictureAt({ lives: [], pools: () => ({}) }, 0) ?? expect.fail('no picture')
  const sentence = `${'x'.repeat(119)}\u{1F680} and more`
  const found = clusterTroubles({ ...cluster, state: { ...cluster.state, role: 'bad', sentence } }, [])
  expect(found.map(({ key }) => [key.endsWith('x\u{1F680}'), key.isWellFormed()])[0]).toEqual([true, true])
})
