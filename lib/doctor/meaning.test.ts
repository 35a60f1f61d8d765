import { expect, test } from 'vitest'
import { checksOf } from '@/lib/doctor/checks'
import { CAUSES, type Finding } from '@/lib/doctor/finding'
import { meaningOf, noteFor } from '@/lib/doctor/meaning'

const finding = (cause: Finding['cause'], change: Partial<Finding> = {}): Finding => ({
  id: cause, cause, weight: 'held', subject: 'VSphereVM/v-1', sentence: 'vCenter vc does not answer', since: '2026-11-21T14:00:00Z', from: null,
  condition: { type: 'VCenterAvailable', status: 'False', reason: 'VCenterUnreachable', message: 'connection refused', since: '2026-11-21T14:00:00Z' },
  field: null, next: null, lastResorts: [], logs: { namespace: 'capv-system', deployment: 'capv-controller-manager', about: 'v-1' }, more: 0, ...change,
})

test('each kind that can be let go of says what stays behind, in words of its own', () => {
  const kinds = ['Machine', 'VSphereMachine', 'VSphereVM', 'VSphereCluster', 'IPAddressClaim', 'InClusterIPPool', 'KamajiControlPlane', 'Cluster', 'MachineSet']
  const words = kinds.map((kind) => meaningOf({ act: 'protection', object: `${kind}/x`, keys: ['example.com/keep'] }))
  expect(new Set(words).size).toBe(kinds.length)
  expect(meaningOf({ act: 'protection', object: 'VSphereVM/x', keys: [] })).toContain('stays in vCenter')
  expect(meaningOf({ act: 'protection', object: 'KamajiControlPlane/x', keys: [] })).toContain('Secrets')
  expect(meaningOf({ act: 'hooks', object: 'Machine/x', keys: [] })).toContain('cut short')
})

test('the note has the place, the object, the answer and where to look', () => {
  expect(noteFor(finding('vcenter-away', { more: 3 }), { tenant: 'blue', cluster: 'c' })).toBe([
    'Tenant blue, cluster c: vCenter vc does not answer.', 'Since 2026-11-21T14:00:00Z.', 'Object: VSphereVM/v-1 and 3 more',
    'VCenterAvailable=False VCenterUnreachable: connection refused', 'Log: kubectl logs -n capv-system deployment/capv-controller-manager | grep v-1',
  ].join('\n'))
})

test('the checks keep their order and say which of them holds', () => {
  const checks = checksOf([finding('vcenter-away'), finding('pool-protection', { weight: 'waits' })])
  expect(checks[3]?.title).toBe('vCenter does not let the machines go')
  expect(checks.map(({ is }) => is)).toEqual(['fine', 'fine', 'fine', 'held', 'fine', 'waits', 'fine', 'fine', 'fine'])
})

test('every cause that can hold a deletion has its check', () => {
  const joiningOnly = ['template', 'address', 'bootstrap', 'node']
  for (const cause of CAUSES.filter((one) => !joiningOnly.includes(one))) expect(checksOf([finding(cause)]).filter(({ is }) => is === 'held'), cause).toHaveLength(1)
})
