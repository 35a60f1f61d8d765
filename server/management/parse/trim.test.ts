import { expect, test } from 'vitest'
import { clusterView } from '@/server/management/parse/cluster'
import { machineAt, parts } from '@/server/management/parse/fixtures'
import { machineView } from '@/server/management/parse/machine'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'
import { trimObject } from '@/server/management/parse/trim'

const trimParts = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(trimParts) as T
  if (typeof value !== 'object' || value === null) return value
  if ('kind' in value && 'apiVersion' in value) return trimObject(value as never) as T
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, trimParts(field)])) as T
}

test('trimmed objects give the same views as whole ones', () => {
  const whole: ClusterParts = parts()
  expect(clusterView(trimParts(whole))).toEqual(clusterView(whole))
  for (const stage of ['cloning', 'bootstrapping', 'not-ready'] as const) {
    const machine: MachineParts = machineAt(stage, 'x7k2p')
    expect(machineView(trimParts(machine))).toEqual(machineView(machine))
  }
})

test('managed fields, the last applied object and unused parts are dropped', () => {
  const { machine } = machineAt('ready', 'x7k2p')
  const heavy = {
    ...machine,
    metadata: { ...machine.metadata, managedFields: [{ manager: 'x' }], annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'cluster.x-k8s.io/paused': '' } },
    status: { ...machine.status, nodeInfo: { machineID: 'x' } },
  }
  const trimmed = trimObject(heavy)
  expect(JSON.stringify(trimmed)).not.toMatch(/managedFields|last-applied|nodeInfo/)
  expect(trimmed.metadata.annotations).toEqual({ 'cluster.x-k8s.io/paused': '' })
})

test('start-up data of machines is not kept: it may hold secrets', () => {
  const config = { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta2', kind: 'KubeadmConfig', metadata: { name: 'x' }, spec: { files: [{ content: 'secret' }] }, status: { ready: true } }
  expect(trimObject(config)).toEqual({ apiVersion: config.apiVersion, kind: 'KubeadmConfig', metadata: { name: 'x' }, status: { ready: true } })
})

test('a kind that the parser does not know keeps its content', () => {
  const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } }
  expect(trimObject(other)).toEqual(other)
})
