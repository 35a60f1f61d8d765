import { describe, expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { canonicalJson } from '@/lib/manifests/hash'
import { OLDER, toContract } from '@/lib/manifests/v1beta1'
import { planPoolChange } from '@/lib/node-pool/change'
import { outdatedFields } from '@/lib/node-pool/difference'
import { appliedBy, general, made } from '@/lib/node-pool/fixtures'
import type { LivePool } from '@/lib/node-pool/live'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'

const owner = { name: 'blue-1', uid: 'u1' }
const plan = (change: Partial<PoolSpec>, live: LivePool = made()) => planPoolChange(live, { ...readPool(live).spec, ...change }, owner)
const machine = (change: Partial<PoolSpec['machine']>) => ({ machine: { ...general.machine, ...change } })
const kinds = (objects: readonly KubeObject[]) => objects.map(({ kind }) => kind)
const find = (objects: readonly KubeObject[], kind: string): KubeObject => objects.find((object) => object.kind === kind) ?? expect.fail(kind)
const after = (live: LivePool, objects: readonly KubeObject[]): LivePool => ({
  deployment: objects.find(({ kind }) => kind === 'MachineDeployment') ?? live.deployment,
  machineTemplates: [...live.machineTemplates, ...objects.filter(({ kind }) => kind === 'VSphereMachineTemplate')],
  bootstrapTemplates: [...live.bootstrapTemplates, ...objects.filter(({ kind }) => kind === 'KubeadmConfigTemplate')],
  healthChecks: objects.some(({ kind }) => kind === 'MachineHealthCheck') ? objects.filter(({ kind }) => kind === 'MachineHealthCheck') : live.healthChecks,
})

/** Every field that an object sets; a list counts as one. */
function* setPaths(value: unknown, at = ''): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) yield at
  else for (const [key, field] of Object.entries(value)) yield* setPaths(field, `${at}/${key}`)
}

test('the same pool changes nothing, also with fields and taints in another order', () => {
  const taints = [{ key: 'a', value: '', effect: 'NoSchedule' }, { key: 'b', value: 'c', effect: 'NoExecute' }] as const
  const live = made({ ...general, labels: { a: '1', b: '2' }, taints: [...taints] })
  const reversed = JSON.parse(JSON.stringify({ ...readPool(live).spec, taints: taints.toReversed() }), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value) as PoolSpec
  expect(planPoolChange(live, reversed, owner)).toMatchObject({ objects: [], removes: [], scales: [], changes: [], rolls: false, summary: 'Nothing changes.' })
})

test('more memory makes one new template and replaces the machines one after another', () => {
  const planned = plan(machine({ memoryMiB: 16384 }))
  expect(kinds(planned.objects)).toEqual(['VSphereMachineTemplate', 'MachineDeployment'])
  const template = find(planned.objects, 'VSphereMachineTemplate')
  const deployment = find(planned.objects, 'MachineDeployment')
  expect(template.metadata).toMatchObject({ name: expect.stringMatching(/^blue-1-general-[0-9a-f]{10}$/), ownerReferences: [{ kind: 'Cluster', uid: 'u1' }], labels: { 'tenantry.dev/node-pool': 'general' } })
  expect(template.metadata.name).not.toBe(made().machineTemplates[0]?.metadata.name)
  expect(deployment.spec).toMatchObject({ template: { spec: { infrastructureRef: { name: template.metadata.name }, bootstrap: { configRef: { name: made().bootstrapTemplates[0]?.metadata.name } } } } })
  expect(planned).toMatchObject({ rolls: true, machinesReplaced: 5, spareAddressesNeeded: 1, scales: [], removes: [], problems: [], held: [] })
  expect(planned.summary).toBe('Replaces 5 machines, one after another; one is made ahead.')
  expect(planned.changes).toEqual([{ path: 'machine.memoryMiB', words: 'Memory', from: '8 GiB', to: '16 GiB', rolls: true, why: 'A machine gets it when it is made.' }])
})

