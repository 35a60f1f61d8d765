import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { leavingWords } from '@/lib/machine/leaving'
import type { KubeObject } from '@/lib/kubernetes/object'
import { openInMemory, type Database } from '@/server/db/client'
import { away, failure } from '@/server/failure'
import { removeMachine } from '@/server/machines/remove'
import { replaceMachine } from '@/server/machines/replace'
import { Lease } from '@/server/operations/lease'
import { resumeExpired } from '@/server/operations/resume'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

let db: Database
let word: string
let replicas: number
let annotations: Record<string, string>
let plane: string
const client = { get: vi.fn(), patch: vi.fn(), patchScale: vi.fn(), delete: vi.fn() }
const cluster = () => ({ uid: 'c-uid', name: 'blue-1', deletingSince: null, version: { current: plane, desired: plane }, controlPlane: { state: { role: 'ok' } }, pools: [{ name: 'general', version: 'v1.34.3', machineDeployment: 'blue-1-general', state: { word } }] })
const live = () => ({ tenantUid: () => 'n', note: vi.fn(), cluster, health: () => ({ state: 'live' }), state: () => ({ clusters: { u: cluster() }, machines: {} }) })
const ctx = { session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'blue', state: () => live().state(), health: () => live().health(), cluster } as unknown as TenantContext
const machine = (): KubeObject => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata: { name: 'm', uid: 'm-uid', labels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', 'cluster.x-k8s.io/deployment-name': 'blue-1-general' } },
  spec: { deletion: { nodeDrainTimeoutSeconds: 600, nodeVolumeDetachTimeoutSeconds: 90 } },
})
const input = { tenant: 'blue', cluster: 'blue-1', machine: 'm', uid: 'm-uid' }
const row = () => db.prisma.operation.findFirst()

beforeAll(async () => void (db = await openInMemory()))
afterAll(() => db.close())
beforeEach(async () => {
  vi.resetAllMocks()
  await db.prisma.operation.deleteMany()
  await db.prisma.session.deleteMany()
  await db.prisma.session.create({ data: { id: 's', user: 'ada', name: '', email: '', groups: [], expiresAt: new Date(Date.now() + 3_600_000) } })
  word = 'Ready'
  replicas = 3
  annotations = {}
  plane = 'v1.34.3'
  for (const write of [client.patch, client.patchScale, client.delete]) write.mockResolvedValue(undefined)
  client.get.mockImplementation((kind: string) => Promise.resolve(kind === 'Machine' ? machine() : { apiVersion: '', kind, metadata: { name: 'blue-1-general', resourceVersion: '7', annotations }, spec: { replicas } }))
  setRuntime({ db, acts: new Set(), draining: () => false, asUser: () => client, live: live() } as never)
})

test('a machine is made anew by deleting that very one', async () => {
  await replaceMachine(ctx, input)
  expect(client.delete).toHaveBeenCalledExactlyOnceWith('Machine', 'blue', 'm', 'm-uid')
  expect(await row()).toMatchObject({ kind: 'replaceMachine', state: 'done' })
  await expect(replaceMachine(ctx, { ...input, uid: 'other' })).rejects.toMatchObject({ view: { code: 'not-found' } })
})

test('not beside a control plane of another minor: no machine would take its place; removing it needs none', async () => {
  plane = 'v1.35.2'
  await expect(replaceMachine(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('Upgrade the pool first.') as string } })
  expect([client.delete.mock.calls, await row()]).toEqual([[], null])
  await removeMachine(ctx, input)
  expect(client.patchScale).toHaveBeenCalledOnce()
})

test('one that is removed is marked first, then the pool has one less, guarded by what was read', async () => {
  await removeMachine(ctx, input)
  expect(client.patch).toHaveBeenCalledExactlyOnceWith('Machine', 'blue', 'm', { metadata: { uid: 'm-uid', annotations: { 'cluster.x-k8s.io/delete-machine': 'yes' } } })
  expect(client.patchScale).toHaveBeenCalledExactlyOnceWith('blue', 'blue-1-general', 2, '7')
  expect(await row()).toMatchObject({ kind: 'removeMachine', state: 'done', spec: { from: 3, to: 2 } })
})

test('a size that was refused takes the mark along: it would be the first to go at another time', async () => {
  client.patchScale.mockRejectedValue(failure('forbidden', 'You may not.'))
  await expect(removeMachine(ctx, input)).rejects.toThrow('You may not.')
  expect(client.patch).toHaveBeenLastCalledWith('Machine', 'blue', 'm', { metadata: { uid: 'm-uid', annotations: { 'cluster.x-k8s.io/delete-machine': null } } })
  expect(await row()).toMatchObject({ state: 'failed' })
})

test.each([
  ['was not answered', away, /nobody knows/],
  ['ended the process', () => new Error('kill -9'), /kill -9/],
])('a size that %s may have been taken: the mark stays, or another machine would go', async (_, error, words) => {
  client.patchScale.mockRejectedValue(error())
  await expect(removeMachine(ctx, input)).rejects.toThrow(words)
  expect(client.patch).toHaveBeenCalledExactlyOnceWith('Machine', 'blue', 'm', { metadata: { uid: 'm-uid', annotations: { 'cluster.x-k8s.io/delete-machine': 'yes' } } })
})

test('whoever has lost the lease leaves the mark to the replica that goes on', async () => {
  client.patchScale.mockImplementationOnce(async () => {
    await db.prisma.operation.updateMany({ data: { holder: 'other' } })
    vi.spyOn(Lease.prototype, 'gone', 'get').mockReturnValue(true)
    throw failure('conflict', 'It changed.')
  })
  await expect(removeMachine(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict' } })
  vi.restoreAllMocks()
  expect(client.patch).toHaveBeenCalledTimes(1)
})

test('not while the pool’s machines are replaced, and not of the autoscaler’s', async () => {
  word = 'Replacing'
  await expect(removeMachine(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('being replaced') as string } })
  word = 'Ready'
  annotations = { 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '1', 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '4' }
  await expect(removeMachine(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('autoscaler') as string } })
  expect([client.patch.mock.calls, await row()]).toEqual([[], null])
})

test.each([['that was done is done', 2, 0, 'done'], ['that was not goes on', 3, 1, 'done'], ['of a pool that changed since is not', 5, 0, 'failed']])('a removal whose replica died, %s', async (_, size, scaled, state) => {
  client.patchScale.mockRejectedValueOnce(new Error('kill -9'))
  await expect(removeMachine(ctx, input)).rejects.toThrow('kill -9')
  await db.prisma.operation.updateMany({ data: { state: 'running', holder: 'dead', leaseUntil: new Date(0) } })
  client.patchScale.mockClear()
  replicas = size
  await resumeExpired(new AbortController().signal)
  expect(client.patchScale).toHaveBeenCalledTimes(scaled)
  expect(await row()).toMatchObject({ state })
  if (state === 'failed') expect(client.patch, 'its mark goes').toHaveBeenLastCalledWith('Machine', 'blue', 'm', { metadata: { uid: 'm-uid', annotations: { 'cluster.x-k8s.io/delete-machine': null } } })
})

test('how long it may take is said, and what has no limit', () => {
  expect(leavingWords(machine())).toMatch(/drained, for up to 10 min\).*let go \(for up to 90 s\)/)
  expect(leavingWords({ ...machine(), spec: { nodeDrainTimeout: '5m0s' } })).toMatch(/for up to 5 min.*without a limit/)
})
