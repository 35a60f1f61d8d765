import { beforeEach, expect, test, vi } from 'vitest'
import { defaultAddOns } from '@/lib/addons/spec'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { continueCreate } from '@/server/clusters/continue'
import { createCluster } from '@/server/clusters/create'
import { removeLeftovers } from '@/server/clusters/remove'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { endOperation, findOperation, insertOperation, noteStep, renewLease, takeInterrupted } from '@/server/db/operations'
import { away, failure } from '@/server/failure'
import { NO_SETTINGS } from '@/lib/node-pool/device'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.mock('@/server/db/operations')
vi.mock('@/server/db/audit')
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: ['team-blue'], LOG_LEVEL: 'silent' }) }))

const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'ubuntu-1.35', version: 'v1.35.2' }] }
const all = defaultAddOns()
const addOns = { ...all, cpi: { ...all.cpi, enabled: false }, csi: { ...all.csi, enabled: false } }
const spec: ClusterSpec = { ...defaultSpec(offer, 'vc-south'), name: 'blue-1', addresses: { kind: 'dhcp' }, addOns }
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'blue',
  health: () => ({ state: 'live' }), cluster: () => null,
} as unknown as TenantContext

const client = { get: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn() }
const note = vi.fn()
const leftBehind = vi.fn((): readonly { is: 'control-plane'; name: string }[] => [])
const readDatastoreSecret = vi.fn()
let tenants: readonly string[]
const identities = vi.fn(() => [{ name: 'vc-south', offer }])
const zone = (name: string, server: string, notReady: string | null) => ({ name, server, notReady, puts: { datacenter: null, resourcePool: null, folder: null, datastore: null, networks: [] } })
const zones = [zone('a', offer.server, null), zone('dark', offer.server, 'It is not ready: compute cluster c9 not found'), zone('elsewhere', 'other-vc', null)]
const sharedPools = [{ name: 'nodes', nameservers: ['10.0.0.2'], network: 'other-network', total: 10, free: 2 }, { name: 'small', nameservers: ['10.0.0.2'], network: null, total: 10, free: 1 }]
const row = (more: object = {}) => ({ id: 'op', tenant: 'blue', cluster: 'blue-1', clusterUid: null, kind: 'create', who: 'ada', groups: [], state: 'interrupted', spec, namespaceUid: null, applied: ['Cluster/blue-1', 'VSphereMachineTemplate/old-name'], missing: [], error: 'It had stopped.', ...more })
const states = () => vi.mocked(endOperation).mock.calls.map(([, , end]) => end)

beforeEach(() => {
  vi.resetAllMocks()
  identities.mockReturnValue([{ name: 'vc-south', offer }])
  leftBehind.mockReturnValue([])
  tenants = ['blue', 'blue-1-x']
  readDatastoreSecret.mockResolvedValue(null)
  client.get.mockResolvedValue(null)
  client.apply.mockImplementation((object: KubeObject) => Promise.resolve({ ...object, metadata: { ...object.metadata, uid: 'u' } }))
  vi.mocked(insertOperation).mockResolvedValue(true)
  vi.mocked(renewLease).mockResolvedValue(true)
  vi.mocked(noteStep).mockResolvedValue(true)
  vi.mocked(endOperation).mockResolvedValue(true)
  vi.mocked(auditAnswered).mockResolvedValue(undefined)
  vi.mocked(auditAsked).mockResolvedValue('audit')
  vi.mocked(takeInterrupted).mockResolvedValue(true)
  setRuntime({ db: {}, acts: new Set(), draining: () => false, asUser: () => client, system: { readDatastoreSecret }, live: { hosts: () => false, tenants: () => tenants.map((name) => ({ name, displayName: name })), tenantUid: () => 'n', identities, zones: () => zones, sharedPools: () => sharedPools, note, leftBehind } } as never)
})

test('a create that lost the race to another one of its name writes nothing', async () => {
  // The other one is through between the first look and the Operation row.
  vi.mocked(insertOperation).mockImplementation(() => {
    client.get.mockResolvedValue({ kind: 'Cluster', metadata: { name: 'blue-1' } })
    return Promise.resolve(true)
  })
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'name-taken' } })
  expect(client.apply).not.toHaveBeenCalled()
  expect(states()).toMatchObject([{ state: 'failed' }])
})

