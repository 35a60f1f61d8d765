import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { planPoolAdd } from '@/lib/node-pool/acts'
import { appliedBy, facts, general } from '@/lib/node-pool/fixtures'
import { planGroupChange, planGroupRemove, planGroupRestart, planGroupScale, type PoolGroup, readGroup } from '@/lib/node-pool/group'
import type { PoolPlan } from '@/lib/node-pool/plan'
import type { PoolSpec } from '@/lib/node-pool/spec'

const owner = { name: 'blue-1', uid: 'u1' }
const spread: PoolSpec = { ...general, zones: ['a', 'b'] }
const of = (objects: readonly KubeObject[], kind: string) => objects.filter((object) => object.kind === kind)
const names = (objects: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)

/** The pool as a plan makes it, in the API server. */
function live(pool: PoolSpec): PoolGroup {
  const { objects } = planPoolAdd({ tenant: 'team-blue', cluster: owner, machines: facts }, pool)
  return groupOf(objects.map((object) => appliedBy(object)))
}
function groupOf(objects: readonly KubeObject[]): PoolGroup {
  const slices = of(objects, 'MachineDeployment').toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map((deployment) => ({
    deployment, machineTemplates: of(objects, 'VSphereMachineTemplate'), bootstrapTemplates: of(objects, 'KubeadmConfigTemplate'), healthChecks: of(objects, 'MachineHealthCheck'),
  }))
  return slices as unknown as PoolGroup
}
/** What there is after a plan was carried out. */
function after(group: PoolGroup, { objects, scales, removes }: PoolPlan): PoolGroup {
  const gone = new Set(removes.map(({ kind, name }) => `${kind}/${name}`))
  const before = [...group.map(({ deployment }) => deployment), ...group[0].machineTemplates, ...group[0].bootstrapTemplates, ...group[0].healthChecks]
  const all = new Map([...before, ...objects].map((object) => [`${object.kind}/${object.metadata.name}`, object]))
  const size = (name: string) => scales.find(({ deployment }) => deployment === name)?.replicas
  return groupOf([...all.values()].filter((object) => !gone.has(`${object.kind}/${object.metadata.name}`)).map((object) => (object.kind === 'MachineDeployment' && size(object.metadata.name) !== undefined ? { ...object, spec: { ...object.spec, replicas: size(object.metadata.name) } } : object)))
}
const change = (group: PoolGroup, wanted: Partial<PoolSpec>) => planGroupChange(group, { ...readGroup(group).spec, ...wanted }, owner)

test('a new pool in two zones is two MachineDeployments with one template, one check and sizes shared out', () => {
  const { objects, summary, spareAddressesNeeded } = planPoolAdd({ tenant: 'team-blue', cluster: owner, machines: facts }, spread)
  expect(names(objects).map((name) => name.replace(/-[0-9a-f]{10}$/, ''))).toEqual(['VSphereMachineTemplate/blue-1-general', 'KubeadmConfigTemplate/blue-1-general', 'MachineDeployment/blue-1-general-a', 'MachineDeployment/blue-1-general-b', 'MachineHealthCheck/blue-1-general'])
  expect(of(objects, 'MachineDeployment').map(({ spec }) => [spec?.['replicas'], (spec as { template: { spec: { failureDomain: string } } }).template.spec.failureDomain])).toEqual([[3, 'a'], [2, 'b']])
  expect(of(objects, 'MachineHealthCheck')[0]?.spec).toMatchObject({ selector: { matchLabels: { 'tenantry.dev/node-pool': 'general' } } })
  expect([summary, spareAddressesNeeded]).toEqual(['Adds a pool with 5 machines in 2 zones.', 7])
})

test('it reads back as one pool, also with the autoscaler’s bounds', () => {
  expect(readGroup(live(spread))).toEqual({ spec: spread, unknown: [] })
  const autoscaled: PoolSpec = { ...spread, size: { kind: 'autoscaled', min: 3, max: 8 } }
  expect(readGroup(live(autoscaled)).spec).toEqual(autoscaled)
})

