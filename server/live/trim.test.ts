import { expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { trimmed } from '@/server/live/trim'
import { aboutOf, warningOf } from '@/server/live/warnings'

const event = (more: object = {}): KubeObject => ({
  apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'blue', uid: 'e1', resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' },
  involvedObject: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereVM', name: 'vm', namespace: 'blue', uid: 'vm1', fieldPath: 'x' },
  reason: 'CloneFailed', message: 'no\u001b[31m space', count: 3, type: 'Warning', lastTimestamp: '2026-01-01T00:05:00Z', source: { component: 'capv' }, ...more,
})

test('of a warning its object, reason, words, count and time are kept', () => {
  const kept = trimmed('Event', event()) ?? expect.fail('dropped')
  expect(warningOf(kept)).toEqual({ uid: 'e1', kind: 'VSphereVM', name: 'vm', reason: 'CloneFailed', message: 'no space', count: 3, at: '2026-01-01T00:05:00Z' })
  expect([aboutOf(kept), kept['source'], kept.metadata.resourceVersion]).toEqual(['vm1', undefined, '7'])
})

test('a warning of the newer API counts in its series', () => {
  const kept = trimmed('Event', event({ count: null, lastTimestamp: null, eventTime: '2026-01-01T00:01:00.5Z', series: { count: 12, lastObservedTime: '2026-01-01T00:09:00.5Z' } })) ?? expect.fail('dropped')
  expect(warningOf(kept)).toMatchObject({ count: 12, at: '2026-01-01T00:09:00.5Z' })
})

test.each([
  ['a Pod', { apiVersion: 'v1', kind: 'Pod', uid: 'p' }],
  ['a Machine of another API group', { apiVersion: 'machine.example.com/v1', kind: 'Machine', uid: 'm' }],
  ['nothing', undefined],
  ['an object without a uid', { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', name: 'm' }],
])('a warning about %s is not kept at all', (_, involvedObject) => {
  expect(trimmed('Event', event({ involvedObject }))).toBeNull()
})

test('of a binding the people are kept, and nothing else of it', () => {
  const binding: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'b', namespace: 'blue', uid: 'b1', annotations: { a: 'b' } }, roleRef: { name: 'admin' },
    subjects: [{ kind: 'User', name: 'oidc:ada' }, { kind: 'Group', name: 'oidc:a' }, { kind: 'ServiceAccount', name: 'tenantry', namespace: 'x' }],
  }
  expect(trimmed('RoleBinding', binding)).toEqual({ apiVersion: binding.apiVersion, kind: 'RoleBinding', metadata: { name: 'b', namespace: 'blue', uid: 'b1' }, people: ['User/oidc:ada', 'Group/oidc:a'] })
})

test('equal texts of different objects are one text, and what nobody reads is gone', () => {
  const vm = (name: string): KubeObject => ({
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereVM',
    metadata: { name, uid: name, labels: { 'cluster.x-k8s.io/cluster-name': 'a-cluster-of-some-name', other: 'x' }, finalizers: ['f'], managedFields: [{}] } as KubeObject['metadata'],
    spec: { biosUUID: 'x' }, status: { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 2 }], vmRef: 'x' },
  })
  const [a, b] = ['a', 'b'].map((name) => trimmed('VSphereVM', vm(name)) ?? expect.fail('dropped'))
  expect(a?.metadata.labels).toEqual({ 'cluster.x-k8s.io/cluster-name': 'a-cluster-of-some-name' })
  expect(a?.metadata.labels).toBe(b?.metadata.labels)
  expect(a?.metadata.finalizers).toBe(b?.metadata.finalizers)
  expect([a?.spec, a?.metadata.finalizers, Object.keys(a?.metadata ?? {}).includes('managedFields')]).toEqual([undefined, ['f'], false])
})

test('what the health list tells is no warning of the timeline', () => {
  expect(trimmed('Event', event({ reason: 'RemediationRestricted' }))).toBeNull()
})
