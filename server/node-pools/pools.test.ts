import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL } from '@/lib/manifests/labels'
import { machineRef } from '@/lib/node-pool/live'
import { general, made } from '@/lib/node-pool/fixtures'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { openInMemory, type Database } from '@/server/db/client'
import { expireLeases } from '@/server/db/operations'
import { away } from '@/server/failure'
import { addPool } from '@/server/node-pools/add'
import { changePool } from '@/server/node-pools/change'
import { removePool } from '@/server/node-pools/remove'
import { restartPool } from '@/server/node-pools/restart'
import { reviewChange } from '@/server/node-pools/review'
import { nameOf } from '@/server/operations/apply'
import { resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const TENANT = 'team-blue'
let db: Database
let there: Map<string, KubeObject>
let writes: string[]
let cluster: Record<string, unknown>
let identities: readonly unknown[]
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn(), patchScale: vi.fn() }
const note = vi.fn()
const live = () => ({ tenantUid: () => 'n', note, identities: () => identities, zones: () => [], sharedPools: () => [], cluster: (_: string, name: string) => (name === 'blue-1' ? cluster : null), health: () => ({ state: 'live' }), state: () => ({ clusters: { u: cluster }, machines: {} }) })
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: TENANT,
  state: () => live().state(), health: () => live().health(), cluster: (name: string) => (name === 'blue-1' ? cluster : null),
} as unknown as TenantContext

const put = (object: KubeObject): KubeObject => {
  const before = there.get(nameOf(object))
  const whole = { ...object, metadata: { ...before?.metadata, ...object.metadata, uid: before?.metadata.uid ?? `uid-${nameOf(object)}`, creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString() } }
  there.set(nameOf(object), whole)
  return whole
}
const operations = (kind: string) => db.prisma.operation.findMany({ where: { kind: kind as 'change' } })
const machineSet = (name: string): KubeObject => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineSet', metadata: { name }, spec: deployment().spec ?? {},
})
const deployment = () => there.get('MachineDeployment/blue-1-general') ?? expect.fail('no deployment')
const templateNow = () => machineRef(deployment())?.name ?? ''
const all = (kind: string) => [...there.values()].filter((object) => object.kind === kind)
const seen = () => readPool({ deployment: deployment(), machineTemplates: all('VSphereMachineTemplate'), bootstrapTemplates: all('KubeadmConfigTemplate'), healthChecks: all('MachineHealthCheck') }).spec
const bigger: PoolSpec = { ...general, machine: { ...general.machine, memoryMiB: 16384 } }
const input = (spec: PoolSpec) => ({ tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: 'uid-MachineDeployment/blue-1-general', seen: general, spec })

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  there = new Map()
  await db.prisma.session.deleteMany()
  await db.prisma.session.create({ data: { id: 's', user: 'ada', name: '', email: '', groups: [], expiresAt: new Date(Date.now() + 3_600_000) } })
  writes = []
  identities = []
  cluster = {
    uid: 'c-uid', name: 'blue-1', identity: null, deletingSince: null, machines: { desired: 5, ready: 5, total: 5 }, version: { current: 'v1.34.3', desired: 'v1.34.3' }, controlPlane: { state: { role: 'ok' } },
    pools: [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.34.3', desired: 5 }], addresses: { kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 0, free: 16 }, networks: { pods: ['10.244.0.0/16'], services: [] },
  }
  const { deployment: own, machineTemplates, bootstrapTemplates, healthChecks } = made()
  for (const object of [own, ...machineTemplates, ...bootstrapTemplates, ...healthChecks]) put(object)
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.list.mockImplementation((kind: string) => Promise.resolve(all(kind)))
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  client.apply.mockImplementation((object: KubeObject) => {
    writes.push(nameOf(object))
    return Promise.resolve(put(object))
  })
  client.delete.mockImplementation((kind: string, _: string, name: string, uid?: string) => {
    writes.push(`-${kind}/${name}`)
    const found = there.get(`${kind}/${name}`)
    if (found && (uid === undefined || found.metadata.uid === uid)) there.delete(`${kind}/${name}`)
    return Promise.resolve()
  })
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live: live(), discovery: { version: () => Promise.resolve('v1beta2') } } as never)
})

