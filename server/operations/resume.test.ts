import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { defaultAddOns } from '@/lib/addons/spec'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { renderCluster } from '@/lib/manifests/render'
import { hashOf } from '@/server/clusters/create'
import { openInMemory, type Database } from '@/server/db/client'
import { expireLeases, findOperation, insertOperation, renewLease, type NewOperation } from '@/server/db/operations'
import { away, failure } from '@/server/failure'
import { nameOf } from '@/server/operations/apply'
import { endingFor, MAX_ATTEMPTS, resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: ['team-blue'], LOG_LEVEL: 'silent' }) }))

const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'ubuntu-1.35', version: 'v1.35.2' }] }
const all = defaultAddOns()
const addOns = { ...all, cpi: { ...all.cpi, enabled: false }, csi: { ...all.csi, enabled: false } }
const spec = { ...defaultSpec(offer, 'vc-south'), name: 'c', addresses: { kind: 'dhcp' as const }, addOns }
const objects = renderCluster(spec, { tenant: 'blue', offer, operationId: '1' })
const create: NewOperation = { id: '1', tenant: 'blue', cluster: 'c', clusterUid: null, kind: 'create', who: 'ada', groups: ['team-blue', 'left-since'], hash: hashOf(objects), spec, missing: objects.map(nameOf) }
const scale: NewOperation = { ...create, kind: 'scale', clusterUid: 'u', missing: [], spec: { pool: 'general', machineDeployment: 'c-general', from: 1, to: 3 } }
const deletion: NewOperation = { ...create, kind: 'delete', clusterUid: 'u', hash: 'u', missing: [], spec: {} }

let db: Database
/** The objects of the management cluster by `Kind/name`, and what was written to it. */
let there: Map<string, KubeObject>
let writes: string[]
let clusters: Record<string, object>
let draining: boolean
const client = { get: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn(), patchScale: vi.fn() }
const asUser = vi.fn(() => client)
const note = vi.fn()
const identities = vi.fn()

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  await db.prisma.audit.deleteMany()
  await db.prisma.session.deleteMany()
  await signIn()
  there = new Map()
  writes = []
  clusters = {}
  draining = false
  identities.mockReturnValue([{ name: 'vc-south', offer }])
  client.get.mockImplementation((kind: string, _: string, name: string) => Promise.resolve(there.get(`${kind}/${name}`) ?? null))
  client.apply.mockImplementation((object: KubeObject) => {
    const made = { ...object, metadata: { ...object.metadata, uid: 'u' } }
    there.set(nameOf(object), made)
    writes.push(nameOf(object))
    return Promise.resolve(made)
  })
  asUser.mockReturnValue(client)
  const live = { tenantUid: () => 'n', note, identities, leftBehind: () => [], tenants: () => [], state: () => ({ machines: {} }), cluster: (_: string, name: string) => Object.values(clusters).find((cluster) => (cluster as { name?: string }).name === name) ?? null }
  setRuntime({ db, acts: new Set(), draining: () => draining, asUser, live, system: { readDatastoreSecret: () => Promise.resolve(null) } } as never)
})

const signIn = (more: { groups?: string[]; expiresAt?: Date; revokedAt?: Date; user?: string } = {}) =>
  db.prisma.session.create({ data: { id: crypto.randomUUID(), user: 'ada', name: '', email: '', groups: ['team-blue', 'more'], expiresAt: new Date(Date.now() + 3_600_000), ...more } })

/** As its dead holder left it. */
async function left(row: NewOperation, more: { applied?: string[]; attempts?: number } = {}): Promise<void> {
  await insertOperation(db, row, 'dead')
  await renewLease(db, { id: row.id, holder: 'dead' })
  await db.prisma.operation.update({ where: { id: row.id }, data: more })
  await expireLeases(db)
}
const resume = () => resumeExpired(new AbortController().signal)
const row = () => findOperation(db, '1', 'blue')
const deployment = (replicas: number) => there.set('MachineDeployment/c-general', { apiVersion: '', kind: 'MachineDeployment', metadata: { name: 'c-general', resourceVersion: '7' }, spec: { replicas } })
const ours = (metadata: object = {}) => there.set('Cluster/c', { apiVersion: '', kind: 'Cluster', metadata: { name: 'c', uid: 'u', annotations: { 'tenantry.dev/operation': '1' }, ...metadata } })