test('a name whose hosted control plane has outlived its cluster is refused at the field', async () => {
  leftBehind.mockReturnValue([{ is: 'control-plane', name: 'blue-1' }])
  const words = 'The control plane of a former cluster blue-1 is still there. Choose another name, or wait until Kamaji has removed it.'
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'name-taken', fields: { name: words } } })
  expect([insertOperation, client.apply, client.dryRunApply].map((act) => vi.mocked(act).mock.calls.length)).toEqual([0, 0, 0])
  leftBehind.mockReturnValue([{ is: 'control-plane', name: 'blue-2' }])
  await createCluster(ctx, { spec, tenant: 'blue' })
})

test('so is one whose Secret Kamaji has left behind: the next control plane would never start', async () => {
  readDatastoreSecret.mockResolvedValue({ metadata: { name: 'blue-1-datastore-config', deletionTimestamp: '2026-11-21T14:00:00Z', finalizers: ['finalizer.kamaji.clastix.io/datastore-secret'] } })
  const words = 'A Secret of a former cluster blue-1 is still there. Choose another name, or let go of it on the list of clusters.'
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'name-taken', fields: { name: words } } })
  expect(client.apply).not.toHaveBeenCalled()
})

test('a name that Kamaji’s datastore could take for another tenant’s is refused at the field', async () => {
  tenants = ['blue', 'blue-blue']
  await expect(createCluster(ctx, { spec: { ...spec, name: 'blue-1' }, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'name-taken', fields: { name: expect.stringContaining('another tenant’s control plane') } } })
  expect(client.apply).not.toHaveBeenCalled()
})

test('a first object whose apply was never answered may exist: the create can be continued or removed', async () => {
  client.apply.mockRejectedValue(away())
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'interrupted' } })
  expect(states()).toMatchObject([{ state: 'interrupted' }])
})

test('a first object that was refused leaves nothing, and the name free', async () => {
  client.apply.mockRejectedValue(failure('forbidden', 'no'))
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'forbidden' } })
  expect(states()).toMatchObject([{ state: 'failed' }])
})

test('what is refused before anything is asked of the API server is audited too', async () => {
  identities.mockReturnValue([])
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'invalid' } })
  expect(auditAsked).toHaveBeenCalledWith({}, { who: 'ada', tenant: 'blue', action: 'create:cluster', object: 'Cluster/blue-1' })
  expect(auditAnswered).toHaveBeenCalledWith({}, 'audit', false, 'invalid')
})

test('zones and shared pools that the tenant cannot use are refused at their fields, before anything is written', async () => {
  const refusal = (change: Partial<typeof spec>) => createCluster(ctx, { spec: { ...spec, ...change }, tenant: 'blue' }).then(() => null, (error: { view: { fields?: object } }) => error.view.fields)
  const inZones = (names: string[]) => refusal({ pool: { ...spec.pool, zones: names } })
  expect(await inZones(['a', 'typo'])).toEqual({ 'pool.zones': expect.stringContaining('There is no zone "typo"') })
  expect(await inZones(['dark'])).toEqual({ 'pool.zones': 'Zone dark cannot be used. It is not ready: compute cluster c9 not found' })
  expect(await inZones(['elsewhere'])).toEqual({ 'pool.zones': expect.stringContaining('There is no zone "elsewhere"') })
  const shared = (pool: string) => refusal({ addresses: { kind: 'shared', pool, nameservers: ['10.0.0.2'] } })
  expect(await shared('theirs')).toEqual({ 'addresses.pool': expect.stringContaining('"theirs" is not offered to blue') })
  expect(await shared('nodes')).toEqual({ 'addresses.pool': expect.stringContaining('belong to the network other-network') })
  expect(await shared('small')).toEqual({ 'addresses.pool': expect.stringContaining('small has 1 free address') })
  expect(await refusal({ pool: { ...spec.pool, moreNetworks: [{ ...NO_SETTINGS, network: 'n2', addresses: { kind: 'pools', pools: [{ kind: 'InClusterIPPool', name: 'blue-1' }] } }] } })).toEqual({ 'pool.moreNetworks.0': expect.stringContaining('is not offered to blue') })
  expect(client.apply).not.toHaveBeenCalled()
  expect(await inZones(['a'])).toBeNull()
})

