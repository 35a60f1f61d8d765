import { expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isApplied, otherOwners } from '@/lib/manifests/ownership'

const object = (...entries: readonly object[]): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', managedFields: entries } as KubeObject['metadata'] })
const helm = (fieldsV1: object) => ({ manager: 'helm', operation: 'Update', fieldsV1 })

test('who set a field is named; a field beside it is another one', () => {
  const held = object(helm({ 'f:spec': { 'f:version': {}, 'f:labels': { '.': {}, 'f:a.b/c': {} } } }))
  expect(otherOwners(held, ['spec', 'version'])).toEqual(['helm'])
  expect(otherOwners(held, ['spec', 'labels', 'a.b/c'])).toEqual(['helm'])
  expect(otherOwners(held, ['spec', 'labels', 'other'])).toEqual([])
  expect(otherOwners(held, ['spec', 'replicas'])).toEqual([])
  expect(otherOwners(object(helm({})), ['spec', 'version'])).toEqual([])
})
test('who has a struct that is set as a whole has what is in it', () => {
  expect(otherOwners(object(helm({ 'f:spec': { 'f:infrastructureRef': {} } })), ['spec', 'infrastructureRef', 'name'])).toEqual(['helm'])
})
test('an apply of the portal is told from an update by it, and without managedFields nobody can tell', () => {
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } }
  expect(isApplied(object({ manager: 'tenantry', operation: 'Apply', fieldsV1 }), ['spec', 'replicas'])).toBe(true)
  expect(isApplied(object({ manager: 'tenantry', operation: 'Update', fieldsV1 }), ['spec', 'replicas'])).toBe(false)
  expect(isApplied(object(), ['spec', 'replicas'])).toBeNull()
})
