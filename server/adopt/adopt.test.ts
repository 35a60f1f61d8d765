import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { MANAGED_BY_LABEL } from '@/lib/manifests/labels'
import { made } from '@/lib/node-pool/fixtures'
import { adoptCluster } from '@/server/adopt/adopt'
import { reviewAdoption } from '@/server/adopt/review'
import { openInMemory, type Database } from '@/server/db/client'
import { expireLeases } from '@/server/db/operations'
import { away, failure } from '@/server/failure'
import { nameOf } from '@/server/operations/apply'
import { resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const HELM = { manager: 'helm', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { [`f:${MANAGED_BY_LABEL}`]: {} } }, 'f:spec': {} } }
const OURS = { manager: 'tenantry', operation: 'Apply', fieldsV1: {} }

let db: Database
let there: Map<string, KubeObject>
let writes: string[]
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), patch: vi.fn() }
const note = vi.fn()
const view = { uid: 'uid-Cluster/blue-1', name: 'blue-1', deletingSince: null, machines: { total: 5 } }
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'team-blue',
  state: () => ({}), health: () => ({ state: 'live' }), cluster: (name: string) => (name === 'blue-1' ? view : null),
} as unknown as TenantContext
const input = { tenant: 'team-blue', cluster: 'blue-1', uid: view.uid }

const managers = (object: KubeObject): readonly string[] => ((object.metadata as { managedFields?: readonly { manager: string }[] }).managedFields ?? []).map(({ manager }) => manager)
const conflict = () => failure('conflict', 'others own fields')
/** As the API server does it, as far as it matters here. */
function apply(object: KubeObject): KubeObject {
  const live = there.get(nameOf(object)) ?? expect.fail()
  const wanted = object.metadata.labels?.[MANAGED_BY_LABEL]
  if (wanted !== undefined && wanted !== live.metadata.labels?.[MANAGED_BY_LABEL] && managers(live).includes('helm')) throw conflict()
  const managedFields = managers(live).includes('tenantry') ? (live.metadata as { managedFields?: unknown }).managedFields : [...((live.metadata as { managedFields?: readonly unknown[] }).managedFields ?? []), OURS]
  const after = { ...live, metadata: { ...live.metadata, labels: { ...live.metadata.labels, ...object.metadata.labels }, managedFields } as KubeObject['metadata'] }
  there.set(nameOf(object), after)
  return after
}
const operations = () => db.prisma.operation.findMany({ where: { kind: 'adopt' } })

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  await db.prisma.session.deleteMany()
  await db.prisma.session.create({ data: { id: 's', user: 'ada', name: '', email: '', groups: [], expiresAt: new Date(Date.now() + 3_600_000) } })
  const { deployment, machineTemplates, bootstrapTemplates } = made()
  const cluster: KubeObject = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'blue-1', namespace: 'team-blue' }, spec: { controlPlaneRef: { kind: 'KamajiControlPlane', name: 'blue-1' }, infrastructureRef: { kind: 'VSphereCluster', name: 'blue-1' } } }
  const helms = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, uid: `uid-${nameOf(object)}`, resourceVersion: '1', labels: { ...object.metadata.labels, 'cluster.x-k8s.io/cluster-name': 'blue-1', [MANAGED_BY_LABEL]: 'Helm' }, managedFields: [HELM] } as KubeObject['metadata'] })
  there = new Map([cluster, deployment, ...machineTemplates, ...bootstrapTemplates].map((object) => [nameOf(object), helms(object)]))
  writes = []
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.list.mockImplementation((kind: string, _: string, selector?: string) => Promise.resolve(selector?.startsWith('!') ? [] : [...there.values()].filter((object) => object.kind === kind)))
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve(there.get(nameOf(object))))
  client.apply.mockImplementation(async (object: KubeObject) => (writes.push(nameOf(object)), apply(object)))
  client.patch.mockImplementation(async (kind: string, _: string, name: string, { metadata }: { metadata: { managedFields: unknown } }) => {
    writes.push(`let go of ${kind}/${name}`)
    const live = there.get(`${kind}/${name}`) ?? expect.fail()
    there.set(`${kind}/${name}`, { ...live, metadata: { ...live.metadata, managedFields: metadata.managedFields } as KubeObject['metadata'] })
  })
  const live = { tenantUid: () => 'n', note, access: { allows: () => Promise.resolve(true) }, cluster: (_: string, name: string) => ctx.cluster(name), health: () => ({ state: 'live' }), state: () => ({}) }
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live, discovery: { version: () => Promise.resolve('v1beta2') } } as never)
})

test('the review writes nothing; the act makes every object the portal’s, the Cluster last, against a controller that writes meanwhile', async () => {
  expect(await reviewAdoption(ctx, 'blue-1')).toMatchObject({ reasons: [], dryRun: true, origin: { tool: 'Helm' }, machines: 5 })
  expect(writes).toEqual([])
  client.patch.mockRejectedValueOnce(conflict())
  await adoptCluster(ctx, input)
  for (const object of there.values()) {
    expect(managers(object), nameOf(object)).toEqual(['tenantry'])
    expect(object.metadata.labels?.[MANAGED_BY_LABEL]).toBe('tenantry')
  }
  expect(writes.at(-1)).toBe('Cluster/blue-1')
  expect(await operations()).toMatchObject([{ state: 'done' }])
  expect(note).toHaveBeenCalledWith(expect.objectContaining({ text: 'Taken over from Helm; no machine was replaced' }))
  writes = []
  await adoptCluster(ctx, input)
  expect(writes, 'it is the portal’s own by now').toEqual([])
})

test('what a dry run would change is a reason, and nothing is written', async () => {
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve({ ...there.get(nameOf(object)), ...(object.kind === 'MachineDeployment' ? { spec: { replicas: 1 } } : {}) }))
  await expect(adoptCluster(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('MachineDeployment blue-1-general would not stay as it is') as string } })
  expect([writes, await operations()]).toEqual([[], []])
})

test('one whose replica died goes on from there; finished, with its person gone, it is done', async () => {
  client.patch.mockImplementationOnce(() => Promise.reject(away()))
  await expect(adoptCluster(ctx, input)).rejects.toMatchObject({ view: { code: 'management-away' } })
  const again = async () => {
    await db.prisma.operation.updateMany({ data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
    await expireLeases(db)
    await resumeExpired(new AbortController().signal)
    return (await operations()).map(({ state, error }) => [state, error])
  }
  expect(await again()).toEqual([['done', null]])
  expect([...there.values()].flatMap(managers)).not.toContain('helm')
  await db.prisma.session.deleteMany()
  expect(await again()).toEqual([['done', null]])
})