test('a disk that is smaller than its VM template’s is refused at its field, before anything is written', async () => {
  identities.mockReturnValue([{ name: 'vc-south', offer: { ...offer, templates: [{ name: 'ubuntu-1.35', version: 'v1.35.2', diskGiB: 40 }] } }])
  const create = (diskGiB: number) => createCluster(ctx, { spec: { ...spec, pool: { ...spec.pool, diskGiB } }, tenant: 'blue' })
  await expect(create(39)).rejects.toMatchObject({ view: { code: 'invalid', fields: { 'pool.diskGiB': 'The VM template’s disk has 40 GiB and cannot shrink to 39.' } } })
  expect(client.apply).not.toHaveBeenCalled()
  await create(40)
})

test('without an audit row nothing is written', async () => {
  vi.mocked(auditAsked).mockRejectedValue(new Error('the database is away'))
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'not-recorded' } })
  expect([client.apply.mock.calls, client.dryRunApply.mock.calls]).toEqual([[], []])
})

test('leftovers are removed by the names written down, also when the offer has changed', async () => {
  identities.mockReturnValue([])
  vi.mocked(findOperation).mockResolvedValue(row() as never)
  client.get.mockImplementation((kind: string, _: string, name: string) =>
    Promise.resolve(kind === 'Cluster' ? null : { kind, metadata: { name, uid: 'x', labels: { 'app.kubernetes.io/managed-by': 'tenantry' } } }))
  await removeLeftovers(ctx, { tenant: 'blue', operationId: 'op' })
  expect(client.delete.mock.calls).toEqual([['VSphereMachineTemplate', 'blue', 'old-name', 'x']])
})

test('a continue that is refused at once leaves the operation as it was', async () => {
  vi.mocked(findOperation).mockResolvedValue(row() as never)
  client.get.mockResolvedValue({ kind: 'Cluster', metadata: { name: 'blue-1', annotations: { 'tenantry.dev/operation': 'op' } } })
  client.apply.mockRejectedValue(failure('forbidden', 'no'))
  await expect(continueCreate(ctx, { tenant: 'blue', operationId: 'op' })).rejects.toMatchObject({ view: { code: 'forbidden' } })
  expect(states()).toEqual([{ state: 'interrupted', error: 'It had stopped.' }])
})

test('a create that another person continues is theirs; the timeline keeps who asked first', async () => {
  const asked = new Date('2026-01-01T00:00:00Z')
  vi.mocked(findOperation).mockResolvedValue(row({ who: 'bob', groups: ['team-blue'], clusterUid: 'u', createdAt: asked }) as never)
  await continueCreate(ctx, { tenant: 'blue', operationId: 'op' })
  expect(takeInterrupted).toHaveBeenCalledWith(expect.anything(), expect.anything(), 'running', { who: 'ada', groups: [] })
  expect(note.mock.calls.map(([entry]) => entry as object)).toMatchObject([
    { key: 'op:asked', who: 'bob', at: asked.toISOString(), clusterUid: 'u' },
    { key: 'op:continued', who: 'ada' },
  ])
})

test('an interrupted create of an earlier tenant of that name is not there to be continued or removed', async () => {
  vi.mocked(findOperation).mockResolvedValue(row({ namespaceUid: 'former' }) as never)
  await expect(continueCreate(ctx, { tenant: 'blue', operationId: 'op' })).rejects.toMatchObject({ view: { code: 'not-found' } })
  await expect(removeLeftovers(ctx, { tenant: 'blue', operationId: 'op' })).rejects.toMatchObject({ view: { code: 'not-found' } })
  expect(takeInterrupted).not.toHaveBeenCalled()
})
