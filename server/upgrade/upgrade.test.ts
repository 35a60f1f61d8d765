import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ADD_ON_LABEL, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { cluster as clusterObject, controlPlane } from '@/lib/manifests/cluster-objects'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { VSphereOffer } from '@/lib/identity/offer'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedBy, general, made } from '@/lib/node-pool/fixtures'
import { openInMemory, type Database } from '@/server/db/client'
import { expireLeases } from '@/server/db/operations'
import { upgradeStore } from '@/server/db/upgrades'
import { away, failure } from '@/server/failure'
import { nameOf } from '@/server/operations/apply'
import { resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'
import { continueUpgrade, pauseUpgrade, stopUpgrade } from '@/server/upgrade/hold'
import { reviewUpgrade, startUpgrade } from '@/server/upgrade/start'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const TENANT = 'team-blue'
const [OLD, NEW] = ['v1.34.3', 'v1.35.2']
const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'ubuntu-1.34', version: OLD }, { name: 'ubuntu-1.35', version: NEW }] }
let db: Database
let there: Map<string, KubeObject>
let writes: string[]
let plane: { desired: string; current: string; word: string; role: string; condition: object | null }
let deletingSince: string | null
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn(), patchScale: vi.fn() }
const portal = { apply: vi.fn(), signInOf: vi.fn() }
const note = vi.fn()

/** The live views, as the objects have them. */
const machines = () => ['a', 'b'].map((name) => ({ uid: name, name, cluster: 'blue-1', pool: 'general', version: machineVersion, upToDate: true, deletingSince: null, state: { word: 'Ready' }, address: name }))
let machineVersion: string
const cluster = () => ({
  uid: 'c-uid', name: 'blue-1', identity: 'vc-south', deletingSince, version: { desired: plane.desired, current: plane.current }, machines: { desired: 2, ready: 2, total: 2 },
  controlPlane: { state: { word: plane.word, role: plane.role, sentence: null, condition: plane.condition } },
  pools: [{ name: 'general', machineDeployment: 'blue-1-general', desired: 2, version: (deployment().spec as { template: { spec: { version: string } } }).template.spec.version, state: { word: 'Ready', role: 'ok', sentence: null } }],
  networks: { pods: ['10.244.0.0/16'], services: [] }, addresses: { kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 2, free },
})
let free: number
const live = () => ({
  tenantUid: () => 'n', note, lookAtUpgrades: () => undefined, identities: () => [{ name: 'vc-south', offer }], zones: () => [], sharedPools: () => [], cluster: (_: string, name: string) => (name === 'blue-1' ? cluster() : null), health: () => ({ state: 'live' }),
  state: () => ({ clusters: { u: cluster() }, machines: Object.fromEntries(machines().map((machine) => [machine.uid, machine])) }),
})
const person = (user: string) => ({
  session: { user, email: `${user}@x`, groups: [] }, identity: { user: `oidc:${user}`, groups: [] }, tenant: TENANT, state: () => live().state(), health: () => live().health(), cluster: (name: string) => (name === 'blue-1' ? cluster() : null),
}) as unknown as TenantContext
const ada = person('ada')
const signIn = (user: string) => db.prisma.session.create({ data: { id: user, user, name: '', email: '', groups: [], expiresAt: new Date(Date.now() + 3_600_000) } })

