import { beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedBy } from '@/lib/node-pool/fixtures'
import { failure } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { applyOver, isChangedMeanwhile } from '@/server/operations/guard'

const pool = (addresses: readonly string[], resourceVersion: string): KubeObject =>
  appliedBy({ apiVersion: 'ipam.cluster.x-k8s.io/v1alpha2', kind: 'InClusterIPPool', metadata: { name: 'p', namespace: 'blue', uid: 'u', resourceVersion, labels: { a: 'b' } }, spec: { addresses } })
const read = pool(['10.0.0.1'], '1')
const wanted: KubeObject = { apiVersion: read.apiVersion, kind: read.kind, metadata: { name: 'p', namespace: 'blue' }, spec: { addresses: ['10.0.0.2'] } }
const stale = () => failure('conflict', 'It changed meanwhile.')
const client = { get: vi.fn(), apply: vi.fn() }
const apply = () => applyOver(client as unknown as UserClient, wanted, read)

beforeEach(() => {
  vi.resetAllMocks()
  client.apply.mockImplementation((object: KubeObject) => Promise.resolve(object))
})

test('it is applied on the version that was read', async () => {
  await apply()
  expect(client.apply.mock.calls).toEqual([[{ ...wanted, metadata: { ...wanted.metadata, resourceVersion: '1' } }, undefined]])
  expect(client.get).not.toHaveBeenCalled()
})

test('a version that only status has moved is taken up', async () => {
  client.apply.mockRejectedValueOnce(stale())
  client.get.mockResolvedValue({ ...pool(['10.0.0.1'], '2'), status: { free: 1 } })
  expect((await apply()).metadata.resourceVersion).toBe('2')
})

test.each([
  ['another value', pool(['10.0.0.9'], '2')],
  ['one that was made anew', { ...pool(['10.0.0.1'], '2'), metadata: { ...pool(['10.0.0.1'], '2').metadata, uid: 'other' } }],
  ['one that is gone', null],
])('%s is not written over', async (_, now) => {
  client.apply.mockRejectedValueOnce(stale())
  client.get.mockResolvedValue(now)
  const refused = await apply().catch((error: unknown) => error)
  expect(isChangedMeanwhile(refused)).toBe(true)
  expect(client.apply).toHaveBeenCalledTimes(1)
})

test('a field of another tool is told as it is, and a version that never stays is given up', async () => {
  client.get.mockResolvedValue(read)
  client.apply.mockRejectedValue(failure('conflict', 'others own fields'))
  await expect(apply()).rejects.toThrow('others own fields')
  expect(client.apply).toHaveBeenCalledTimes(1)
  let version = 1
  client.get.mockImplementation(() => Promise.resolve(pool(['10.0.0.1'], String(++version))))
  await expect(apply()).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(client.apply).toHaveBeenCalledTimes(6)
})