test('a review dry-runs every object and writes nothing', async () => {
  const review = await reviewChange(ctx, input(bigger))
  expect(review).toMatchObject({ machinesReplaced: 5, addresses: { needed: 1, free: 11, role: 'ok' }, rolls: true })
  expect(review.objects.map(({ kind, what }) => `${kind} ${what}`)).toEqual(['VSphereMachineTemplate new', 'MachineDeployment changed'])
  expect(review.objects[0]?.lines.filter(({ sign }) => sign === 'added').map(({ text }) => text.trim())).toContain('memoryMiB: 16384')
  expect(client.dryRunApply).toHaveBeenCalledTimes(2)
  expect([writes, await operations('change')]).toEqual([[], []])
})

test('the intent is written before the first object, and the superseded template is left for later', async () => {
  const old = templateNow()
  client.apply.mockImplementationOnce(async (object: KubeObject) => {
    expect(await operations('change')).toMatchObject([{ state: 'running', missing: [nameOf(object), 'MachineDeployment/blue-1-general'] }])
    writes.push(nameOf(object))
    return put(object)
  })
  await changePool(ctx, input(bigger))
  expect(seen().machine.memoryMiB).toBe(16384)
  expect(await operations('change')).toMatchObject([{ state: 'done', spec: { rolls: true, from: null, words: 'memory from 8 GiB to 16 GiB' } }])
  expect(await operations('tidy')).toMatchObject([{ state: 'running', holder: null, attempts: 0, spec: { templates: [{ kind: 'VSphereMachineTemplate', name: old }] } }])
  expect(there.has(`VSphereMachineTemplate/${old}`)).toBe(true)
  expect(note).toHaveBeenCalledWith(expect.objectContaining({ text: 'Pool general: memory from 8 GiB to 16 GiB', who: 'ada' }))
})

test('a superseded template goes when no MachineSet refers to it, and not before', async () => {
  const old = templateNow()
  put(machineSet('old-set'))
  await changePool(ctx, input(bigger))
  const look = async () => {
    await db.prisma.operation.updateMany({ where: { kind: 'tidy' }, data: { leaseUntil: new Date(0) } })
    await resumeExpired(new AbortController().signal)
  }
  await look()
  expect(await operations('tidy')).toMatchObject([{ state: 'running', holder: null, error: `Still in use: ${old}.` }])
  expect(there.has(`VSphereMachineTemplate/${old}`)).toBe(true)
  there.delete('MachineSet/old-set')
  await look()
  expect(await operations('tidy')).toMatchObject([{ state: 'done' }])
  expect(there.has(`VSphereMachineTemplate/${old}`)).toBe(false)
  expect(there.has(`VSphereMachineTemplate/${templateNow()}`)).toBe(true)
})

test('what changed under the person’s hands is a conflict with its words, and nothing is written', async () => {
  await changePool(ctx, input({ ...general, machine: { ...general.machine, cpus: 8 } }))
  writes = []
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('CPUs was 4 and is 8 now') as string } })
  await expect(changePool(ctx, { ...input(bigger), uid: 'another' })).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('made again') as string } })
  expect(writes).toEqual([])
})

test('a field that another tool holds is named with its owner before anything is written', async () => {
  const held = deployment()
  const others = (held.metadata as { managedFields?: readonly unknown[] }).managedFields ?? []
  const fieldsV1 = { 'f:spec': { 'f:template': { 'f:spec': { 'f:infrastructureRef': { 'f:name': {} } } } } }
  there.set(nameOf(held), { ...held, metadata: { ...held.metadata, managedFields: [...others, { manager: 'helm', operation: 'Update', fieldsV1 }] } as KubeObject['metadata'] })
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Memory (helm)') as string } })
  expect(writes).toEqual([])
})

test('without addresses for the surge a change is refused at its field', async () => {
  cluster = { ...cluster, addresses: { ...(cluster['addresses'] as object), free: 5 } }
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject({ view: { code: 'invalid', fields: { 'strategy.surge': expect.stringContaining('wait for ever') as string } } })
  expect(writes).toEqual([])
})