describe('templates', () => {
  test('keep what the model has no place for', () => {
    const live = made()
    const [template] = live.machineTemplates
    const odd = withAt(withAt(template ?? expect.fail(), ['spec', 'template', 'spec', 'hardwareVersion'], 'gold'), ['spec', 'template', 'spec', 'network', 'devices', 1], { networkName: 'second', dhcp4: true })
    const planned = plan(machine({ network: 'first', datastore: null }), { ...live, machineTemplates: [odd] })
    const content = find(planned.objects, 'VSphereMachineTemplate').spec
    expect(content).toMatchObject({ template: { spec: { hardwareVersion: 'gold', network: { devices: [{ networkName: 'first', nameservers: ['10.0.0.2'] }, { networkName: 'second' }] } } } })
    expect(content).not.toHaveProperty('template.spec.datastore')
  })
  test('of another contract are copied in theirs', () => {
    const live = made()
    const older = { ...live, machineTemplates: live.machineTemplates.map((object) => toContract(object, OLDER)) }
    const template = find(plan(machine({ cpus: 8 }), older).objects, 'VSphereMachineTemplate')
    expect(template).toMatchObject({ apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', spec: { template: { spec: { numCPUs: 8, guestSoftPowerOffTimeout: '2m0s' } } } })
  })
  test('of linked clones say what CAPV makes of another disk', () => {
    const live = made()
    const linked = live.machineTemplates.map((object) => withAt(object, ['spec', 'template', 'spec', 'cloneMode'], 'linkedClone'))
    const why = (machineTemplates: typeof linked) => plan(machine({ diskGiB: 100 }), { ...live, machineTemplates }).changes[0]?.why
    expect(why(linked)).toContain('ignores this')
    expect(why(live.machineTemplates)).not.toContain('ignores this')
  })
  test('lose the vCenter that they name, as machines have their cluster’s; and one that is there is applied as it is', () => {
    const live = made()
    const named = live.machineTemplates.map((object) => withAt(withAt(object, ['spec', 'template', 'spec', 'server'], 'vc.example.com'), ['spec', 'template', 'spec', 'thumbprint'], 'AA:BB'))
    const start = { ...live, machineTemplates: named }
    expect(plan(machine({}), start)).toMatchObject({ objects: [], rolls: false })
    const first = plan(machine({ memoryMiB: 16384 }), start).objects
    expect(find(first, 'VSphereMachineTemplate').spec).not.toHaveProperty('template.spec.server')
    expect(find(first, 'VSphereMachineTemplate').spec).not.toHaveProperty('template.spec.thumbprint')
    expect(find(plan(machine({}), after(start, first)).objects, 'VSphereMachineTemplate')).toMatchObject({ metadata: { name: named[0]?.metadata.name }, spec: { template: { spec: { server: 'vc.example.com', thumbprint: 'AA:BB' } } } })
  })
  test('a change that is taken back finds the superseded template, by content, whatever its name', () => {
    const live = made()
    const renamed = live.machineTemplates.map((object) => ({ ...object, metadata: { ...object.metadata, name: 'blue-1-general-of-old' } }))
    const start = { ...live, machineTemplates: renamed, deployment: withAt(live.deployment, ['spec', 'template', 'spec', 'infrastructureRef', 'name'], 'blue-1-general-of-old') }
    const changed = after(start, plan(machine({ memoryMiB: 16384 }), start).objects)
    const back = plan(machine({}), changed)
    expect(find(back.objects, 'MachineDeployment').spec).toMatchObject({ template: { spec: { infrastructureRef: { name: 'blue-1-general-of-old' } } } })
    expect(back.rolls).toBe(true)
    // It may be removed as superseded before it is referred to again.
    expect(find(back.objects, 'VSphereMachineTemplate').metadata.name).toBe('blue-1-general-of-old')
  })
  test('of another pool, of another tool or on their way out are not taken', () => {
    const live = made()
    const wanted = find(plan(machine({ cpus: 8 })).objects, 'VSphereMachineTemplate')
    const twins = [
      { ...wanted, metadata: { ...wanted.metadata, name: 'other-pool', labels: { ...wanted.metadata.labels, 'tenantry.dev/node-pool': 'batch' } } },
      { ...wanted, metadata: { ...wanted.metadata, name: 'of-helm', labels: { ...wanted.metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' } } },
      { ...wanted, metadata: { ...wanted.metadata, name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' } },
    ]
    expect(find(plan(machine({ cpus: 8 }), { ...live, machineTemplates: [...live.machineTemplates, ...twins] }).objects, 'VSphereMachineTemplate').metadata.name).toBe(wanted.metadata.name)
  })
  test('that are missing can’t be copied: said before anything is written', () => {
    const planned = plan({ ...machine({ cpus: 8 }), taints: [{ key: 'a', value: '', effect: 'NoSchedule' }] }, { ...made(), machineTemplates: [], bootstrapTemplates: [] })
    expect(planned.problems.map(({ path }) => path.join('.'))).toEqual(['machine', 'taints'])
    expect(find(planned.objects, 'MachineDeployment').spec).toMatchObject({ template: { spec: { infrastructureRef: { name: made().machineTemplates[0]?.metadata.name } } } })
  })
})

test('taints are kubeadm’s: another bootstrap template, and machines are replaced', () => {
  const planned = plan({ taints: [{ key: 'example.com/gpu', value: '', effect: 'NoSchedule' }] })
  expect(kinds(planned.objects)).toEqual(['KubeadmConfigTemplate', 'MachineDeployment'])
  expect(find(planned.objects, 'KubeadmConfigTemplate').spec).toMatchObject({ template: { spec: { joinConfiguration: { nodeRegistration: { criSocket: expect.any(String), taints: [{ key: 'example.com/gpu', effect: 'NoSchedule' }] } } } } })
  expect(planned).toMatchObject({ rolls: true, changes: [{ words: 'Taint example.com/gpu', from: 'not set', to: 'NoSchedule' }] })
  const gone = plan({ taints: [] }, made({ ...general, taints: [{ key: 'a', value: 'b', effect: 'NoExecute' }] }))
  expect(find(gone.objects, 'KubeadmConfigTemplate').spec).not.toHaveProperty('template.spec.joinConfiguration.nodeRegistration.taints')
})

describe('in place', () => {
  const quiet: readonly [string, Partial<PoolSpec>][] = [
    ['labels', { labels: { tier: 'backend' } }],
    ['timeouts', { timeouts: { drainSeconds: 60, volumeDetachSeconds: 61, deletionSeconds: 62 } }],
    ['strategy', { strategy: { kind: 'rolling', surge: 2, unavailable: '25%' } }],
    ['on delete', { strategy: { kind: 'on-delete' } }],
    ['autoscaler', { size: { kind: 'autoscaled', min: 2, max: 8 } }],
  ]
  test.each(quiet)('%s: the MachineDeployment alone, the same templates and version, no machine replaced', (_name, change) => {
    const planned = plan(change)
    expect(kinds(planned.objects)).toEqual(['MachineDeployment'])
    expect(planned).toMatchObject({ rolls: false, machinesReplaced: 0, spareAddressesNeeded: 0 })
    expect(planned.changes.every(({ rolls }) => !rolls)).toBe(true)
    const rollout = (object: KubeObject) => canonicalJson(['version', 'failureDomain', 'bootstrap', 'infrastructureRef'].map((field) => (object.spec?.['template'] as { spec: Record<string, unknown> }).spec[field]))
    expect(rollout(find(planned.objects, 'MachineDeployment'))).toBe(rollout(made().deployment))
  })
  test('says so in words', () => {
    expect(plan({ labels: { tier: 'backend' } })).toMatchObject({ summary: 'Changes Label tier in place; no machine is replaced.', changes: [{ path: 'labels.tier', words: 'Label tier', from: 'not set', to: 'backend', rolls: false }] })
  })
})

test('everything that the portal applied once is in every later apply, or the API server takes it away', () => {
  const live = made()
  const before = new Set(setPaths(JSON.parse(JSON.stringify({ ...live.deployment, metadata: { ...live.deployment.metadata, managedFields: undefined } }))))
  for (const change of [{ labels: { tier: 'x' } }, machine({ cpus: 8 }), { version: 'v1.35.2' }, { zones: ['north'] }] satisfies Partial<PoolSpec>[]) {
    const paths = new Set(setPaths(find(plan(change).objects, 'MachineDeployment')))
    expect([...before].filter((path) => !paths.has(path))).toEqual([])
  }
})

describe('the size in an apply', () => {
  const replicas = (live: LivePool, change: Partial<PoolSpec> = { labels: { a: 'b' } }) => find(plan(change, live).objects, 'MachineDeployment').spec?.['replicas']
  const scaled = (live: LivePool, size: number, manager = 'tenantry'): LivePool => {
    const managedFields = [{ manager: 'tenantry', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:clusterName': {} } } }, { manager, operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]
    return { ...live, deployment: { ...live.deployment, spec: { ...live.deployment.spec, replicas: size }, metadata: { ...live.deployment.metadata, managedFields } as KubeObject['metadata'] } }
  }
  test('is the live one while the create’s apply owns it: left out, Cluster API would make it 1', () => {
    expect(replicas(made())).toBe(5)
  })
  test('is left out once somebody scaled, also the portal itself through the subresource', () => {
    expect(replicas(scaled(made(), 7))).toBeUndefined()
    expect(replicas(scaled(made(), 7, 'cluster-autoscaler'))).toBeUndefined()
  })
  test('is the live one when nobody can tell who owns it', () => {
    const live = made()
    expect(replicas({ ...live, deployment: { ...live.deployment, metadata: { ...live.deployment.metadata, managedFields: undefined } as KubeObject['metadata'] } })).toBe(5)
  })
  test('is never there with the autoscaler’s annotations', () => {
    const planned = plan({ size: { kind: 'autoscaled', min: 2, max: 8 } })
    expect(find(planned.objects, 'MachineDeployment')).toMatchObject({
      metadata: { annotations: {
        'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '2', 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '8',
        'capacity.cluster-autoscaler.kubernetes.io/cpu': '4', 'capacity.cluster-autoscaler.kubernetes.io/memory': '8192Mi',
      } },
    })
    expect(find(planned.objects, 'MachineDeployment').spec).not.toHaveProperty('replicas')
    expect(planned.scales).toEqual([])
    expect(planned.summary).toBe('The autoscaler keeps 2 to 8 machines.')
  })
  test('a new one is asked of the scale subresource, alone when nothing else changes', () => {
    expect(plan({ size: { kind: 'fixed', replicas: 7 } })).toMatchObject({ objects: [], scales: [{ deployment: 'blue-1-general', replicas: 7 }], spareAddressesNeeded: 2, summary: 'Adds 2 machines.', rolls: false })
    const both = plan({ size: { kind: 'fixed', replicas: 7 }, version: 'v1.35.2' })
    expect(both).toMatchObject({ scales: [{ replicas: 7 }], machinesReplaced: 5, spareAddressesNeeded: 3, summary: 'Adds 2 machines. Replaces 5 machines, one after another; one is made ahead.' })
    expect(find(both.objects, 'MachineDeployment').spec?.['replicas']).toBe(5)
  })
  test('autoscaling that ends leaves the size to a scale, and the annotations go', () => {
    const live = made({ ...general, size: { kind: 'autoscaled', min: 2, max: 8 } })
    const grown = { ...live, deployment: { ...live.deployment, spec: { ...live.deployment.spec, replicas: 6 } } }
    const planned = plan({ size: { kind: 'fixed', replicas: 6 } }, grown)
    expect(find(planned.objects, 'MachineDeployment').metadata.annotations).toBeUndefined()
    expect(planned).toMatchObject({ scales: [], summary: 'The autoscaler no longer sets the size.' })
    expect(plan({ size: { kind: 'fixed', replicas: 3 } }, grown).scales).toEqual([{ deployment: 'blue-1-general', replicas: 3 }])
  })
})

test('a restart that is under way is not taken back by another change', () => {
  const live = made()
  const restarted = appliedBy(withAt(live.deployment, ['spec', 'rollout', 'after'], '2026-01-01T00:00:00Z'))
  expect(find(plan({ labels: { a: 'b' } }, { ...live, deployment: restarted }).objects, 'MachineDeployment').spec).toMatchObject({ rollout: { after: '2026-01-01T00:00:00Z' } })
  const byOther = withAt(live.deployment, ['spec', 'rollout', 'after'], '2026-01-01T00:00:00Z')
  expect(find(plan({ labels: { a: 'b' } }, { ...live, deployment: byOther }).objects, 'MachineDeployment').spec).not.toHaveProperty('rollout.after')
})

describe('words and numbers of a rollout', () => {
  const rolls = (strategy: PoolSpec['strategy'], replicas = 5) => {
    const { summary, machinesReplaced, spareAddressesNeeded } = plan({ version: 'v1.35.2' }, made({ ...general, strategy, size: { kind: 'fixed', replicas } }))
    return [summary, machinesReplaced, spareAddressesNeeded]
  }
  test('follow surge and unavailable as Cluster API resolves them', () => {
    expect(rolls({ kind: 'rolling', surge: 2, unavailable: 1 })).toEqual(['Replaces 5 machines, up to 3 at a time; 2 are made ahead, one is missing meanwhile.', 5, 2])
    expect(rolls({ kind: 'rolling', surge: 0, unavailable: 1 })).toEqual(['Replaces 5 machines, one after another; one is missing meanwhile.', 5, 0])
    expect(rolls({ kind: 'rolling', surge: '50%', unavailable: 0 })).toEqual(['Replaces 5 machines, up to 3 at a time; 3 are made ahead.', 5, 3])
    expect(rolls({ kind: 'rolling', surge: 3, unavailable: 0 }, 1)).toEqual(['Replaces 1 machine; one is made ahead.', 1, 1])
    expect(rolls({ kind: 'rolling', surge: 1, unavailable: 0 }, 0)).toEqual(['The pool has no machines; new ones will be made so.', 0, 0])
    expect(rolls({ kind: 'on-delete' })).toEqual(['5 machines stay as they are until somebody deletes them; each is then made anew.', 0, 0])
  })
})

describe('repair', () => {
  test('alone touches the health check alone', () => {
    const planned = plan({ repair: { ...general.repair, unhealthySeconds: 120 } })
    expect(kinds(planned.objects)).toEqual(['MachineHealthCheck'])
    expect(planned).toMatchObject({ rolls: false, removes: [], summary: 'Changes Repair in place; no machine is replaced.' })
    expect(find(planned.objects, 'MachineHealthCheck').metadata).toMatchObject({ name: 'blue-1-general', ownerReferences: [{ uid: 'u1' }] })
  })
  test('off removes the check by its uid; on makes it', () => {
    const live = made()
    const checks = live.healthChecks.map((check) => ({ ...check, metadata: { ...check.metadata, name: 'by-hand', uid: 'c1' } }))
    expect(plan({ repair: { ...general.repair, on: false } }, { ...live, healthChecks: checks })).toMatchObject({ objects: [], removes: [{ kind: 'MachineHealthCheck', name: 'by-hand', uid: 'c1' }] })
    expect(kinds(plan({ repair: general.repair }, { ...live, healthChecks: [] }).objects)).toEqual(['MachineHealthCheck'])
    expect(plan({ repair: { ...general.repair, maxUnhealthy: 2 } }, { ...live, healthChecks: checks }).objects[0]?.metadata.name).toBe('by-hand')
  })
})

describe('a pool that another tool made', () => {
  const base = made()
  const foreign: LivePool = {
    ...base,
    deployment: appliedBy({
      ...base.deployment,
      metadata: { name: 'blue-1-general', namespace: 'team-blue', labels: { 'app.kubernetes.io/managed-by': 'Helm', 'cluster.x-k8s.io/cluster-name': 'blue-1' } },
      spec: { ...base.deployment.spec, selector: { matchLabels: { pool: 'x' } }, template: { ...(base.deployment.spec?.['template'] as object), metadata: { labels: { pool: 'x', tier: 'old' } } } },
    }, 'helm', 'Update'),
  }
  test('keeps its mark, its selector and the labels that this needs', () => {
    const deployment = find(plan({ labels: { tier: 'new' } }, foreign).objects, 'MachineDeployment')
    expect(deployment.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'Helm', 'cluster.x-k8s.io/cluster-name': 'blue-1' })
    expect(deployment.spec).toMatchObject({ selector: { matchLabels: { pool: 'x' } }, template: { metadata: { labels: { pool: 'x', tier: 'new' } } } })
    expect(deployment.spec).not.toHaveProperty('replicas')
  })
  test('says which fields belong to whom: a refusal, or a removal without effect', () => {
    expect(plan({ labels: {}, version: 'v1.35.2' }, foreign).held).toEqual([{ path: 'version', words: 'Version', owners: ['helm'] }, { path: 'labels.tier', words: 'Label tier', owners: ['helm'] }])
    expect(plan({ labels: {}, version: 'v1.35.2' }).held).toEqual([])
  })
})

test('what somebody else changed since the page was shown is named', () => {
  expect(outdatedFields(general, { ...general, version: 'v1.35.2' })).toEqual([{ path: 'version', words: 'Version', from: '1.34.3', to: '1.35.2', rolls: true, why: expect.any(String) }])
  expect(outdatedFields(general, general)).toEqual([])
})
