import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { desiredObjects, desiredState, exportFiles, isAsked, OBJECT_KINDS, readable, referencesOf } from '@/lib/manifests/export'
import { LEFT_OUT, withoutCredentials } from '@/lib/manifests/left-out'

const core = 'cluster.x-k8s.io/v1beta2'
const object = (kind: string, name: string, spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: core, kind, metadata: { name, namespace: 'team-blue', ...metadata }, spec,
})
const pool = (name: string, machine: string, bootstrap: string, metadata = {}) =>
  object('MachineDeployment', name, { replicas: 3, template: { spec: { infrastructureRef: { kind: 'VSphereMachineTemplate', name: machine }, bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: bootstrap } } } } }, metadata)
const endpoint = { host: '10.0.0.5', port: 6443 }

const blue: readonly KubeObject[] = [
  object('Machine', 'blue-general-a'),
  pool('blue-general', 'new', 'boot'),
  object('VSphereMachineTemplate', 'old'),
  object('VSphereMachineTemplate', 'new'),
  object('KubeadmConfigTemplate', 'boot', { template: { spec: { preKubeadmCommands: ['echo a'] } } }),
  object('MachineHealthCheck', 'blue-general'),
  object('KamajiControlPlane', 'blue', { version: 'v1.34.3', controlPlaneEndpoint: endpoint, network: { serviceType: 'LoadBalancer' } }),
  object('VSphereCluster', 'blue', { server: 'vc.example', controlPlaneEndpoint: endpoint }),
  object('InClusterIPPool', 'blue', { prefix: 24 }),
  object('Cluster', 'blue', { paused: false, controlPlaneEndpoint: endpoint, clusterNetwork: {} }),
]

describe('what is exported', () => {
  test('is what was asked for, each after what it refers to, without superseded templates and what controllers made', () => {
    expect(exportFiles('blue', blue).map(({ path }) => path)).toEqual([
      'blue/01-cluster-blue.yaml', 'blue/02-inclusterippool-blue.yaml', 'blue/03-vspherecluster-blue.yaml', 'blue/04-kamajicontrolplane-blue.yaml',
      'blue/05-vspheremachinetemplate-new.yaml', 'blue/06-kubeadmconfigtemplate-boot.yaml', 'blue/07-machinedeployment-blue-general.yaml',
      'blue/08-machinehealthcheck-blue-general.yaml', 'blue/kustomization.yaml',
    ])
  })
  test('has a kustomization that lists each file', () => {
    const files = exportFiles('blue', blue)
    const { resources } = parse(files.at(-1)?.text ?? '') as { resources: string[] }
    expect(resources.map((name) => `blue/${name}`)).toEqual(files.slice(0, -1).map(({ path }) => path))
  })
  test('leaves out a pool that is being removed, with its templates; of a cluster that is being deleted it keeps all', () => {
    const leaving = { deletionTimestamp: '2026-11-21T10:00:00Z' }
    const objects = [...blue, pool('blue-gpu', 'old', 'boot', leaving)]
    const names = (all: readonly KubeObject[]) => desiredObjects(all).map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(names(objects)).not.toContain('MachineDeployment/blue-gpu')
    const ending = objects.map((one) => (one.kind === 'Cluster' ? { ...one, metadata: { ...one.metadata, ...leaving } } : one))
    expect(names(ending)).toContain('MachineDeployment/blue-gpu')
  })
  test('has no add-ons: people may not write them', () => {
    const addOns = [object('Deployment', 'blue-csi', {}, { labels: { 'tenantry.dev/add-on': 'csi' } }), object('ClusterResourceSet', 'blue-csi')]
    expect(exportFiles('blue', [...blue, ...addOns])).toEqual(exportFiles('blue', blue))
  })
  test('fits a tar, however long a name is', () => {
    const long = object('MachineHealthCheck', 'x'.repeat(253))
    for (const { path } of exportFiles('blue', [...blue, long])) expect(path.length).toBeLessThanOrEqual(100)
  })
  test('is text in YAML 1.1 too, which kubectl reads', () => {
    const [file] = exportFiles('blue', [object('Cluster', 'blue', { a: 'on', b: '0644', c: 'yes' })])
    expect(parse(file?.text ?? '', { version: '1.1' })).toMatchObject({ spec: { a: 'on', b: '0644', c: 'yes' } })
  })
})