test('rules of the form hold for whoever calls the action directly', async () => {
  const bad = { ...general, strategy: { kind: 'rolling', surge: 0, unavailable: 0 } as const, machine: { ...general.machine, diskGiB: 20, template: 'not-offered' } }
  await expect(changePool(ctx, input(bad))).rejects.toMatchObject({ view: { code: 'invalid', fields: { 'strategy.surge': expect.any(String) as string } } })
  await expect(changePool(ctx, input({ ...general, machine: { ...general.machine, template: 'not-offered' } }))).rejects.toMatchObject({ view: { fields: { 'machine.template': expect.stringContaining('not offered') as string } } })
  expect(writes).toEqual([])
})

test('a change whose replica died in the middle goes on from there', async () => {
  client.apply.mockImplementationOnce((object: KubeObject) => Promise.resolve(put(object))).mockImplementationOnce(() => Promise.reject(away()))
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject({ view: { code: 'interrupted' } })
  await db.prisma.operation.updateMany({ where: { kind: 'change' }, data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
  await expireLeases(db)
  await resumeExpired(new AbortController().signal)
  expect(await operations('change')).toMatchObject([{ state: 'done' }])
  expect(seen().machine.memoryMiB).toBe(16384)
})

test('a change or a removal that was finished when its replica died, and whose person has left since, is done', async () => {
  const finished = async (kind: 'change' | 'remove') => {
    await db.prisma.session.deleteMany()
    await db.prisma.operation.updateMany({ where: { kind }, data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
    writes = []
    await resumeExpired(new AbortController().signal)
    expect([(await operations(kind)).map(({ state, error }) => [state, error]), writes]).toEqual([[['done', null]], []])
  }
  await changePool(ctx, input(bigger))
  await finished('change')
  await addPool(ctx, { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'extra', size: { kind: 'fixed', replicas: 1 } } })
  await removePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'extra', uid: null, typedName: 'extra' })
  await finished('remove')
})

test('and does not undo what somebody has changed since', async () => {
  client.apply.mockRejectedValueOnce(away())
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject({ view: { code: 'interrupted' } })
  await changePool(ctx, input({ ...general, machine: { ...general.machine, memoryMiB: 32768 } }))
  await db.prisma.operation.updateMany({ where: { kind: 'change', state: 'interrupted' }, data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
  await expireLeases(db)
  await resumeExpired(new AbortController().signal)
  expect(seen().machine.memoryMiB).toBe(32768)
  expect((await operations('change')).map(({ state }) => state).sort()).toEqual(['done', 'failed'])
})

test('a new pool takes datacenter and addresses over; a name that is there is refused', async () => {
  await addPool(ctx, { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'extra', size: { kind: 'fixed', replicas: 1 } } })
  expect(writes.map((name) => name.replace(/-[0-9a-f]{10}$/, ''))).toEqual(['VSphereMachineTemplate/blue-1-extra', 'KubeadmConfigTemplate/blue-1-extra', 'MachineDeployment/blue-1-extra', 'MachineHealthCheck/blue-1-extra'])
  expect([...there.values()].find(({ metadata }) => metadata.name.startsWith('blue-1-extra-'))?.spec).toMatchObject({ template: { spec: { datacenter: 'DC0' } } })
  await expect(addPool(ctx, { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'extra' } })).rejects.toMatchObject({ view: { fields: { name: 'blue-1 has a pool extra already.' } } })
})

test('a pool is removed with its name typed, its check first, its templates later', async () => {
  const remove = (pool: string, typedName = pool) => removePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool, uid: null, typedName })
  await addPool(ctx, { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'extra', size: { kind: 'fixed', replicas: 1 } } })
  await expect(remove('extra', 'general')).rejects.toMatchObject({ view: { fields: { typedName: 'Type extra to remove it.' } } })
  writes = []
  await remove('extra')
  expect(writes).toEqual(['-MachineHealthCheck/blue-1-extra', '-MachineDeployment/blue-1-extra'])
  expect(await operations('tidy')).toMatchObject([{ spec: { templates: [{ kind: 'VSphereMachineTemplate' }, { kind: 'KubeadmConfigTemplate' }] } }])
  expect([...there.values()].filter(({ metadata }) => metadata.labels?.[CLUSTER_NAME_LABEL] === 'blue-1' && metadata.name.startsWith('blue-1-extra-'))).toHaveLength(2)
})

