import { expect, test } from 'vitest'
import type { Finding } from '@/lib/doctor/finding'
import { headline, heldObjects } from './words'

const finding = (cause: Finding['cause'], weight: Finding['weight'], subject = 'Machine/a', objects: readonly string[] = []) =>
  ({ cause, weight, subject, lastResorts: objects.map((object) => ({ act: 'protection', object, keys: ['x'] })) }) as unknown as Finding

test('what holds is said before what merely waits', () => {
  expect(headline([finding('drain', 'waits'), finding('vcenter-away', 'held')], true)).toBe('The first cause is vCenter')
  expect(headline([finding('infrastructure', 'waits')], true)).toBe('Nothing holds it; it takes longer than usual')
  expect(headline([finding('drain', 'waits')], false)).toBe('It waits for the drain of a machine')
  expect(headline([], true)).toBe('Nothing holds it')
})

test('objects of a cause are marked, those that merely wait are not', () => {
  expect([...heldObjects([finding('vcenter-away', 'held', 'VSphereCluster/c', ['VSphereVM/v']), finding('drain', 'waits', 'Machine/b')])]).toEqual(['VSphereCluster/c', 'VSphereVM/v', 'Machine/v'])
})