describe('an exported object', () => {
  test('has nothing that the API server or a controller wrote', () => {
    const live: KubeObject = {
      ...object('MachineDeployment', 'blue-general', { replicas: 3 }, {
        uid: 'u', resourceVersion: '7', generation: 2, creationTimestamp: 'now', deletionTimestamp: 'now', finalizers: ['f'], ownerReferences: [{ kind: 'Cluster' }], managedFields: [{}],
        labels: { tier: 'a' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'machinedeployment.clusters.x-k8s.io/revision': '2', 'tenantry.dev/operation': 'x', 'cluster.x-k8s.io/conversion-data': '{}', own: 'kept' },
      }),
      status: { replicas: 3 },
    }
    expect(desiredState(live, [live])).toEqual({ apiVersion: core, kind: 'MachineDeployment', metadata: { name: 'blue-general', namespace: 'team-blue', labels: { tier: 'a' }, annotations: { own: 'kept' } }, spec: { replicas: 3 } })
  })
  test('has no annotations at all where none are left', () => {
    const live = object('Cluster', 'blue', {}, { annotations: { 'tenantry.dev/operation': 'x' } })
    expect(desiredState(live, [live]).metadata).toEqual({ name: 'blue', namespace: 'team-blue' })
  })
  test('has the endpoint only where it was asked for', () => {
    const specOf = (kind: string, all: readonly KubeObject[]) => desiredState(all.find((one) => one.kind === kind) ?? expect.fail(), all).spec
    for (const kind of ['Cluster', 'VSphereCluster', 'KamajiControlPlane']) expect(specOf(kind, blue), kind).not.toHaveProperty('controlPlaneEndpoint')
    const fixed = blue.map((one) => (one.kind === 'KamajiControlPlane' ? { ...one, spec: { ...one.spec, network: { serviceAddress: '10.0.0.5' } } } : one))
    expect(specOf('VSphereCluster', fixed)).toHaveProperty('controlPlaneEndpoint', endpoint)
    expect(specOf('KamajiControlPlane', fixed)).not.toHaveProperty('controlPlaneEndpoint')
  })
  test('keeps a pause, and leaves the size of an autoscaled pool to the autoscaler', () => {
    const paused = object('Cluster', 'blue', { paused: true })
    expect(desiredState(paused, [paused]).spec).toEqual({ paused: true })
    expect(desiredState(blue.at(-1) ?? expect.fail(), blue).spec).not.toHaveProperty('paused')
    const size = (annotations: Record<string, string>) => {
      const scaled = object('MachineDeployment', 'a', { replicas: 3 }, { annotations })
      return desiredState(scaled, [scaled]).spec
    }
    const prefix = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group'
    expect(size({ [`${prefix}-min-size`]: '1', [`${prefix}-max-size`]: '5' })).toEqual({})
    expect(size({ [`${prefix}-min-size`]: '1' })).toEqual({ replicas: 3 })
  })
})

