import { describe, expect, test } from 'vitest'
import { planPoolAdd, planPoolRemove, planRestart, planScale } from '@/lib/node-pool/acts'
import { planTemplateCleanup } from '@/lib/node-pool/cleanup'
import { facts, general, made } from '@/lib/node-pool/fixtures'
import type { KubeObject } from '@/lib/kubernetes/object'

const cluster = { tenant: 'team-blue', cluster: { name: 'blue-1', uid: 'u1' }, machines: facts }
const autoscaled = { ...general, size: { kind: 'autoscaled', min: 2, max: 8 } } as const

describe('a new pool', () => {
  test('comes in the order of its references, and what Cluster API does not own belongs to the Cluster', () => {
    const { objects, summary, spareAddressesNeeded } = planPoolAdd(cluster, { ...general, name: 'batch', zones: ['north'] })
    expect(objects.map(({ kind, metadata }) => [kind, metadata.ownerReferences?.length ?? 0])).toEqual([['VSphereMachineTemplate', 1], ['KubeadmConfigTemplate', 1], ['MachineDeployment', 0], ['MachineHealthCheck', 1]])
    expect(objects[2]).toMatchObject({ metadata: { name: 'blue-1-batch', namespace: 'team-blue' }, spec: { replicas: 5, template: { spec: { failureDomain: 'north' } } } })
    expect([summary, spareAddressesNeeded]).toEqual(['Adds a pool with 5 machines.', 6])
  })
  test('that the autoscaler sizes has no size of its own', () => {
    const { objects, spareAddressesNeeded } = planPoolAdd(cluster, autoscaled)
    expect(objects[2]?.spec).not.toHaveProperty('replicas')
    expect(spareAddressesNeeded).toBe(3)
  })
  test('of shared addresses refers to the shared pool', () => {
    const shared = planPoolAdd(cluster, { ...general, machine: { ...general.machine, addresses: { kind: 'pools', pools: [{ kind: 'GlobalInClusterIPPool', name: 'all' }] } } })
    expect(JSON.stringify(shared.objects[0]?.spec)).toContain('{"apiGroup":"ipam.cluster.x-k8s.io","kind":"GlobalInClusterIPPool","name":"all"}')
    expect(shared.objects[0]?.spec).not.toHaveProperty('template.spec.server')
  })
})

test('a pool goes with its check first, and its templates stay for the MachineSets', () => {
  const planned = planPoolRemove(made())
  expect(planned.removes.map(({ kind }) => kind)).toEqual(['MachineHealthCheck', 'MachineDeployment'])
  expect(planned).toMatchObject({ objects: [], summary: 'Removes the pool and its 5 machines; each is drained first.' })
})

test('a restart applies the moment and nothing else', () => {
  const live = made()
  const { objects, ...rest } = planRestart(live, new Date('2026-03-01T10:00:00.123Z'))
  expect(objects).toHaveLength(1)
  const [restarted] = objects
  expect(restarted?.spec?.['rollout']).toEqual({ after: '2026-03-01T10:00:00Z', strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } })
  const without = (object: KubeObject | undefined) => ({ ...object?.spec, rollout: null })
  expect(without(restarted)).toEqual(without(live.deployment))
  expect(rest).toMatchObject({ rolls: true, machinesReplaced: 5, spareAddressesNeeded: 1, summary: 'Replaces 5 machines, one after another; one is made ahead.' })
})

describe('a size', () => {
  test('is only scaled', () => {
    expect(planScale(made(), 8)).toMatchObject({ objects: [], scales: [{ deployment: 'blue-1-general', replicas: 8 }], spareAddressesNeeded: 3, summary: 'Adds 3 machines.' })
    expect(planScale(made(), 4)).toMatchObject({ scales: [{ replicas: 4 }], spareAddressesNeeded: 0, summary: 'Removes 1 machine.' })
    expect(planScale(made(), 5)).toMatchObject({ scales: [], summary: 'Nothing changes.' })
  })
  test('out of bounds, or the autoscaler’s, is refused', () => {
    for (const replicas of [-1, 1.5, 101, Number.NaN]) expect(planScale(made(), replicas)).toMatchObject({ scales: [], problems: [{ path: ['size', 'replicas'] }] })
    expect(planScale(made(autoscaled), 3)).toMatchObject({ scales: [], problems: [{ message: expect.stringMatching(/between 2 and 8 machines/) }] })
  })
})

describe('superseded templates', () => {
  const now = new Date('2026-03-01T12:00:00Z')
  const template = (name: string, change: { kind?: string; created?: string; by?: string; going?: boolean } = {}): KubeObject => ({
    apiVersion: 'x/v1', kind: change.kind ?? 'VSphereMachineTemplate',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: change.created ?? '2026-03-01T10:00:00Z', labels: { 'app.kubernetes.io/managed-by': change.by ?? 'tenantry' }, ...(change.going ? { deletionTimestamp: '2026-03-01T11:59:00Z' } : {}) },
  })
  const user = (kind: string, machine: string, bootstrap: string, older = false): KubeObject => {
    const group = (name: string) => (older ? { apiVersion: `${name}/v1beta1` } : { apiGroup: name })
    return { apiVersion: 'cluster.x-k8s.io/v1beta2', kind, metadata: { name: 'any' }, spec: { template: { spec: {
      infrastructureRef: { ...group('infrastructure.cluster.x-k8s.io'), kind: 'VSphereMachineTemplate', name: machine },
      bootstrap: { configRef: { ...group('bootstrap.cluster.x-k8s.io'), kind: 'KubeadmConfigTemplate', name: bootstrap } },
    } } } }
  }
  const cleaned = (templates: KubeObject[], sets: KubeObject[] = [], deployments: KubeObject[] = []) => planTemplateCleanup(templates, sets, deployments, now).map(({ name }) => name)

  test('go when neither a MachineDeployment nor a MachineSet refers to them, in either contract', () => {
    const templates = [template('new'), template('old'), template('older'), template('gone'), template('boot-new', { kind: 'KubeadmConfigTemplate' }), template('boot-gone', { kind: 'KubeadmConfigTemplate' })]
    expect(cleaned(templates, [user('MachineSet', 'old', 'boot-new'), user('MachineSet', 'older', 'boot-new', true)], [user('MachineDeployment', 'new', 'boot-new')])).toEqual(['gone', 'boot-gone'])
  })
  test('of one kind are not kept by a reference to the other', () => {
    expect(cleaned([template('twin'), template('twin', { kind: 'KubeadmConfigTemplate' })], [user('MachineSet', 'twin', 'x')])).toEqual(['twin'])
  })
  test('of other tools stay, as do new ones, those going, and other kinds', () => {
    expect(cleaned([template('helm', { by: 'Helm' }), template('new', { created: '2026-03-01T11:30:00Z' }), template('odd', { created: 'never' }), template('going', { going: true }), template('secret', { kind: 'Secret' })])).toEqual([])
  })
  test('are removed by uid', () => {
    expect(planTemplateCleanup([template('gone')], [], [], now)).toEqual([{ kind: 'VSphereMachineTemplate', name: 'gone', uid: 'uid-gone' }])
  })
})