test('a create goes on from the beginning as the person who asked, without groups they may no longer use; audited and told once', async () => {
  await left(create, { applied: ['Cluster/c'] })
  ours()
  await resume()
  expect(asUser).toHaveBeenCalledWith({ user: 'oidc:ada', groups: ['oidc:team-blue'] })
  expect(writes).toEqual(objects.map(nameOf))
  expect(await row()).toMatchObject({ state: 'done', applied: objects.map(nameOf), missing: [], clusterUid: 'u', attempts: 2, holder: null })
  expect(await db.prisma.audit.findMany()).toMatchObject([{ who: 'ada', tenant: 'blue', action: 'resume', object: 'Cluster/c', allowed: true, code: 'ok' }])
  expect(note).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ key: '1:asked', who: 'ada', text: 'c was asked for' }))
})

test('a create of which nothing was written yet begins', async () => {
  await left(create)
  await resume()
  expect(writes).toEqual(objects.map(nameOf))
})

test('another cluster of that name is never taken over', async () => {
  await left(create)
  ours({ annotations: { 'tenantry.dev/operation': 'other' } })
  await resume()
  expect(writes).toEqual([])
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringContaining('taken by another cluster') as string })
})

test.each([
  ['deleted since', () => undefined],
  ['being deleted', () => ours({ deletionTimestamp: 'now' })],
  ['offered no more', () => { ours(); identities.mockReturnValue([]) }],
  ['offered otherwise', () => { ours(); identities.mockReturnValue([{ name: 'vc-south', offer: { ...offer, server: 'other-vc' } }]) }],
  ['refused by the dry run', () => { ours(); client.dryRunApply.mockRejectedValue(failure('refused', 'A webhook says no.')) }],
])('a create that began and is %s is left to the person, with the reason, and nothing is written', async (_, arrange) => {
  await left(create, { applied: ['Cluster/c'] })
  arrange()
  await resume()
  expect(writes).toEqual([])
  expect(await row()).toMatchObject({ state: 'interrupted', error: expect.stringMatching(/deleted|offered|webhook/) as string, applied: ['Cluster/c'], holder: null })
  expect(note).not.toHaveBeenCalled()
})

test('a create that is refused before anything exists has failed; its name is free', async () => {
  await left(create)
  client.dryRunApply.mockRejectedValue(failure('forbidden', 'You may not.'))
  await resume()
  expect(await row()).toMatchObject({ state: 'failed', error: 'You may not.' })
  expect(await db.prisma.audit.findMany()).toMatchObject([{ action: 'resume', allowed: false, code: 'forbidden' }])
})

test('a management cluster that goes away puts it off, five times in all; then the person decides', async () => {
  await left(create, { applied: ['Cluster/c'] })
  ours()
  client.apply.mockRejectedValue(away())
  for (let attempt = 2; attempt < MAX_ATTEMPTS; attempt++) {
    await resume()
    expect(await row()).toMatchObject({ state: 'running', attempts: attempt, holder: null, error: away().view.message })
    await resume()
    expect(await row(), 'not before its time').toMatchObject({ attempts: attempt })
    await db.prisma.operation.updateMany({ data: { leaseUntil: new Date(0) } })
  }
  await resume()
  expect(await row()).toMatchObject({ state: 'interrupted', attempts: MAX_ATTEMPTS, error: away().view.message, applied: ['Cluster/c'] })
})