describe('credentials', () => {
  const spec = {
    files: [{ path: '/etc/a', content: 'hunter2' }, { path: '/etc/b', contentFrom: { secret: { name: 's', key: 'k' } } }],
    users: [{ name: 'ops', passwd: '$6$hash', sshAuthorizedKeys: ['ssh-ed25519 A'] }],
    joinConfiguration: { discovery: { bootstrapToken: { token: 'abcdef.0123456789abcdef', apiServerEndpoint: '10.0.0.5:6443' }, file: { kubeConfig: { user: { exec: { env: [{ value: 'hunter2' }] } } } } } },
    preKubeadmCommands: ['curl -x http://me:hunter2@proxy:3128 https://example.com'],
  }
  test.each(['KubeadmConfig', 'KubeadmConfigTemplate'])('are left out of a %s, and each is named', (kind) => {
    const { object: clean, leftOut } = withoutCredentials(object(kind, 'a', kind === 'KubeadmConfig' ? spec : { template: { spec } }))
    const text = JSON.stringify(clean)
    for (const secret of ['hunter2', '$6$hash', 'abcdef.0123456789abcdef']) expect(text).not.toContain(secret)
    for (const kept of ['/etc/a', 'contentFrom', 'ssh-ed25519 A', '10.0.0.5:6443', 'http://me:(left out)@proxy:3128']) expect(text).toContain(kept)
    const at = kind === 'KubeadmConfig' ? 'spec' : 'spec.template.spec'
    expect(leftOut).toEqual([
      `${at}.files[0].content`, `${at}.users[0].passwd`, `${at}.joinConfiguration.discovery.bootstrapToken.token`,
      `${at}.joinConfiguration.discovery.file.kubeConfig.user`, `${at}.preKubeadmCommands[0]`,
    ])
  })
  test('nothing of another kind goes by such a name, but guestinfo and passwords in URLs', () => {
    const plain = object('KamajiControlPlane', 'a', { content: 'x', token: 'y', url: 'https://registry.example:5000/a@sha256:b' })
    expect(withoutCredentials(plain)).toEqual({ object: plain, leftOut: [] })
    const template = object('VSphereMachineTemplate', 'a', { template: { spec: { customVMXKeys: { 'guestinfo.userdata': 'hunter2', 'disk.EnableUUID': 'TRUE' } } } })
    expect(withoutCredentials(template).object.spec).toEqual({ template: { spec: { customVMXKeys: { 'guestinfo.userdata': LEFT_OUT, 'disk.EnableUUID': 'TRUE' } } } })
  })
  test('an object without them is exported so that nothing applies it', () => {
    const files = exportFiles('blue', blue.map((one) => (one.kind === 'KubeadmConfigTemplate' ? object('KubeadmConfigTemplate', 'boot', { template: { spec } }) : one)))
    const incomplete = files.find(({ path }) => path.endsWith('06-kubeadmconfigtemplate-boot.yaml.incomplete'))
    expect(incomplete?.text).toMatch(/^# These may hold credentials.*\n# {3}spec\.template\.spec\.files\[0\]\.content\n/)
    expect(files.map(({ text }) => text).join()).not.toContain('hunter2')
    const kustomization = files.at(-1)?.text ?? ''
    expect((parse(kustomization) as { resources: string[] }).resources).not.toContain('06-kubeadmconfigtemplate-boot.yaml.incomplete')
    expect(kustomization).toContain('# Not applied until what was left out is filled in, or comes by contentFrom: 06-kubeadmconfigtemplate-boot.yaml.incomplete')
  })
})

test('what is shown has no bookkeeping, and all the rest', () => {
  const live = object('Machine', 'a', { clusterName: 'blue' }, { managedFields: [{}], uid: 'u', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', own: 'kept' } })
  expect(readable(live)).toEqual(object('Machine', 'a', { clusterName: 'blue' }, { uid: 'u', annotations: { own: 'kept' } }))
})
test('no kind is one that holds Secrets', () => {
  for (const kind of ['Secret', 'ConfigMap', 'VSphereClusterIdentity']) expect(OBJECT_KINDS).not.toContain(kind)
  expect(isAsked('Machine')).toBe(false)
})
test('a pool of addresses is found by the template that names it', () => {
  const template = object('VSphereMachineTemplate', 't', { template: { spec: { network: { devices: [{ addressesFromPools: [{ kind: 'InClusterIPPool', name: 'shared' }] }] } } } })
  expect(referencesOf(template)).toEqual(['InClusterIPPool/shared'])
  expect(referencesOf(pool('p', 'm', 'b'))).toEqual(['VSphereMachineTemplate/m', 'KubeadmConfigTemplate/b'])
})
