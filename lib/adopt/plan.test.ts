import { expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { originOf } from '@/lib/adopt/origin'
import { differenceOf, letGoPatch, planAdoption } from '@/lib/adopt/plan'

const CLUSTER = 'cluster.x-k8s.io/cluster-name'
const held = (manager: string, fieldsV1: object = { 'f:spec': {} }, subresource?: string) => ({ manager, operation: 'Update', fieldsV1, ...(subresource === undefined ? {} : { subresource }) })
const object = (kind: string, name: string, spec: Record<string, unknown>, more: object = {}): KubeObject => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2', kind,
  metadata: { name, namespace: 'blue', uid: `uid-${name}`, labels: { [CLUSTER]: 'c', 'app.kubernetes.io/managed-by': 'Helm' }, managedFields: [held('helm'), held('manager'), held('manager', {}, 'status')], generation: 1, ...more } as KubeObject['metadata'],
  spec,
})
const cluster = (more: object = {}, spec: Record<string, unknown> = {}) =>
  object('Cluster', 'c', { controlPlaneRef: { kind: 'KamajiControlPlane', name: 'c' }, infrastructureRef: { kind: 'VSphereCluster', name: 'c' }, controlPlaneEndpoint: { host: '10.0.0.1', port: 6443 }, ...spec }, more)
const pool = object('MachineDeployment', 'c-general-md', {
  clusterName: 'c', replicas: 3, selector: { matchLabels: { a: 'b' } }, machineNaming: { template: 'x' },
  template: { spec: { version: 'v1.35.2', minReadySeconds: 5, bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: 'kc' } }, infrastructureRef: { kind: 'VSphereMachineTemplate', name: 'vm' } } },
})
const template = object('VSphereMachineTemplate', 'vm', { template: { spec: { numCPUs: 2 } } })
const addresses = object('InClusterIPPool', 'c', { addresses: ['10.0.0.1-10.0.0.9'], prefix: 24, excludedAddresses: ['10.0.0.5'] })
/** As a renderer would, without the size. */
const rendered = (): KubeObject => ({
  apiVersion: 'x', kind: 'MachineDeployment', metadata: { name: 'c-general-md', annotations: { none: '' } },
  spec: { clusterName: 'other', selector: { matchLabels: { a: 'z' } }, rollout: { strategy: { type: 'RollingUpdate' } }, template: { spec: { version: 'v9', bootstrap: { configRef: { kind: '', name: '' } }, infrastructureRef: { kind: '', name: '' }, deletion: { nodeDrainTimeoutSeconds: 0 } } } },
})
const plan = (...objects: readonly KubeObject[]) => planAdoption(objects, rendered)
const of = (kind: string, ...objects: readonly KubeObject[]) => plan(...objects).objects.find(({ live }) => live.kind === kind) ?? expect.fail()

