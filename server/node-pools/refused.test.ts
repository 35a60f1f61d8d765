import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { general, made } from '@/lib/node-pool/fixtures'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { openInMemory, type Database } from '@/server/db/client'
import { addPool } from '@/server/node-pools/add'
import { changePool } from '@/server/node-pools/change'
import { newPoolPageData } from '@/server/node-pools/page'
import { restartPool } from '@/server/node-pools/restart'
import { reviewChange } from '@/server/node-pools/review'
import { scalePool } from '@/server/node-pools/scale'
import { nameOf } from '@/server/operations/apply'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

/** What is refused before anything is written, because no machine would ever come of it. */
const TENANT = 'team-blue'
let db: Database
let there: Map<string, KubeObject>
let writes: string[]
let cluster: Record<string, unknown>
let identities: readonly unknown[]
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn(), patchScale: vi.fn() }
const live = () => ({ tenantUid: () => 'n', note: vi.fn(), identities: () => identities, zones: () => [], sharedPools: () => [], cluster: () => cluster, health: () => ({ state: 'live' }), state: () => ({ clusters: { u: cluster }, machines: {} }) })
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: TENANT,
  state: () => live().state(), health: () => live().health(), cluster: () => cluster,
} as unknown as TenantContext

const put = (object: KubeObject): KubeObject => {
  const whole = { ...object, metadata: { ...object.metadata, uid: `uid-${nameOf(object)}` } }
  there.set(nameOf(object), whole)
  return whole
}
const deployment = () => there.get('MachineDeployment/blue-1-general') ?? expect.fail('no deployment')
const bigger: PoolSpec = { ...general, machine: { ...general.machine, memoryMiB: 16384 } }
const input = (spec: PoolSpec) => ({ tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: 'uid-MachineDeployment/blue-1-general', seen: general, spec })

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  there = new Map()
  writes = []
  identities = []
  cluster = {
    uid: 'c-uid', name: 'blue-1', identity: null, deletingSince: null, machines: { desired: 5, ready: 5, total: 5 }, version: { current: 'v1.34.3', desired: 'v1.34.3' }, controlPlane: { state: { role: 'ok' } },
    pools: [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.34.3', desired: 5 }], networks: { pods: ['10.244.0.0/16'], services: [] },
    addresses: { kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 0, free: 16 },
  }
  const { deployment: own, machineTemplates, bootstrapTemplates, healthChecks } = made()
  for (const object of [own, ...machineTemplates, ...bootstrapTemplates, ...healthChecks]) put(object)
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.list.mockImplementation((kind: string) => Promise.resolve([...there.values()].filter((object) => object.kind === kind)))
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  client.apply.mockImplementation((object: KubeObject) => {
    writes.push(nameOf(object))
    return Promise.resolve(put(object))
  })
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live: live(), discovery: { version: () => Promise.resolve('v1beta2') } } as never)
})

const OFFER = [{ name: 'vc', offer: { templates: [{ name: 'ubuntu-1.34', version: 'v1.34.3' }, { name: 'ubuntu-1.35', version: 'v1.35.2' }] } }]
const fields = (at: Record<string, unknown>) => ({ view: { code: 'invalid', fields: at } })

test('a pool’s version changes with an upgrade alone, up or down', async () => {
  identities = OFFER
  cluster = { ...cluster, identity: 'vc' }
  for (const version of ['v1.35.2', 'v1.34.1', 'v1.33.0']) {
    const wanted = input({ ...general, version, machine: { ...general.machine, template: 'ubuntu-1.35' } })
    await expect(changePool(ctx, wanted), version).rejects.toMatchObject(fields({ version: expect.stringContaining('is an upgrade') as string }))
  }
  expect([writes, await db.prisma.operation.count()]).toEqual([[], 0])
})

test('a new pool has the control plane’s version, also with a template that another pool uses', async () => {
  identities = OFFER
  cluster = { ...cluster, identity: 'vc', version: { current: 'v1.35.2', desired: 'v1.35.2' } }
  const add = (version: string, template: string) => addPool(ctx, { tenant: TENANT, cluster: 'blue-1', spec: { ...general, name: 'extra', version, machine: { ...general.machine, template }, size: { kind: 'fixed', replicas: 1 } } })
  await expect(add('v1.34.3', 'ubuntu-1.34')).rejects.toMatchObject(fields({ version: expect.stringContaining('control plane is at 1.35.2') as string }))
  await expect(add('v1.35.2', 'ubuntu-1.34')).rejects.toMatchObject(fields({ 'machine.template': expect.stringContaining('not offered') as string }))
  expect(writes).toEqual([])
  await add('v1.35.2', 'ubuntu-1.35')
  expect(there.get('MachineDeployment/blue-1-extra')?.spec).toMatchObject({ template: { spec: { version: 'v1.35.2' } } })
})