test('a pool of fixed addresses is made before what refers to it, and goes when no machine claims one any more', async () => {
  const fixed: PoolSpec = { ...general, machine: { ...general.machine, addresses: { kind: 'fixed', addresses: ['10.0.0.70-10.0.0.79'], prefix: 24, gateway: '10.0.0.1' } } }
  await changePool(ctx, input(fixed))
  expect(writes.map((name) => name.split('/')[0])).toEqual(['InClusterIPPool', 'VSphereMachineTemplate', 'MachineDeployment'])
  const [pool] = all('InClusterIPPool')
  put({ apiVersion: 'ipam.cluster.x-k8s.io/v1beta2', kind: 'IPAddressClaim', metadata: { name: 'claim' }, spec: { poolRef: { kind: 'InClusterIPPool', name: pool?.metadata.name } } })
  const back = await reviewChange(ctx, { ...input({ ...fixed, machine: general.machine }), seen: { ...seen(), machine: fixed.machine } })
  expect(back.changes.map(({ path }) => path)).toEqual(['machine.addresses', 'fixedAddresses.VM Network'])
  await changePool(ctx, { ...input({ ...fixed, machine: general.machine }), seen: { ...seen(), machine: fixed.machine } })
  const look = async () => {
    await db.prisma.operation.updateMany({ where: { kind: 'tidy' }, data: { leaseUntil: new Date(0) } })
    await resumeExpired(new AbortController().signal)
  }
  await look()
  expect(all('InClusterIPPool')).toHaveLength(1)
  there.delete('IPAddressClaim/claim')
  await look()
  expect(all('InClusterIPPool')).toEqual([])
})

test('the last pool goes as well: its templates stay, and the next pool begins from them', async () => {
  const look = async () => {
    await db.prisma.operation.updateMany({ where: { kind: 'tidy' }, data: { leaseUntil: new Date(0) } })
    await resumeExpired(new AbortController().signal)
  }
  const templates = () => [...there.values()].filter(({ kind, metadata }) => /Template$/.test(kind) && metadata.labels?.[CLUSTER_NAME_LABEL] === 'blue-1').map(nameOf).sort()
  const kept = templates()
  await changePool(ctx, input(bigger))
  await changePool(ctx, { ...input({ ...bigger, machine: { ...bigger.machine, cpus: 8 } }), seen: seen() })
  const now = [nameOf(there.get(`VSphereMachineTemplate/${templateNow()}`) ?? expect.fail()), ...kept.filter((name) => name.startsWith('KubeadmConfigTemplate/'))].sort()
  await removePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: null, typedName: 'general' })
  await look()
  expect(templates()).toEqual(now)
  cluster = { ...cluster, pools: [], identity: 'vc' }
  const again = { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'again', size: { kind: 'fixed', replicas: 1 } as const } }
  // What the last pool ran is not known any more: its VM template may be of another version.
  await expect(addPool(ctx, again)).rejects.toMatchObject({ view: { fields: { 'machine.template': expect.stringContaining('not offered') as string } } })
  identities = [{ name: 'vc', offer: { templates: [{ name: 'ubuntu-1.34', version: 'v1.34.3' }] } }]
  await addPool(ctx, again)
  expect(there.get('MachineDeployment/blue-1-again')?.spec).toMatchObject({ replicas: 1 })
  expect([...there.values()].find(({ kind, metadata }) => kind === 'VSphereMachineTemplate' && metadata.name.startsWith('blue-1-again-'))?.spec).toMatchObject({ template: { spec: { datacenter: 'DC0', network: { devices: [{ addressesFromPools: [{ name: 'blue-1' }] }] } } } })
})

test('a restart sets its moment and nothing else', async () => {
  await restartPool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: null })
  expect(writes).toEqual(['MachineDeployment/blue-1-general'])
  const { after } = (deployment().spec as { rollout: { after: string } }).rollout
  expect(Math.abs(Date.parse(after) - Date.now())).toBeLessThan(5_000)
  expect(seen()).toEqual(general)
})