test('attempts come later and later', () => {
  const waits = [2, 3, 4].map((attempts) => endingFor({ kind: 'scale', attempts })(away()))
  expect(waits).toMatchObject([{ againInMs: 10_000 }, { againInMs: 20_000 }, { againInMs: 40_000 }])
  expect(endingFor({ kind: 'scale', attempts: MAX_ATTEMPTS })(away())).toMatchObject({ state: 'failed' })
  expect(endingFor({ kind: 'scale', attempts: 2 })(new Error('the database is away'))).toMatchObject({ againInMs: 10_000 })
})

test.each([
  ['its size is there', 3, { state: 'done', error: null }],
  ['its size is not there', 1, { state: 'failed', error: 'The portal stopped 5 times in the middle of it.' }],
])('an operation in the middle of which the portal died again and again is not tried again: %s', async (_, size, end) => {
  await left(scale, { attempts: MAX_ATTEMPTS })
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(size)
  await resume()
  expect(client.patchScale).not.toHaveBeenCalled()
  expect(await row()).toMatchObject(end)
})

test('a create in the middle of which the portal died again and again is the person’s to decide', async () => {
  await left(create, { applied: ['Cluster/c'], attempts: MAX_ATTEMPTS })
  ours()
  await resume()
  expect(writes).toEqual([])
  expect(await row()).toMatchObject({ state: 'interrupted', error: 'The portal stopped 5 times in the middle of it.', applied: ['Cluster/c'] })
})

const long = (ago: number) => new Date(Date.now() - ago)
const session = async (data: Parameters<typeof signIn>[0]): Promise<void> => {
  await db.prisma.session.deleteMany()
  await signIn(data)
}
const stale: [string, () => Promise<unknown>, RegExp][] = [
  ['was asked for a quarter of an hour ago', () => db.prisma.operation.updateMany({ data: { createdAt: long(16 * 60_000) } }), /away for too long/],
  ['was continued a quarter of an hour ago', () => db.prisma.operation.updateMany({ data: { createdAt: long(60 * 60_000), continuedAt: long(16 * 60_000) } }), /away for too long/],
  ['is of a person who signed out', () => session({ revokedAt: new Date() }), /session of ada/],
  ['is of a person whose session ran out', () => session({ expiresAt: long(1_000) }), /session of ada/],
  ['is of a person who lost a group', () => session({ groups: ['more'] }), /session of ada/],
  ['is of a person who is not there, as another one is', () => session({ user: 'bob' }), /session of ada/],
]

test.each(stale)('a deletion that %s is only looked at', async (_, arrange, reason) => {
  await left(deletion)
  await arrange()
  ours()
  await resume()
  expect(client.delete).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringMatching(reason) as string, holder: null })
})

test.each(stale)('a create that %s is only looked at: it is done, or its person decides', async (_, arrange, reason) => {
  await left(create)
  await arrange()
  ours()
  await resume()
  expect([writes, client.dryRunApply.mock.calls]).toEqual([[], []])
  expect(await row()).toMatchObject({ state: 'interrupted', error: expect.stringMatching(reason) as string })
  await db.prisma.operation.updateMany({ data: { state: 'running', leaseUntil: new Date(0) } })
  for (const object of objects) if (object.kind !== 'Cluster') there.set(nameOf(object), object)
  await resume()
  expect(writes).toEqual([])
  expect(await row()).toMatchObject({ state: 'done' })
})

test('an old create that was continued a moment ago goes on', async () => {
  await left(create)
  await db.prisma.operation.updateMany({ data: { createdAt: long(60 * 60_000), continuedAt: new Date() } })
  await resume()
  expect(await row()).toMatchObject({ state: 'done' })
})

test('templates are tidied up only while their person is signed in; until then it waits', async () => {
  await left({ ...deletion, kind: 'tidy', spec: { templates: [] } })
  await session({ revokedAt: new Date() })
  await resume()
  expect(await row()).toMatchObject({ state: 'running', error: expect.stringContaining('signed in') as string, holder: null })
})

test('an operation that ends the process by being looked at is not looked at again', async () => {
  await left(scale, { attempts: MAX_ATTEMPTS + 1 })
  await resume()
  expect(client.get).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'failed' })
})