describe('a change', () => {
  test('of nothing is nothing', () => expect(change(live(spread), {})).toMatchObject({ objects: [], scales: [], removes: [] }))
  test('reaches every zone, by one template', () => {
    const plan = change(live(spread), { machine: { ...general.machine, memoryMiB: 16384 } })
    expect(of(plan.objects, 'VSphereMachineTemplate')).toHaveLength(1)
    const refs = of(plan.objects, 'MachineDeployment').map(({ spec }) => (spec as { template: { spec: { infrastructureRef: { name: string } } } }).template.spec.infrastructureRef.name)
    expect(new Set(refs)).toEqual(new Set([of(plan.objects, 'VSphereMachineTemplate')[0]?.metadata.name]))
    expect(plan).toMatchObject({ rolls: true, machinesReplaced: 5, spareAddressesNeeded: 2, removes: [], summary: 'Replaces 5 machines; each zone goes its own way at the same time.' })
    expect(readGroup(after(live(spread), plan)).spec).toEqual({ ...spread, machine: { ...general.machine, memoryMiB: 16384 } })
  })
  test('of the size shares it out anew, with one remainder', () => {
    const plan = change(live(spread), { size: { kind: 'fixed', replicas: 4 } })
    expect(plan).toMatchObject({ objects: [{ kind: 'MachineHealthCheck' }], scales: [{ deployment: 'blue-1-general-a', replicas: 2 }], summary: 'Removes 1 machine.' })
  })
  test('from one zone to two keeps the machines there and moves some', () => {
    const one = live({ ...general, zones: ['a'] })
    const plan = change(one, { zones: ['a', 'b'] })
    expect(names(of(plan.objects, 'MachineDeployment'))).toEqual(['MachineDeployment/blue-1-general-b'])
    expect(plan).toMatchObject({ rolls: false, scales: [{ deployment: 'blue-1-general', replicas: 3 }], removes: [], spareAddressesNeeded: 2, summary: 'Adds zone b with 2 machines.', changes: [{ path: 'zones', rolls: false, from: 'a', to: 'a, b' }] })
    expect(readGroup(after(one, plan))).toEqual({ spec: { ...general, zones: ['a', 'b'] }, unknown: [] })
    expect(of(plan.objects, 'MachineHealthCheck')).toMatchObject([{ metadata: { name: 'blue-1-general' }, spec: { selector: { matchLabels: { 'tenantry.dev/node-pool': 'general' } } } }])
  })
  test('from none to two moves what is there into the first', () => {
    const plan = change(live(general), { zones: ['a', 'b'] })
    expect(of(plan.objects, 'MachineDeployment').map(({ metadata, spec }) => [metadata.name, (spec as { template: { spec: { failureDomain: string } } }).template.spec.failureDomain])).toEqual([['blue-1-general', 'a'], ['blue-1-general-b', 'b']])
    expect(plan).toMatchObject({ rolls: true, changes: [{ path: 'zones', rolls: true }] })
  })
  test('that leaves a zone removes its MachineDeployment and grows the others', () => {
    const plan = change(live(spread), { zones: ['b'] })
    expect(plan).toMatchObject({ scales: [{ deployment: 'blue-1-general-b', replicas: 5 }], removes: [{ kind: 'MachineDeployment', name: 'blue-1-general-a' }], spareAddressesNeeded: 3, summary: 'Removes the 3 machines of zone a; each is drained first.' })
    expect(readGroup(after(live(spread), plan)).spec).toEqual({ ...spread, zones: ['b'] })
  })
  test('back to no zone rolls what stays', () => {
    const plan = change(live(spread), { zones: [] })
    expect(plan).toMatchObject({ rolls: true, removes: [{ name: 'blue-1-general-b' }] })
    expect(readGroup(after(live(spread), plan)).spec.zones).toEqual([])
  })
  test('of repair is one check, which goes when it is off', () => {
    expect(change(live(spread), { repair: { ...spread.repair, on: false } }).removes).toMatchObject([{ kind: 'MachineHealthCheck', name: 'blue-1-general' }])
  })
  test('to several zones of a pool that another tool made is refused', () => {
    const [lead] = live(general)
    const helm = { ...lead, deployment: { ...lead.deployment, metadata: { ...lead.deployment.metadata, labels: { 'app.kubernetes.io/managed-by': 'Helm', 'cluster.x-k8s.io/cluster-name': 'blue-1' } } } }
    expect(change([helm], { zones: ['a', 'b'] }).problems).toMatchObject([{ path: ['zones'], message: expect.stringContaining('Another tool made this pool') as string }])
  })
})

test('a scale shares out anew and leaves the autoscaler’s pools alone', () => {
  expect(planGroupScale(live(spread), 6)).toMatchObject({ scales: [{ deployment: 'blue-1-general-b', replicas: 3 }], summary: 'Adds 1 machine.', spareAddressesNeeded: 1 })
  expect(planGroupScale(live(spread), 0).scales.map(({ replicas }) => replicas)).toEqual([0, 0])
  expect(planGroupScale(live(spread), 101).problems).toHaveLength(1)
  expect(planGroupScale(live({ ...spread, size: { kind: 'autoscaled', min: 2, max: 6 } }), 3).problems[0]?.message).toMatch(/between 2 and 6 machines/)
})

test('restart and removal are of all zones', () => {
  expect(planGroupRestart(live(spread), new Date('2026-03-01T10:00:00Z'))).toMatchObject({ machinesReplaced: 5, spareAddressesNeeded: 2, objects: [{ metadata: { name: 'blue-1-general-a' } }, { metadata: { name: 'blue-1-general-b' } }] })
  expect(planGroupRemove(live(spread))).toMatchObject({ removes: [{ kind: 'MachineHealthCheck' }, { name: 'blue-1-general-a' }, { name: 'blue-1-general-b' }], summary: 'Removes the pool and its 5 machines; each is drained first.' })
})
