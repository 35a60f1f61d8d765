import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import { readPlane } from '@/lib/control-plane/read'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cluster as clusterObject, controlPlane as controlPlaneObject } from '@/lib/manifests/cluster-objects'
import { appliedBy } from '@/lib/node-pool/fixtures'
import { changeControlPlane } from '@/server/control-plane/change'
import { planePageData } from '@/server/control-plane/page'
import { reviewControlPlane } from '@/server/control-plane/review'
import { openInMemory, type Database } from '@/server/db/client'
import { away, failure } from '@/server/failure'
import { nameOf } from '@/server/operations/apply'
import { resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const TENANT = 'team-blue'
const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'u', version: 'v1.34.3' }] }
let db: Database
let there: Map<string, KubeObject>
let writes: string[]
let versions = 0
const client = { get: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn() }
const note = vi.fn()
const cluster = { uid: 'c-uid', name: 'blue-1', deletingSince: null, endpoint: { host: '10.40.12.21', port: 6443 }, networks: { pods: [], services: [] }, pools: [], machines: {} }
const live = () => ({ tenantUid: () => 'n', note, identities: () => [], zones: () => [], sharedPools: () => [], cluster: () => cluster, health: () => ({ state: 'live' }), state: () => ({ clusters: { u: cluster }, machines: {} }) })
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: TENANT,
  state: () => live().state(), health: () => live().health(), cluster: (name: string) => (name === 'blue-1' ? cluster : null),
} as unknown as TenantContext

/** As the API server would have it: what the last apply had and this one has not is gone. */
const put = (object: KubeObject): KubeObject => {
  const whole = appliedBy({ ...object, metadata: { ...object.metadata, uid: object.kind === 'Cluster' ? cluster.uid : `uid-${nameOf(object)}`, resourceVersion: String(++versions) } })
  there.set(nameOf(object), whole)
  return whole
}
const plane = () => there.get('KamajiControlPlane/blue-1') ?? expect.fail('no control plane')
const now = () => readPlane({ controlPlane: plane(), cluster: there.get('Cluster/blue-1') ?? expect.fail('no cluster') })
const input = (change: Partial<PlaneSpec['controlPlane']['advanced']>, replicas = 3, seen = now()) => ({
  tenant: TENANT, cluster: 'blue-1', uid: 'uid-KamajiControlPlane/blue-1', seen, spec: { controlPlane: { replicas, advanced: { ...seen.controlPlane.advanced, ...change } } },
})
const operations = () => db.prisma.operation.findMany({ where: { kind: 'controlPlane' } })

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  await db.prisma.session.deleteMany()
  await db.prisma.session.create({ data: { id: 's', user: 'ada', name: '', email: '', groups: [], expiresAt: new Date(Date.now() + 3_600_000) } })
  there = new Map()
  const spec = { ...defaultSpec(offer, 'vc'), name: 'blue-1' }
  for (const object of [clusterObject(spec, { tenant: TENANT, offer, operationId: 'o' }), controlPlaneObject(spec, { tenant: TENANT, offer, operationId: 'o' })]) put(object)
  writes = []
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  client.apply.mockImplementation((object: KubeObject) => {
    const { resourceVersion } = object.metadata
    if (resourceVersion !== undefined && resourceVersion !== there.get(nameOf(object))?.metadata.resourceVersion) return Promise.reject(failure('conflict', 'It changed meanwhile.'))
    writes.push(nameOf(object))
    return Promise.resolve(put(object))
  })
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live: live() } as never)
})

test('a review dry-runs every object and writes nothing', async () => {
  const review = await reviewControlPlane(ctx, input({ labels: { cni: 'calico' }, certSANs: ['api.example.com'] }))
  expect(review.objects.map(({ kind }) => kind)).toEqual(['KamajiControlPlane', 'Cluster'])
  expect(review.objects[0]?.lines.filter(({ sign }) => sign === 'added').map(({ text }) => text.trim())).toContain('- api.example.com')
  expect(review.changes.map(({ words, effect }) => [words, effect])).toEqual([['Certificate names', 'pods'], ['Cluster labels', 'in-place']])
  expect([writes, await operations()]).toEqual([[], []])
})

