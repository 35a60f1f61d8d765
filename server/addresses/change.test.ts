import { beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { changeAddresses, reviewAddresses } from '@/server/addresses/change'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.mock('@/server/db/audit')
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const IPAM = 'ipam.cluster.x-k8s.io'
const pool = (labels: Record<string, string>): KubeObject => ({ apiVersion: `${IPAM}/v1alpha2`, kind: 'InClusterIPPool', metadata: { name: 'blue-1', labels }, spec: { addresses: ['10.0.0.64-10.0.0.67'], prefix: 24, gateway: '10.0.0.1' } })
const held: KubeObject = { apiVersion: `${IPAM}/v1beta2`, kind: 'IPAddress', metadata: { name: 'x' }, spec: { address: '10.0.0.66', claimRef: { name: 'claim-1' }, poolRef: { apiGroup: IPAM, kind: 'InClusterIPPool', name: 'blue-1' } } }
const claim: KubeObject = { apiVersion: `${IPAM}/v1beta2`, kind: 'IPAddressClaim', metadata: { name: 'claim-1', ownerReferences: [{ apiVersion: 'x/v1', kind: 'VSphereVM', name: 'blue-1-general-a', uid: 'v' }] } }
const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn() }
const cluster = { uid: 'u', name: 'blue-1', deletingSince: null, endpoint: { host: '10.0.0.21', port: 6443 } }
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'blue', health: () => ({ state: 'live' }), cluster: (name: string) => (name === 'blue-1' ? cluster : null),
} as unknown as TenantContext
const change = (ranges: readonly string[], seen: readonly string[] = ['10.0.0.64-10.0.0.67']) => changeAddresses(ctx, { tenant: 'blue', cluster: 'blue-1', pool: 'blue-1', seen, ranges })

beforeEach(() => {
  vi.resetAllMocks()
  vi.mocked(auditAsked).mockResolvedValue('audit')
  vi.mocked(auditAnswered).mockResolvedValue(undefined)
  client.get.mockResolvedValue(pool({ 'cluster.x-k8s.io/cluster-name': 'blue-1' }))
  client.list.mockImplementation((kind: string) => Promise.resolve(kind === 'IPAddress' ? [held] : [claim]))
  setRuntime({ db: {}, acts: new Set(), draining: () => false, asUser: () => client, live: { note: vi.fn() } } as never)
})

test('ranges that leave out what a machine holds are refused with its name, also past the form', async () => {
  await expect(change(['10.0.0.64-10.0.0.65'])).rejects.toMatchObject({ view: { code: 'invalid', fields: { ranges: expect.stringContaining('10.0.0.66 is held by blue-1-general-a') as string } } })
  await expect(change(['10.0.0.64-10.0.0.67', '10.0.0.20-10.0.0.30'])).rejects.toMatchObject({ view: { fields: { 'ranges.1': expect.stringContaining('the API’s address') as string } } })
  expect([client.dryRunApply, client.apply].flatMap(({ mock }) => mock.calls)).toEqual([])
})

test('a pool that grew meanwhile is a conflict, and one of nobody or another cluster is not found', async () => {
  await expect(change(['10.0.0.64-10.0.0.90'], ['10.0.0.64-10.0.0.65'])).rejects.toMatchObject({ view: { code: 'conflict' } })
  for (const other of [null, pool({}), pool({ 'cluster.x-k8s.io/cluster-name': 'blue-2' })]) {
    client.get.mockResolvedValue(other)
    await expect(change(['10.0.0.64-10.0.0.90'])).rejects.toMatchObject({ view: { code: 'not-found' } })
  }
  expect(client.apply).not.toHaveBeenCalled()
})

test('a review tells what the dry run would change, and writes nothing', async () => {
  client.dryRunApply.mockImplementation((object: KubeObject) => Promise.resolve({ ...pool({ 'cluster.x-k8s.io/cluster-name': 'blue-1' }), spec: object.spec }))
  const review = (ranges: readonly string[]) => reviewAddresses(ctx, { tenant: 'blue', cluster: 'blue-1', pool: 'blue-1', seen: ['10.0.0.64-10.0.0.67'], ranges })
  const [difference] = await review(['10.0.0.64-10.0.0.95'])
  expect(difference).toMatchObject({ kind: 'InClusterIPPool', name: 'blue-1', what: 'changed' })
  expect(difference?.lines.filter(({ sign }) => sign === 'added' || sign === 'removed').map(({ text }) => text.trim())).toEqual(['- 10.0.0.64-10.0.0.67', '- 10.0.0.64-10.0.0.95'])
  expect(await review(['10.0.0.64-10.0.0.67'])).toEqual([])
  await expect(review(['10.0.0.64-10.0.0.65'])).rejects.toMatchObject({ view: { code: 'invalid' } })
  expect(client.apply).not.toHaveBeenCalled()
})

test('more addresses are one apply, tried first, which repeats what the create set', async () => {
  await change([' 10.0.0.64 - 10.0.0.95'])
  expect(client.dryRunApply).toHaveBeenCalledTimes(1)
  expect(client.apply.mock.calls[0]?.[0]).toMatchObject({ kind: 'InClusterIPPool', metadata: { name: 'blue-1', namespace: 'blue', ownerReferences: [{ kind: 'Cluster', uid: 'u' }] }, spec: { addresses: ['10.0.0.64-10.0.0.95'], prefix: 24, gateway: '10.0.0.1' } })
  await change(['10.0.0.64-10.0.0.67'])
  expect(client.apply).toHaveBeenCalledTimes(1)
})
