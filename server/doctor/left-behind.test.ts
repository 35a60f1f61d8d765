import { beforeEach, expect, test, vi } from 'vitest'
import { SECRET_PROTECTION } from '@/lib/doctor/left-behind'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { deletedClusters } from '@/server/db/rollouts'
import { leftBehindBy, leftBehindIn } from '@/server/doctor/left-behind'
import { letGo } from '@/server/doctor/let-go'
import { away } from '@/server/failure'
import { log } from '@/server/log'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.mock('@/server/db/audit')
vi.mock('@/server/db/rollouts')

const name = 'blue-1-datastore-config'
const metadata = { name, uid: 's', resourceVersion: '7', deletionTimestamp: '2026-11-21T14:00:00Z', finalizers: [SECRET_PROTECTION, 'example.com/keep'], ownerReferences: [{ uid: 'plane' }] }
const left = { is: 'secret', name: 'blue-1', secret: name, since: metadata.deletionTimestamp }
const read = vi.fn()
const take = vi.fn()
const get = vi.fn()
const allowsNow = vi.fn()
let planes: { is: 'control-plane'; name: string }[]
let state: string
let served: string | null
let tenants = 0
/** Names of its own: what was found clean is remembered. */
let tenant: string

beforeEach(() => {
  vi.resetAllMocks()
  tenant = `blue-${(tenants += 1)}`
  planes = []
  state = 'live'
  served = '/apis'
  allowsNow.mockResolvedValue(true)
  get.mockResolvedValue(null)
  vi.mocked(auditAsked).mockResolvedValue('audit')
  vi.mocked(auditAnswered).mockResolvedValue(undefined)
  vi.mocked(deletedClusters).mockResolvedValue([{ cluster: 'blue-1', deletedAt: new Date(1) }])
  read.mockResolvedValue({ metadata })
  const live = { leftBehind: () => planes, hosts: (uid: string) => uid === 'here', health: () => ({ state }), tenantUid: () => 'n', access: { allowsNow } }
  setRuntime({ db: {}, acts: new Set(), draining: () => false, live, system: { readDatastoreSecret: read }, discovery: { path: () => Promise.resolve(served) }, own: { letGoOfDatastoreSecret: take }, asUser: () => ({ get }) } as never)
})

const ctx = () => ({ session: { user: 'bea', email: 'bea' }, identity: { user: 'oidc:bea', groups: [] }, tenant, health: () => ({ state }) }) as unknown as TenantContext
const input = (more: object = {}) => ({ tenant, cluster: 'blue-1', object: `Secret/${name}`, act: 'left-behind' as const, typedName: name, ...more })

test('Secrets of deleted clusters are found by their names; where there was none after a deletion, nobody asks again', async () => {
  planes = [{ is: 'control-plane', name: 'blue-2' }]
  vi.mocked(deletedClusters).mockResolvedValue([{ cluster: 'blue-1', deletedAt: new Date(1) }, { cluster: 'blue-3', deletedAt: new Date(2) }])
  read.mockImplementation((_tenant: string, cluster: string) => Promise.resolve(cluster === 'blue-1' ? { metadata } : null))
  for (const times of [2, 3]) {
    expect(await leftBehindIn(tenant)).toEqual([planes[0], left])
    expect(read).toHaveBeenCalledTimes(times)
  }
  vi.mocked(deletedClusters).mockResolvedValue([{ cluster: 'blue-3', deletedAt: new Date(3) }])
  await leftBehindIn(tenant)
  expect(read, 'it was made and deleted once more').toHaveBeenCalledTimes(4)
})

test('a Secret of a control plane that is there is none, and is looked at again', async () => {
  read.mockResolvedValue({ metadata: { ...metadata, ownerReferences: [{ uid: 'here' }] } })
  expect([await leftBehindIn(tenant), await leftBehindIn(tenant), await leftBehindBy(tenant, 'blue-1')]).toEqual([[], [], null])
  expect(read).toHaveBeenCalledTimes(3)
})

test('without the database, the management cluster or the right to read it, what is known is shown', async () => {
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  planes = [{ is: 'control-plane', name: 'blue-2' }]
  read.mockRejectedValueOnce(new Error('forbidden'))
  expect(await leftBehindIn(tenant)).toEqual(planes)
  vi.mocked(deletedClusters).mockRejectedValueOnce(new Error('away'))
  expect(await leftBehindIn(tenant)).toEqual(planes)
  expect(warn.mock.calls.map(([fields]) => (fields as unknown as { event: string }).event)).toEqual(['left-behind.look', 'left-behind.list'])
  state = 'away'
  expect(await leftBehindIn(tenant)).toEqual(planes)
  expect(read).toHaveBeenCalledTimes(1)
})

test('what keeps a name from another cluster is found without its story', async () => {
  expect(await leftBehindBy(tenant, 'blue-1')).toEqual(left)
  planes = [{ is: 'control-plane', name: 'blue-1' }]
  expect(await leftBehindBy(tenant, 'blue-1')).toEqual(planes[0])
})

test('it is let go of by name, by who may free clusters, and recorded', async () => {
  await letGo(ctx(), input())
  expect(take).toHaveBeenCalledExactlyOnceWith(tenant, { metadata })
  expect(allowsNow).toHaveBeenCalledWith({ user: 'oidc:bea', groups: [] }, tenant, 'unstick:cluster')
  expect(vi.mocked(auditAsked).mock.calls[0]?.[1]).toMatchObject({ who: 'bea', action: 'unstick:cluster', object: `Secret/${name} (let go of left-behind)` })
})

test('also where Kamaji has been taken away since', async () => {
  served = null
  get.mockRejectedValue(new Error('not served'))
  await letGo(ctx(), input())
  expect(take).toHaveBeenCalledOnce()
})

test.each([
  ['another name typed', { typedName: 'blue-1' }, () => undefined, 'invalid'],
  ['another Secret', { object: 'Secret/blue-1-kubeconfig', typedName: 'blue-1-kubeconfig' }, () => undefined, 'conflict'],
  ['gone already', {}, () => read.mockResolvedValue(null), 'conflict'],
  ['nobody has asked it to go', {}, () => read.mockResolvedValue({ metadata: { ...metadata, deletionTimestamp: undefined } }), 'conflict'],
  ['its control plane is there, though nobody has seen it yet', {}, () => get.mockResolvedValue({ metadata: { uid: 'plane' } }), 'conflict'],
  ['a person who may not', {}, () => allowsNow.mockResolvedValue(false), 'forbidden'],
  ['old knowledge', {}, () => (state = 'away'), 'management-away'],
  ['no answer', {}, () => read.mockRejectedValue(away()), 'management-away'],
] as const satisfies readonly (readonly [string, object, () => unknown, string])[])('nothing is let go of: %s', async (_, more, given, code) => {
  given()
  await expect(letGo(ctx(), input(more))).rejects.toMatchObject({ view: { code } })
  expect(take).not.toHaveBeenCalled()
})
