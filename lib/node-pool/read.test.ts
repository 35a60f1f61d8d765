import { describe, expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { general, made } from '@/lib/node-pool/fixtures'
import type { LivePool } from '@/lib/node-pool/live'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'

const full: PoolSpec = {
  ...general,
  size: { kind: 'autoscaled', min: 0, max: 6 },
  labels: { tier: 'backend', 'node.cluster.x-k8s.io/x': '' },
  taints: [{ key: 'example.com/gpu', value: '', effect: 'NoSchedule' }, { key: 'a', value: 'b', effect: 'NoExecute' }],
  machine: { ...general.machine, datastore: null, folder: null, resourcePool: null, storagePolicy: 'gold', searchDomains: ['x'], routes: [] },
  strategy: { kind: 'on-delete' },
  timeouts: { drainSeconds: 30, volumeDetachSeconds: 31, deletionSeconds: 32 },
  repair: { on: true, nodeStartupSeconds: 900, unhealthySeconds: 120, maxUnhealthy: 2 },
  zones: ['north'],
}

test('what the portal makes reads back as it was asked for, with nothing unknown', () => {
  for (const pool of [general, full, { ...general, strategy: { kind: 'rolling', surge: '25%', unavailable: 1 } as const }]) {
    expect(readPool(made(pool))).toEqual({ spec: pool, unknown: [] })
  }
  expect(readPool(made({ ...general, repair: { ...general.repair, on: false } })).spec.repair.on).toBe(false)
})

/** As the chart renders it: v1beta1, its own names, fields that the model has no place for. */
const chart: LivePool = {
  deployment: {
    apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'MachineDeployment',
    metadata: { name: 'blue-1-workers-md', namespace: 'team-blue', labels: { 'app.kubernetes.io/managed-by': 'Helm', 'cluster.x-k8s.io/cluster-name': 'blue-1' } },
    spec: {
      clusterName: 'blue-1', replicas: 3, minReadySeconds: 0, progressDeadlineSeconds: 600, revisionHistoryLimit: 1,
      selector: { matchLabels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', pool: 'workers' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', pool: 'workers', team: 'x' }, annotations: { note: 'y' } },
        spec: {
          clusterName: 'blue-1', version: 'v1.33.1', nodeDrainTimeout: '2m0s',
          bootstrap: { configRef: { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1', kind: 'KubeadmConfigTemplate', name: 'blue-1-workers-kubeadmconfig-aaaaaaaa' } },
          infrastructureRef: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereMachineTemplate', name: 'blue-1-workers-vsphere-machine-template-bbbbbbbb' },
        },
      },
    },
  },
  machineTemplates: [{
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereMachineTemplate', metadata: { name: 'blue-1-workers-vsphere-machine-template-bbbbbbbb' },
    spec: { template: { spec: {
      cloneMode: 'linkedClone', snapshot: 's1', server: 'vc', datacenter: 'DC0', template: 'ubuntu', numCPUs: 4, memoryMiB: 8192, diskGiB: 40, storagePolicyName: 'gold',
      network: { devices: [{ networkName: 'a', dhcp4: true, searchDomains: ['x'] }, { networkName: 'b', dhcp4: true }] },
    } } },
  }],
  bootstrapTemplates: [{
    apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1', kind: 'KubeadmConfigTemplate', metadata: { name: 'blue-1-workers-kubeadmconfig-aaaaaaaa' },
    spec: { template: { spec: {
      joinConfiguration: { nodeRegistration: { criSocket: '/var/run/containerd/containerd.sock', kubeletExtraArgs: { 'cloud-provider': 'external', 'node-labels': 'a=b' }, taints: [{ key: 'x', effect: 'NoSchedule', timeAdded: 'z' }, { key: 'y', effect: 'Never' }] } },
      users: [{ name: 'ops' }], preKubeadmCommands: ['hostnamectl'],
    } } },
  }],
  healthChecks: [],
}

describe('a pool of the chart', () => {
  const { spec, unknown } = readPool(chart)
  test('is read as far as the model goes', () => {
    expect(spec).toMatchObject({
      name: 'workers-md', size: { kind: 'fixed', replicas: 3 }, version: 'v1.33.1', labels: { team: 'x' }, zones: [],
      machine: { cpus: 4, memoryMiB: 8192, diskGiB: 40, template: 'ubuntu', network: 'a', datastore: null, folder: null, resourcePool: null },
      taints: [{ key: 'x', value: '', effect: 'NoSchedule' }],
      node: { users: [{ name: 'ops', sshKeys: [] }], preCommands: ['hostnamectl'], kubeletArgs: [{ name: 'node-labels', value: 'a=b' }], files: [], proxy: null },
      timeouts: { drainSeconds: 120, volumeDetachSeconds: 0, deletionSeconds: 10 }, repair: { on: false },
    })
  })
  test('names every field beyond it, and none that is only a default', () => {
    const at = 'VSphereMachineTemplate spec.template.spec'
    const boot = 'KubeadmConfigTemplate spec.template.spec'
    expect(unknown).toEqual([
      'MachineDeployment spec.template.metadata.annotations',
      `${at}.cloneMode`, `${at}.snapshot`,
      `${boot}.joinConfiguration.nodeRegistration.taints.0`, `${boot}.joinConfiguration.nodeRegistration.taints.1`,
    ])
  })
})

test('objects of any shape are read without an error', () => {
  const bare = (kind: string, spec: unknown): KubeObject => ({ apiVersion: 'x/v1', kind, metadata: { name: 'odd' }, ...(spec === undefined ? {} : { spec: spec as Record<string, unknown> }) })
  for (const spec of [undefined, {}, { template: null }, { replicas: 'many', template: { spec: [], metadata: { labels: [1] } }, rollout: 'x', selector: 3 }]) {
    const read = readPool({ deployment: bare('MachineDeployment', spec), machineTemplates: [], bootstrapTemplates: [], healthChecks: [bare('MachineHealthCheck', spec)] })
    expect(read.spec).toMatchObject({ name: 'odd', size: { kind: 'fixed', replicas: 1 }, version: '', machine: { cpus: 0, template: '' }, timeouts: { drainSeconds: 0 } })
  }
})

test('empty structs, with which an API server fills v1beta1 up, are nothing', () => {
  const live = made()
  const filled = live.bootstrapTemplates.map((object) => withAt(withAt(object, ['spec', 'template', 'metadata'], {}), ['spec', 'template', 'spec', 'joinConfiguration', 'discovery'], {}))
  expect(readPool({ ...live, bootstrapTemplates: filled }).unknown).toEqual([])
})

test('a timeout that nobody set is 0, for ever; Cluster API bounds only the Node’s deletion itself', () => {
  const live = made()
  const deployment = withAt(live.deployment, ['spec', 'template', 'spec', 'deletion'], undefined)
  expect(readPool({ ...live, deployment }).spec.timeouts).toEqual({ drainSeconds: 0, volumeDetachSeconds: 0, deletionSeconds: 10 })
})

test('one autoscaler annotation alone, or one that is no number, is unknown and leaves the size fixed', () => {
  const live = made()
  const annotated = (annotations: Record<string, string>) => readPool({ ...live, deployment: { ...live.deployment, metadata: { ...live.deployment.metadata, annotations } } })
  const min = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size'
  const max = min.replace('min', 'max')
  expect(annotated({ [min]: '1' })).toMatchObject({ spec: { size: { kind: 'fixed' } }, unknown: [`MachineDeployment metadata.annotations.${min}`] })
  expect(annotated({ [min]: '1', [max]: 'x' }).unknown).toHaveLength(2)
  expect(annotated({ [min]: '1', [max]: '3' })).toMatchObject({ spec: { size: { kind: 'autoscaled', min: 1, max: 3 } }, unknown: [] })
})

describe('a health check', () => {
  const live = made()
  const check = live.healthChecks[0] ?? expect.fail()
  const read = (changed: KubeObject) => readPool({ ...live, healthChecks: [changed] })
  test('that selects more than the pool is not the pool’s', () => {
    expect(read(withAt(check, ['spec', 'selector'], { matchLabels: { 'cluster.x-k8s.io/cluster-name': 'blue-1' } })).spec.repair.on).toBe(false)
  })
  test('with conditions of its own is read with the longest wait, and said', () => {
    const conditions = [{ type: 'Ready', status: 'False', timeoutSeconds: 60 }, { type: 'Ready', status: 'Unknown', timeoutSeconds: 90 }, { type: 'DiskPressure', status: 'True', timeoutSeconds: 5 }]
    const { spec, unknown } = read(withAt(check, ['spec', 'checks', 'unhealthyNodeConditions'], conditions))
    expect(spec.repair.unhealthySeconds).toBe(90)
    expect(unknown).toEqual(['MachineHealthCheck spec.checks.unhealthyNodeConditions'])
  })
  test('without a limit repairs all, as Cluster API has it', () => {
    expect(read(withAt(check, ['spec', 'remediation'], undefined)).spec.repair.maxUnhealthy).toBe('100%')
  })
})