test('the intent is written before the first object, and the timeline has it', async () => {
  client.apply.mockImplementationOnce(async (object: KubeObject) => {
    expect(await operations()).toMatchObject([{ state: 'running', missing: ['KamajiControlPlane/blue-1'] }])
    return put(object)
  })
  await changeControlPlane(ctx, input({}, 5))
  expect(now().controlPlane.replicas).toBe(5)
  expect(await operations()).toMatchObject([{ state: 'done', spec: { words: 'Replicas from 3 to 5' } }])
  expect(note).toHaveBeenCalledWith(expect.objectContaining({ text: 'Control plane: Replicas from 3 to 5', who: 'ada' }))
})

test('one that stopped between its objects is gone on with, and not over what somebody changed since', async () => {
  client.apply.mockImplementationOnce((object: KubeObject) => Promise.resolve(put(object))).mockImplementationOnce(() => Promise.reject(away()))
  await expect(changeControlPlane(ctx, input({ labels: { cni: 'calico' } }, 5))).rejects.toMatchObject({ view: { code: 'interrupted' } })
  const resumed = async () => {
    await db.prisma.operation.updateMany({ data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
    await resumeExpired(new AbortController().signal)
    return (await operations()).map(({ state, error }) => [state, error])
  }
  expect(await resumed()).toEqual([['done', null]])
  expect(now().controlPlane).toMatchObject({ replicas: 5, advanced: { labels: { cni: 'calico' } } })
  writes = []
  await db.prisma.session.deleteMany()
  expect(await resumed(), 'what is there already is done, though nobody may write any more').toEqual([['done', null]])
  put(withAt(plane(), ['spec', 'replicas'], 1))
  expect(await resumed()).toEqual([['failed', expect.stringContaining('Replicas was 3 and is 1 now')]])
  expect(writes).toEqual([])
})

test('an outdated page is a conflict, and so is a field of another tool', async () => {
  const outdated = input({}, 5)
  put(withAt(plane(), ['spec', 'replicas'], 2))
  await expect(changeControlPlane(ctx, outdated)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Replicas was 3 and is 2 now') } })
  const managedFields = [...((plane().metadata as { managedFields?: object[] }).managedFields ?? []), { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]
  there.set('KamajiControlPlane/blue-1', withAt(plane(), ['metadata', 'managedFields'], managedFields))
  await expect(changeControlPlane(ctx, input({}, 5))).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Replicas (kubectl)') } })
  expect((await planePageData(ctx, 'blue-1')).held).toEqual([{ path: 'controlPlane.replicas', words: 'Replicas', owners: ['kubectl'] }])
  expect(writes).toEqual([])
})

test('what an apply would not bring about is said instead of done', async () => {
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(withAt(object, ['spec', 'network', 'certSANs'], ['kept.example.com'])))
  await expect(changeControlPlane(ctx, input({}, 5))).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Certificate names (nobody says who)') } })
})

/** Both have read and dry-run before either writes. */
function together(people: number): void {
  const all = Promise.withResolvers<void>()
  client.dryRunApply.mockImplementation(async (object: KubeObject) => {
    if (--people === 0) all.resolve()
    await all.promise
    return object
  })
}

test('of two changes at the same moment one is done, and the other is a conflict instead of undoing it', async () => {
  together(2)
  const asked = await Promise.allSettled([changeControlPlane(ctx, input({}, 5)), changeControlPlane(ctx, input({ certSANs: ['api.example.com'] }))])
  expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { view: { code: 'conflict', message: expect.stringContaining('by somebody else at this very moment') as string } } })
  const { replicas, advanced } = now().controlPlane
  expect([[5, []], [3, ['api.example.com']]]).toContainEqual([replicas, advanced.certSANs])
  expect((await operations()).map(({ state }) => state).toSorted()).toEqual(['done', 'failed'])
})

test('status that a controller writes meanwhile is nobody’s change', async () => {
  client.dryRunApply.mockImplementation((object: KubeObject) => {
    const live = plane()
    there.set(nameOf(live), { ...live, metadata: { ...live.metadata, resourceVersion: String(++versions) }, status: { ready: true } })
    return Promise.resolve(object)
  })
  await changeControlPlane(ctx, input({}, 5))
  expect(now().controlPlane.replicas).toBe(5)
})

test('bad input is at its field', async () => {
  await expect(reviewControlPlane(ctx, input({ extraArgs: { apiServer: ['v=2'], controllerManager: [], scheduler: [] } }, 9))).rejects.toMatchObject({
    view: { code: 'invalid', fields: { 'controlPlane.replicas': expect.any(String), 'controlPlane.advanced.extraArgs.apiServer': expect.any(String) } },
  })
})