const put = (object: KubeObject): KubeObject => {
  const before = there.get(nameOf(object))
  const whole = { ...before, ...object, metadata: { ...before?.metadata, ...object.metadata, uid: before?.metadata.uid ?? `uid-${nameOf(object)}` } }
  there.set(nameOf(object), whole)
  return whole
}
const deployment = () => there.get('MachineDeployment/blue-1-general') ?? expect.fail('no deployment')
const row = () => db.prisma.operation.findFirstOrThrow({ where: { kind: 'upgrade' }, orderBy: { createdAt: 'desc' } })
const input = { tenant: TENANT, cluster: 'blue-1', uid: 'c-uid', from: OLD, version: NEW, pools: [{ name: 'general', template: 'ubuntu-1.35' }] }
const arrive = () => {
  plane = { desired: NEW, current: NEW, word: 'Ready', role: 'ok', condition: null }
  put({ ...(there.get('KamajiControlPlane/blue-1') as KubeObject), status: { version: NEW } })
}
const look = async () => {
  await db.prisma.operation.updateMany({ where: { state: 'running' }, data: { leaseUntil: new Date(0) } })
  await resumeExpired(new AbortController().signal)
}

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  for (const table of [db.prisma.operation, db.prisma.audit, db.prisma.session]) await (table as typeof db.prisma.operation).deleteMany()
  await signIn('ada')
  there = new Map()
  writes = []
  free = 14
  deletingSince = null
  machineVersion = OLD
  plane = { desired: OLD, current: OLD, word: 'Ready', role: 'ok', condition: null }
  const spec = { ...defaultSpec(offer, 'vc-south'), name: 'blue-1', version: OLD }
  const context = { tenant: TENANT, offer, operationId: 'o' }
  const own = made({ ...general, size: { kind: 'fixed', replicas: 2 }, version: OLD, machine: { ...general.machine, template: 'ubuntu-1.34' } })
  for (const object of [clusterObject(spec, context), appliedBy(controlPlane(spec, context)), own.deployment, ...own.machineTemplates, ...own.bootstrapTemplates]) put(object)
  put({ ...(there.get('KamajiControlPlane/blue-1') as KubeObject), status: { version: OLD } })
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.list.mockImplementation((kind: string) => Promise.resolve([...there.values()].filter((object) => object.kind === kind)))
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  client.apply.mockImplementation((object: KubeObject) => {
    writes.push(nameOf(object))
    if (object.kind === 'KamajiControlPlane') plane = { ...plane, desired: (object.spec as { version: string }).version, word: 'Upgrading', role: 'busy' }
    return Promise.resolve(put(object))
  })
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, own: portal, live: { ...live(), access: { allowsNow: () => Promise.resolve(true) } }, discovery: { version: () => Promise.resolve('v1beta2') } } as never)
})

test('a review dry-runs the control plane and the pool, and writes nothing', async () => {
  expect(await reviewUpgrade(ada, input)).toMatchObject({ from: OLD, to: NEW, steps: [{ id: 'control-plane' }, { id: 'pool/general', machines: 2 }], stays: [], machinesReplaced: 2, addresses: { needed: 1, role: 'ok' } })
  expect(client.dryRunApply.mock.calls.map(([object]) => nameOf(object as KubeObject))).toEqual(['KamajiControlPlane/blue-1', expect.stringContaining('VSphereMachineTemplate/'), 'MachineDeployment/blue-1-general'])
  expect((await reviewUpgrade(ada, input)).objects.map(({ kind, what }) => `${kind} ${what}`)).toEqual(['KamajiControlPlane changed', 'VSphereMachineTemplate new', 'MachineDeployment changed'])
  expect(await reviewUpgrade(ada, { ...input, pools: [] })).toMatchObject({ machinesReplaced: 0, stays: [{ pool: 'general', version: OLD, words: expect.stringContaining('it cannot grow') as string }] })
  expect([writes, await db.prisma.operation.count()]).toEqual([[], 0])
})

test('the control plane first, then the pool with version and template in one change; each look does what can be done', async () => {
  await startUpgrade(ada, input)
  expect(writes).toEqual(['KamajiControlPlane/blue-1'])
  expect(client.apply.mock.calls[0]?.[0]).toMatchObject({ spec: { version: NEW, replicas: 3, addons: { konnectivity: {} } } })
  expect(await row()).toMatchObject({ state: 'running', holder: null, applied: [], missing: ['control-plane', 'pool/general'], attempts: 0, error: null })
  await look()
  expect(writes, 'nothing twice').toHaveLength(1)
  arrive()
  await look()
  expect(writes.slice(1)).toEqual([expect.stringContaining('VSphereMachineTemplate/'), 'MachineDeployment/blue-1-general'])
  expect(deployment()).toMatchObject({ spec: { template: { spec: { version: NEW } } } })
  expect(await row()).toMatchObject({ state: 'running', applied: ['control-plane'], missing: ['pool/general'] })
  machineVersion = NEW
  await look()
  expect(await row()).toMatchObject({ state: 'done', applied: ['control-plane', 'pool/general'], missing: [], error: null })
  expect(writes).toHaveLength(3)
  expect(note.mock.calls.map(([entry]) => (entry as { text: string }).text)).toEqual([
    'The upgrade from 1.34.3 to 1.35.2 was asked for', 'Control plane goes to 1.35.2', 'Control plane is at 1.35.2', 'Pool general goes to 1.35.2', 'Pool general is at 1.35.2',
  ])
  expect(await upgradeStore(db).latest(['c-uid'])).toMatchObject([{ kind: 'upgrade', uid: 'c-uid', state: 'done', steps: [{ done: true }, { done: true }] }])
  expect(await upgradeStore(db).open()).toEqual([])
})