test('of a MachineDeployment exactly what the portal would set is taken over, with the values that are there', () => {
  const { same, from } = of('MachineDeployment', cluster(), pool)
  expect(same.spec).toEqual({
    clusterName: 'c', selector: { matchLabels: { a: 'b' } },
    template: { spec: { version: 'v1.35.2', bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: 'kc' } }, infrastructureRef: { kind: 'VSphereMachineTemplate', name: 'vm' } } },
  })
  expect(same.metadata).toEqual({ name: 'c-general-md', namespace: 'blue', labels: { [CLUSTER]: 'c' } })
  expect(from).toEqual(['helm'])
})
test('of others the whole desired spec, of templates the marks alone; what controllers fill in stays theirs', () => {
  expect(of('Cluster', cluster(), pool).same.spec).toEqual({ controlPlaneRef: { kind: 'KamajiControlPlane', name: 'c' }, infrastructureRef: { kind: 'VSphereCluster', name: 'c' } })
  expect(of('VSphereMachineTemplate', cluster(), pool, template).same.spec).toBeUndefined()
  expect(of('VSphereMachineTemplate', cluster(), pool, template).marked.metadata.labels).toMatchObject({ 'tenantry.dev/node-pool': 'general-md', 'app.kubernetes.io/managed-by': 'tenantry' })
})
test('the Cluster is last, so that its mark says that all is done; the address pool becomes its own', () => {
  expect(plan(cluster(), addresses, pool, template).objects.map(({ live }) => live.kind)).toEqual(['InClusterIPPool', 'VSphereMachineTemplate', 'MachineDeployment', 'Cluster'])
  expect(of('InClusterIPPool', cluster(), addresses).same.spec).toEqual({ addresses: ['10.0.0.1-10.0.0.9'], prefix: 24 })
  expect(of('InClusterIPPool', cluster(), addresses).marked.metadata.ownerReferences).toMatchObject([{ kind: 'Cluster', name: 'c', uid: 'uid-c' }])
})
test('a template of two pools is marked as none of them', () => {
  const other = { ...pool, metadata: { ...pool.metadata, name: 'c-other-md' } }
  expect(of('VSphereMachineTemplate', cluster(), pool, other, template).marked.metadata.labels).not.toHaveProperty('tenantry.dev/node-pool')
})
test.each([
  ['a ClusterClass', cluster({}, { topology: {} }), /ClusterClass/],
  ['another control plane', cluster({}, { controlPlaneRef: { kind: 'KubeadmControlPlane' } }), /KubeadmControlPlane; only KamajiControlPlane/],
  ['a GitOps controller by its mark', cluster({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }), /Argo CD writes it from a repository/],
  ['a GitOps controller by what it holds', cluster({ managedFields: [held('kustomize-controller')] }), /kustomize-controller writes it/],
  ['a tool that nobody knows', cluster({ managedFields: [held('homemade', { 'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/managed-by': {} } } })] }), /homemade marks it as its own/],
])('%s is a reason against it', (_, found, reason) => expect(plan(found).reasons.join(' ')).toMatch(reason))
test('a chart’s cluster has none', () => expect(plan(cluster(), addresses, pool, template).reasons).toEqual([]))
test('a dry run that would change a spec or begin a generation is found', () => {
  const adopted = of('MachineDeployment', cluster(), pool)
  expect(differenceOf(adopted, pool)).toBeNull()
  expect(differenceOf(adopted, { ...pool, spec: { ...pool.spec, replicas: 1 } })).toMatch(/c-general-md would not stay/)
  expect(differenceOf(adopted, { ...pool, metadata: { ...pool.metadata, generation: 2 } as KubeObject['metadata'] })).not.toBeNull()
})
test('those who let go lose their fields, controllers and the size keep theirs, and kubectl has nothing to compare with', () => {
  const before = { ...pool, metadata: { ...pool.metadata, resourceVersion: '7', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }, managedFields: [held('helm'), held('helm', {}, 'scale'), held('manager')] } }
  expect(letGoPatch(before, ['helm'])).toEqual({ metadata: { uid: 'uid-c-general-md', resourceVersion: '7', managedFields: [held('helm', {}, 'scale'), held('manager')], annotations: { 'kubectl.kubernetes.io/last-applied-configuration': null } } })
})
test('who made a cluster is read from its labels; a release whose name Helm would not take is not named', () => {
  expect(originOf(cluster())).toEqual({ tool: 'Helm', release: null })
  expect(originOf(cluster({ annotations: { 'meta.helm.sh/release-name': 'blue-1' } }))).toEqual({ tool: 'Helm', release: 'blue-1' })
  expect(originOf(cluster({ annotations: { 'meta.helm.sh/release-name': 'x; rm -rf ~' } }))).toEqual({ tool: 'Helm', release: null })
  expect(originOf(cluster({ labels: {} }))).toEqual({ tool: 'another tool', release: null })
  expect(originOf(cluster({ labels: { 'app.kubernetes.io/managed-by': 'tenantry' } }))).toBeNull()
})
