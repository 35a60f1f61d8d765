import { expect, test } from 'vitest'
import { clusterNameLimit, isDns1035Label, LABEL_MAX, machineDeploymentName, shortMachineName } from '@/lib/kubernetes/names'

test('a cluster’s name is a DNS-1035 label: letter first, no dots, no capitals, up to 63', () => {
  for (const good of ['a', 'blue-1', 'a'.repeat(63)]) expect(isDns1035Label(good), good).toBe(true)
  for (const bad of ['', '1blue', '-blue', 'blue-', 'Blue', 'blue.1', 'bläu', 'a'.repeat(64), 'blue\n']) expect(isDns1035Label(bad), bad).toBe(false)
})

test('the longest name that is allowed gives machines of exactly 63 characters', () => {
  const limit = clusterNameLimit('general')
  expect(limit).toBe(43)
  const machine = `${machineDeploymentName('c'.repeat(limit), 'general')}-abcde-fghij`
  expect(machine).toHaveLength(LABEL_MAX)
})

test('a pool whose name leaves no room for the cluster’s has no limit above 0', () => {
  expect(clusterNameLimit('p'.repeat(50))).toBeLessThan(1)
})

test('people see a machine by its pool and its own suffix', () => {
  expect(shortMachineName('blue-1-general-abcde-x7k2p', 'blue-1')).toBe('general-x7k2p')
  expect(shortMachineName('by-hand', 'blue-1')).toBe('by-hand')
  expect(shortMachineName('blue-1-odd', 'blue-1')).toBe('odd')
})