test.each([
  ['is as it was', 1, [['blue', 'c-general', 3, '7']]],
  ['was written already', 3, []],
])('a pool whose size %s ends as asked', async (_, size, patches) => {
  await left(scale)
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(size)
  await resume()
  expect(client.patchScale.mock.calls).toEqual(patches)
  expect(await row()).toMatchObject({ state: 'done' })
  expect(note).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ key: '1:asked', clusterUid: 'u', subject: 'general', text: 'Pool general: from 1 to 3 machines' }))
})

test('a size that somebody else changed meanwhile is left alone', async () => {
  await left(scale)
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(2)
  await resume()
  expect(client.patchScale).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringContaining('2 machines by now') as string })
})

test('a size is not brought back after another one was asked for, though it is what it was before', async () => {
  await left(scale)
  await insertOperation(db, { ...scale, id: '2', spec: { ...scale.spec, from: 3, to: 1 } }, 'b')
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(1)
  await resume()
  expect(client.patchScale).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringContaining('since') as string })
})

test('a pool that changes while it is looked at is looked at again', async () => {
  await left(scale)
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(1)
  client.patchScale.mockRejectedValueOnce(failure('conflict', 'It changed.'))
  await resume()
  expect(client.patchScale).toHaveBeenCalledTimes(2)
  expect(await row()).toMatchObject({ state: 'done' })
})

test('a deletion goes on with that very cluster, and ends its create', async () => {
  await left(deletion)
  await insertOperation(db, { ...create, id: '0' }, 'b')
  await db.prisma.operation.update({ where: { id: '0' }, data: { createdAt: new Date(0) } })
  ours()
  await resume()
  expect(client.delete.mock.calls).toEqual([['Cluster', 'blue', 'c', 'u']])
  expect(await row()).toMatchObject({ state: 'done' })
  expect(await findOperation(db, '0', 'blue')).toMatchObject({ state: 'failed', error: 'Deleted by ada.' })
})

test.each([
  ['gone', () => undefined],
  ['another one by now', () => ours({ uid: 'other' })],
  ['being deleted already', () => ours({ deletionTimestamp: 'now' })],
])('a deletion of a cluster that is %s is over', async (_, arrange) => {
  await left(deletion)
  arrange()
  await resume()
  expect(client.delete).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'done' })
})

test.each([
  ['is gone', () => undefined, 'done', 'failed'],
  ['is there', ours, 'failed', 'running'],
])('the last look at a deletion: the cluster %s', async (_, arrange, state, create0) => {
  await left(deletion, { attempts: MAX_ATTEMPTS })
  await insertOperation(db, { ...create, id: '0' }, 'b')
  await db.prisma.operation.update({ where: { id: '0' }, data: { createdAt: new Date(0) } })
  arrange()
  await resume()
  expect(client.delete).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state })
  expect(await findOperation(db, '0', 'blue')).toMatchObject({ state: create0 })
})

test('what was asked for in an earlier tenant of that name is not resumed in this one', async () => {
  await left({ ...deletion, namespaceUid: 'former' })
  ours()
  await resume()
  expect(client.get).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'failed', error: expect.stringContaining('tenant was deleted') as string, holder: null })
})

test('a process that is about to end goes on with nothing; another one does', async () => {
  await left(deletion)
  ours()
  draining = true
  await resume()
  expect(client.delete).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'running', holder: null, error: expect.stringContaining('restarted') as string })
})

test('without an audit row nothing is written; it is tried again', async () => {
  await left(scale)
  clusters = { u: { name: 'c', uid: 'u' } }
  deployment(1)
  const broken = vi.spyOn(db.prisma.audit, 'create').mockRejectedValue(new Error('the database is away'))
  await resume()
  broken.mockRestore()
  expect(client.get).not.toHaveBeenCalled()
  expect(await row()).toMatchObject({ state: 'running', holder: null })
})