test('killed in the middle of a step, the next one goes on from what is there', async () => {
  client.apply.mockImplementationOnce((object: KubeObject) => {
    put(object)
    writes.push(nameOf(object))
    throw new Error('kill -9')
  })
  await expect(startUpgrade(ada, input)).rejects.toThrow('kill -9')
  // As its dead holder left it.
  await db.prisma.operation.updateMany({ data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
  plane = { ...plane, desired: NEW, word: 'Upgrading', role: 'busy' }
  await expireLeases(db)
  await resumeExpired(new AbortController().signal)
  expect(writes).toEqual(['KamajiControlPlane/blue-1'])
  expect(await row()).toMatchObject({ state: 'running', error: null })
})

test.each([
  ['two minors at once', { version: 'v1.36.0' }, { code: 'invalid', fields: { version: expect.stringContaining('one at a time') as string } }],
  ['a downgrade', { version: 'v1.33.1' }, { code: 'invalid', fields: { version: expect.stringContaining('downgraded') as string } }],
  ['a typo', { version: '1.35.O' }, { code: 'invalid', fields: { version: expect.stringContaining('in digits') as string } }],
  ['a template of another version', { pools: [{ name: 'general', template: 'ubuntu-1.34' }] }, { code: 'invalid', fields: { 'pools.general': expect.stringContaining('not offered') as string } }],
  ['another cluster of the name', { uid: 'other' }, { code: 'conflict' }],
  ['a page of yesterday', { from: 'v1.33.0' }, { code: 'conflict' }],
])('%s is refused by the action itself, before anything is written', async (_, change, view) => {
  await expect(startUpgrade(ada, { ...input, ...change })).rejects.toMatchObject({ view })
  expect([writes, await db.prisma.operation.count()]).toEqual([[], 0])
})

test('a version that another tool set is left to it', async () => {
  const object = there.get('KamajiControlPlane/blue-1') as KubeObject
  there.set('KamajiControlPlane/blue-1', appliedBy({ ...object, metadata: { name: 'blue-1', namespace: TENANT } }, 'helm', 'Update'))
  await expect(startUpgrade(ada, input)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('helm') as string } })
  expect(writes).toEqual([])
})

test('paused, nothing begins; another admin goes on with it and is its person from then on', async () => {
  const { operationId } = await startUpgrade(ada, input)
  await pauseUpgrade(ada, { tenant: TENANT, operationId })
  arrive()
  await look()
  expect([writes.length, await row()]).toMatchObject([1, { state: 'interrupted', error: 'Paused by ada@x.' }])
  await expect(startUpgrade(ada, { ...input, from: NEW, version: NEW })).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('under way or paused') as string } })
  await signIn('bob')
  await continueUpgrade(person('bob'), { tenant: TENANT, operationId })
  expect(await row()).toMatchObject({ state: 'running', who: 'bob', applied: ['control-plane'], error: null })
  expect(deployment()).toMatchObject({ spec: { template: { spec: { version: NEW } } } })
  await expect(continueUpgrade(ada, { tenant: TENANT, operationId })).rejects.toMatchObject({ view: { code: 'conflict' } })
})

test('paused while its next step is being prepared, that step is not written', async () => {
  await startUpgrade(ada, input)
  arrive()
  writes = []
  client.dryRunApply.mockImplementation(async (object: KubeObject) => {
    if (object.kind === 'MachineDeployment') await pauseUpgrade(person('bea'), { tenant: TENANT, operationId: (await row()).id })
    return object
  })
  await look()
  expect([writes, (await row()).state]).toEqual([[], 'interrupted'])
})

test('without its person what is under way is seen to its end, and the next step waits for somebody', async () => {
  await startUpgrade(ada, input)
  await db.prisma.session.updateMany({ data: { revokedAt: new Date() } })
  await look()
  expect(await row()).toMatchObject({ state: 'running' })
  arrive()
  await look()
  expect(await row()).toMatchObject({ state: 'interrupted', applied: ['control-plane'], error: expect.stringContaining('not signed in') as string })
  expect(writes).toEqual(['KamajiControlPlane/blue-1'])
})

test('an upgrade of hours goes on; one at which nobody looked for long waits', async () => {
  await startUpgrade(ada, input)
  await db.prisma.operation.updateMany({ data: { createdAt: new Date(Date.now() - 5 * 3_600_000) } })
  arrive()
  await look()
  expect(writes).toHaveLength(3)
  await db.prisma.$executeRaw`UPDATE "Operation" SET "updatedAt" = "updatedAt" - interval '1 hour', "applied" = '{}'`
  plane = { ...plane, desired: OLD, current: OLD }
  there.set('KamajiControlPlane/blue-1', { ...(there.get('KamajiControlPlane/blue-1') as KubeObject), spec: { version: OLD } })
  await db.prisma.$executeRaw`UPDATE "Operation" SET "leaseUntil" = 'epoch' WHERE "kind" = 'upgrade'`
  await resumeExpired(new AbortController().signal)
  expect(await row()).toMatchObject({ state: 'interrupted', error: expect.stringContaining('No portal ran') as string })
})

