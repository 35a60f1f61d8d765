import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedBy, general, made } from '@/lib/node-pool/fixtures'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { openInMemory, type Database } from '@/server/db/client'
import { failure } from '@/server/failure'
import { addPool } from '@/server/node-pools/add'
import { changePool } from '@/server/node-pools/change'
import { restartPool } from '@/server/node-pools/restart'
import { nameOf } from '@/server/operations/apply'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const UID = 'uid-MachineDeployment/blue-1-general'
let db: Database
let there: Map<string, KubeObject>
let versions = 0
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn() }
const cluster = {
  uid: 'c-uid', name: 'blue-1', identity: null, deletingSince: null, machines: { desired: 5, ready: 5, total: 5 }, version: { current: 'v1.34.3', desired: 'v1.34.3' }, controlPlane: { state: { role: 'ok', word: 'Ready', condition: null } },
  pools: [{ name: 'general', machineDeployment: 'blue-1-general', version: 'v1.34.3', desired: 5 }], addresses: { kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 0, free: 16 }, networks: { pods: ['10.244.0.0/16'], services: [] },
}
const live = { tenantUid: () => 'n', note: vi.fn(), identities: () => [], zones: () => [], sharedPools: () => [], cluster: () => cluster, health: () => ({ state: 'live' }), state: () => ({ clusters: { u: cluster }, machines: {} }) }
const ctx = { session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'team-blue', state: live.state, health: live.health, cluster: live.cluster } as unknown as TenantContext

const put = (object: KubeObject): KubeObject => {
  const before = there.get(nameOf(object))?.metadata
  // What is applied is the portal's from then on.
  const metadata = { ...before, ...object.metadata, managedFields: undefined, uid: `uid-${nameOf(object)}`, resourceVersion: String(++versions), creationTimestamp: new Date().toISOString() }
  const whole = appliedBy({ ...object, metadata })
  there.set(nameOf(object), whole)
  return whole
}
const all = (kind: string) => [...there.values()].filter((object) => object.kind === kind)
const deployment = () => there.get('MachineDeployment/blue-1-general') ?? expect.fail('no deployment')
const machine = () => readPool({ deployment: deployment(), machineTemplates: all('VSphereMachineTemplate'), bootstrapTemplates: all('KubeadmConfigTemplate'), healthChecks: all('MachineHealthCheck') }).spec.machine
const change = (machineChange: Partial<PoolSpec['machine']>) => changePool(ctx, { tenant: 'team-blue', cluster: 'blue-1', pool: 'general', uid: UID, seen: general, spec: { ...general, machine: { ...general.machine, ...machineChange } } })

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  there = new Map()
  const { deployment: own, machineTemplates, bootstrapTemplates, healthChecks } = made()
  for (const object of [own, ...machineTemplates, ...bootstrapTemplates, ...healthChecks]) put(object)
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.list.mockImplementation((kind: string) => Promise.resolve(all(kind)))
  client.apply.mockImplementation((object: KubeObject) => {
    const { resourceVersion } = object.metadata
    if (resourceVersion !== undefined && resourceVersion !== there.get(nameOf(object))?.metadata.resourceVersion) return Promise.reject(failure('conflict', 'It changed meanwhile.'))
    return Promise.resolve(put(object))
  })
  // Both have read and dry-run before either writes.
  let people = 2
  const both = Promise.withResolvers<void>()
  client.dryRunApply.mockImplementation(async (object: KubeObject) => {
    if (object.kind === 'MachineDeployment' && --people === 0) both.resolve()
    await both.promise
    return object
  })
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live, discovery: { version: () => Promise.resolve('v1beta2') } } as never)
})

test.each([
  ['two changes', () => change({ cpus: 8 }), (first: boolean) => ({ memoryMiB: first ? 16384 : 8192, cpus: first ? 4 : 8 })],
  ['a change and a restart', () => restartPool(ctx, { tenant: 'team-blue', cluster: 'blue-1', pool: 'general', uid: UID }), (first: boolean) => ({ memoryMiB: first ? 16384 : 8192, cpus: 4 })],
])('of %s at the same moment one is done, and the other is a conflict instead of undoing it', async (_, other, after) => {
  const asked = await Promise.allSettled([change({ memoryMiB: 16384 }), other()])
  expect(asked.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { view: { message: expect.stringContaining('by somebody else at this very moment') as string } } }])
  expect(machine()).toMatchObject(after(asked[0]?.status === 'fulfilled'))
})

test.each([['at the same moment', 0], ['a moment later', 1_500]])('of two pools of one name, the other one asked for %s, one is made and the other refused at its name', async (_, later) => {
  const add = (replicas: number) => addPool(ctx, { tenant: 'team-blue', cluster: 'blue-1', spec: { ...general, name: 'extra', size: { kind: 'fixed', replicas } } })
  // Both find the name free before either writes.
  let looks = 0
  const both = Promise.withResolvers<void>()
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  client.get.mockImplementation(async (kind: string, _: string, name: string) => {
    if (name !== 'blue-1-extra' || kind !== 'MachineDeployment' || ++looks > 2) return there.get(`${kind}/${name}`) ?? null
    if (looks === 1) return both.promise.then(() => null)
    both.resolve()
    return new Promise((answer) => setTimeout(() => answer(null), later))
  })
  // A write takes a while, so that at the same moment both have begun.
  client.apply.mockImplementation((object: KubeObject) => new Promise((answer) => setTimeout(() => answer(put(object)), 100)))
  const asked = await Promise.allSettled([add(1), add(2)])
  const made = there.get('MachineDeployment/blue-1-extra')
  expect(asked.map(({ status }) => status)).toEqual(made?.spec?.['replicas'] === 1 ? ['fulfilled', 'rejected'] : ['rejected', 'fulfilled'])
  expect(asked.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { view: { code: 'name-taken', fields: { name: expect.any(String) as string } } } }])
})
