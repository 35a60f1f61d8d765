import { expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedPart } from '@/lib/manifests/applied'

const entry = (manager: string, operation: string, fieldsV1: unknown, more = {}) => ({ manager, operation, apiVersion: 'x/v1', fieldsType: 'FieldsV1', fieldsV1, ...more })
const object = (managedFields: unknown[]): KubeObject => ({
  apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane',
  metadata: { name: 'blue-1', namespace: 'team-blue', labels: { ours: '1', theirs: '2' }, uid: 'u', managedFields } as unknown as KubeObject['metadata'],
  spec: {
    version: 'v1.34.1', replicas: 3, addons: { kubeProxy: {}, coreDNS: { dnsServiceIPs: ['10.96.0.10'] } },
    tolerations: [{ key: 'a', effect: 'NoSchedule', value: 'x' }, { key: 'b', effect: 'NoSchedule' }], certSANs: ['one', 'two'], extraArgs: ['--x'],
  },
  status: { version: 'v1.34.1' },
})
const FIELDS = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:ours': {} } },
  'f:spec': {
    'f:version': {}, 'f:addons': { 'f:kubeProxy': {}, 'f:coreDNS': { 'f:dnsServiceIPs': {} } },
    'f:tolerations': { 'k:{"key":"a"}': { '.': {}, 'f:key': {}, 'f:value': {} } }, 'f:certSANs': { 'v:"two"': {} }, 'f:extraArgs': {}, 'f:gone': {},
  },
}

test('all that the portal’s applies set and nothing else: labels, items of lists by key and by value, empty objects', () => {
  expect(appliedPart(object([entry('tenantry', 'Apply', FIELDS), entry('kubectl', 'Update', { 'f:spec': { 'f:replicas': {} } })]))).toEqual({
    apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'blue-1', namespace: 'team-blue', labels: { ours: '1' } },
    spec: { version: 'v1.34.1', addons: { kubeProxy: {}, coreDNS: { dnsServiceIPs: ['10.96.0.10'] } }, tolerations: [{ key: 'a', value: 'x' }], certSANs: ['two'], extraArgs: ['--x'] },
  })
})

test('of an object that the portal never applied it is the name; its scale and its status do not count', () => {
  const named = { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'blue-1', namespace: 'team-blue' } }
  expect(appliedPart(object([entry('helm', 'Apply', FIELDS), entry('tenantry', 'Update', FIELDS), entry('tenantry', 'Apply', FIELDS, { subresource: 'scale' })]))).toEqual(named)
})

test('applied in two versions of its API, the parts are united', () => {
  const { spec } = appliedPart(object([entry('tenantry', 'Apply', { 'f:spec': { 'f:version': {} } }), entry('tenantry', 'Apply', { 'f:spec': { 'f:replicas': {} } })]))
  expect(spec).toEqual({ version: 'v1.34.1', replicas: 3 })
})

test('an owner reference that it set is whole: such an item is atomic', () => {
  const owner = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'blue-1', uid: 'u1' }
  const whole = object([entry('tenantry', 'Apply', { 'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': {} } } })])
  const { metadata } = appliedPart({ ...whole, metadata: { ...whole.metadata, ownerReferences: [owner, { ...owner, uid: 'u2' }] } })
  expect(metadata.ownerReferences).toEqual([owner])
})