test('beside a control plane of another minor nothing is begun that needs a new machine; the rest is', async () => {
  cluster = { ...cluster, version: { current: 'v1.35.2', desired: 'v1.35.2' } }
  const held = expect.stringContaining('Upgrade the pool first.') as string
  await expect(changePool(ctx, input(bigger))).rejects.toMatchObject(fields({ version: held }))
  await expect(changePool(ctx, input({ ...general, size: { kind: 'fixed', replicas: 6 } }))).rejects.toMatchObject(fields({ version: held }))
  await expect(scalePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', replicas: 6 })).rejects.toMatchObject(fields({ replicas: held }))
  await expect(restartPool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: null })).rejects.toMatchObject({ view: { code: 'conflict', message: held } })
  expect([writes, client.patchScale.mock.calls]).toEqual([[], []])
  await scalePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', replicas: 4 })
  expect(client.patchScale).toHaveBeenCalledWith(TENANT, 'blue-1-general', 4)
  await changePool(ctx, input({ ...general, labels: { tier: 'db' } }))
  expect(writes).toEqual(['MachineDeployment/blue-1-general'])
})

test('the form of a new pool begins at the control plane’s version with a template of it', async () => {
  identities = OFFER
  cluster = { ...cluster, identity: 'vc', version: { current: 'v1.35.2', desired: 'v1.35.2' } }
  const { spec, templates } = await newPoolPageData(ctx, 'blue-1')
  expect([spec.version, spec.machine.template, templates]).toEqual(['v1.35.2', 'ubuntu-1.35', ['ubuntu-1.35']])
})

test('a pool that another tool made is not restarted: the portal would own its fields', async () => {
  const { deployment: own } = made()
  const by = (manager: string) => ({ manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': { 'f:version': {} } } } } })
  there.set(nameOf(own), { ...deployment(), metadata: { ...deployment().metadata, labels: { 'app.kubernetes.io/managed-by': 'Helm' }, managedFields: [by('helm')] } as KubeObject['metadata'] })
  await expect(restartPool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', uid: null })).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Version (helm)') as string } })
  expect(writes).toEqual([])
})

test('more machines than the pod network has parts for, and a largest size beyond the addresses, are warned of in the review', async () => {
  cluster = { ...cluster, networks: { pods: ['10.244.0.0/22'], services: [] }, machines: { desired: 3, ready: 3, total: 3 }, pools: [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.34.3', desired: 3 }] }
  const warned = (words: string) => ({ addresses: { role: 'warn', words: expect.stringContaining(words) as string } })
  expect(await reviewChange(ctx, input({ ...general, size: { kind: 'fixed', replicas: 7 } }))).toMatchObject(warned('The pod network 10.244.0.0/22 has room for 4 machines, a /24 each: 3 are asked for, and this can take 2 more.'))
  expect(await reviewChange(ctx, input({ ...general, size: { kind: 'autoscaled', min: 1, max: 30 } }))).toMatchObject(warned('At its largest size it takes 25 more'))
  expect(await reviewChange(ctx, input({ ...general, labels: { tier: 'db' } }))).toMatchObject({ addresses: { role: 'ok' } })
})

test('machines of a pool that is stuck on another network take no address from this one', async () => {
  const pools = [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.34.3', desired: 0 }, { name: 'stuck', machineDeployment: 'blue-1-stuck', version: 'v1.34.3', desired: 16, addressPools: ['far'] }]
  cluster = { ...cluster, pools, machines: { desired: 16, ready: 0, total: 16 } }
  await scalePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', replicas: 9 })
  expect(client.patchScale).toHaveBeenCalledWith(TENANT, 'blue-1-general', 9)
  await expect(scalePool(ctx, { tenant: TENANT, cluster: 'blue-1', pool: 'general', replicas: 17 })).rejects.toMatchObject(fields({ replicas: expect.stringContaining('at most 16 machines fit in general') as string }))
})