test('without a free address the pool waits and says so; once there is one it goes on', async () => {
  await startUpgrade(ada, input)
  arrive()
  free = 0
  await look()
  expect(await row()).toMatchObject({ state: 'running', applied: ['control-plane'], error: expect.stringContaining('Pool general: It needs 1 address more') as string })
  free = 3
  await look()
  expect(await row()).toMatchObject({ state: 'running', error: null })
  expect(writes).toHaveLength(3)
})

test('what a person must decide waits for them with the reason: a refusal, or another version set meanwhile', async () => {
  await startUpgrade(ada, input)
  arrive()
  client.apply.mockRejectedValueOnce(failure('forbidden', 'You may not.'))
  await look()
  expect(await row()).toMatchObject({ state: 'interrupted', error: 'You may not.' })
  expect(note).toHaveBeenLastCalledWith(expect.objectContaining({ role: 'warn', text: expect.stringContaining('waits for somebody to go on with it: You may not.') as string }))
})

test('somebody’s change at the same moment is not overwritten, and the next look goes on from it', async () => {
  const drain = ['spec', 'template', 'spec', 'deletion', 'nodeDrainTimeoutSeconds']
  await startUpgrade(ada, input)
  arrive()
  client.apply.mockImplementationOnce((object: KubeObject) => Promise.resolve(put(object))).mockImplementationOnce(() => {
    put(appliedBy(withAt(deployment(), drain, 77)))
    return Promise.reject(failure('conflict', 'It changed meanwhile.'))
  })
  await look()
  expect(await row()).toMatchObject({ state: 'running', error: expect.stringContaining('by somebody else at this very moment') as string })
  await look()
  expect(deployment()).toMatchObject({ spec: { template: { spec: { version: NEW, deletion: { nodeDrainTimeoutSeconds: 77 } } } } })
  expect(await row()).toMatchObject({ state: 'running', error: null })
})

test('add-ons whose sign-in is gone pause it with that reason, and go on when somebody continues', async () => {
  const metadata = { name: 'blue-1-vsphere-cloud-controller-manager', labels: { [ADD_ON_LABEL]: 'cpi' }, annotations: { [SETTINGS_ANNOTATION]: JSON.stringify({ name: 'cpi', region: '', zone: '', version: '' }) } }
  put({ apiVersion: 'apps/v1', kind: 'Deployment', metadata })
  portal.signInOf.mockRejectedValue(failure('not-ready', 'its Secret is gone'))
  const { operationId } = await startUpgrade(ada, input)
  arrive()
  await look()
  expect(await row()).toMatchObject({ state: 'interrupted', applied: ['control-plane'], missing: ['add-ons', 'pool/general'], error: 'its Secret is gone' })
  portal.signInOf.mockResolvedValue({ username: 'svc', password: 'p', version: 's/1' })
  await continueUpgrade(ada, { tenant: TENANT, operationId })
  expect(await row()).toMatchObject({ state: 'running', applied: ['control-plane', 'add-ons'], error: null })
})

test('a management cluster that is away puts it off, and the good looks afterwards count anew', async () => {
  await startUpgrade(ada, input)
  arrive()
  client.apply.mockRejectedValueOnce(away())
  await look()
  expect(await row()).toMatchObject({ state: 'running', attempts: 1, error: expect.stringContaining('does not answer') as string })
  await look()
  expect(await row()).toMatchObject({ state: 'running', attempts: 0, error: null })
})

test('a cluster that is deleted ends it', async () => {
  await startUpgrade(ada, input)
  deletingSince = new Date().toISOString()
  await look()
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringContaining('deleted') as string })
})

test('a version that Kamaji refuses is taken back out of the spec when the upgrade is stopped', async () => {
  const { operationId } = await startUpgrade(ada, input)
  plane = { desired: NEW, current: OLD, word: 'Not ready', role: 'warn', condition: { type: 'TenantControlPlaneCreated' } }
  await look()
  expect(await row()).toMatchObject({ state: 'running' })
  await stopUpgrade(ada, { tenant: TENANT, operationId })
  expect(there.get('KamajiControlPlane/blue-1')).toMatchObject({ spec: { version: OLD } })
  expect(await row()).toMatchObject({ state: 'failed', error: 'Stopped by ada@x.' })
  await look()
  expect(writes).toEqual(['KamajiControlPlane/blue-1', 'KamajiControlPlane/blue-1'])
})
