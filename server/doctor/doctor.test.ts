import { beforeEach, expect, test, vi } from 'vitest'
import type { Finding } from '@/lib/doctor/finding'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { letGo } from '@/server/doctor/let-go'
import { unstick } from '@/server/doctor/unstick'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.mock('@/server/db/audit')

const machine = 'Machine/blue-1-general-abcde-aaaaa'
const hook = 'pre-drain.delete.hook.machine.cluster.x-k8s.io/backup'
let findings: Partial<Finding>[]
let machines: object = {}
const ctx = {
  session: { user: 'bea', email: 'bea' }, identity: { user: 'oidc:bea', groups: [] }, tenant: 'blue',
  health: () => ({ state: 'live' }), state: () => ({ machines }), cluster: () => ({ uid: 'c', name: 'blue-1', findings }),
} as unknown as TenantContext
const at = { tenant: 'blue', cluster: 'blue-1' }
const client = { get: vi.fn(), patch: vi.fn() }
const note = vi.fn()
const object = (metadata: object, spec: object = {}) => ({ metadata: { uid: 'u', resourceVersion: '7', ...metadata }, spec })
const guard = { uid: 'u', resourceVersion: '7' }

beforeEach(() => {
  vi.resetAllMocks()
  vi.mocked(auditAsked).mockResolvedValue('audit')
  vi.mocked(auditAnswered).mockResolvedValue(undefined)
  setRuntime({ db: {}, acts: new Set(), draining: () => false, asUser: () => client, live: { note } } as never)
})

test('resume takes the pause from spec and annotation, guarded by what was read, and is told under the person’s name', async () => {
  findings = [{ next: { act: 'resume', object: 'Cluster/blue-1' }, lastResorts: [] }]
  client.get.mockResolvedValue(object({}, { paused: true }))
  await unstick(ctx, { ...at, object: 'Cluster/blue-1', act: 'resume' })
  expect(client.patch).toHaveBeenCalledExactlyOnceWith('Cluster', 'blue', 'blue-1', { metadata: { ...guard, annotations: { 'cluster.x-k8s.io/paused': null } }, spec: { paused: null } })
  expect(note).toHaveBeenCalledWith(expect.objectContaining({ who: 'bea', text: 'Resumed' }))
  expect(vi.mocked(auditAsked).mock.calls[0]?.[1]).toMatchObject({ who: 'bea', action: 'unstick:cluster', object: 'Cluster/blue-1 (resume)' })
})

test.each([['skip-drain', 'machine.cluster.x-k8s.io/exclude-node-draining'], ['skip-volume-detach', 'machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach']] as const)('%s is one annotation', async (act, key) => {
  findings = [{ next: { act, object: machine }, lastResorts: [] }]
  client.get.mockResolvedValue(object({}))
  await unstick(ctx, { ...at, object: machine, act })
  expect(client.patch).toHaveBeenCalledExactlyOnceWith('Machine', 'blue', 'blue-1-general-abcde-aaaaa', { metadata: { ...guard, annotations: { [key]: 'true' } } })
})

test('what the doctor does not offer now is refused and changes nothing, and the refusal is in the audit', async () => {
  findings = [{ next: { act: 'skip-drain', object: machine }, lastResorts: [{ act: 'hooks', object: machine, keys: [hook] }] }]
  await expect(unstick(ctx, { ...at, object: 'Machine/other', act: 'skip-drain' })).rejects.toMatchObject({ view: { code: 'conflict' } })
  await expect(unstick(ctx, { ...at, object: machine, act: 'resume' })).rejects.toMatchObject({ view: { code: 'conflict' } })
  await expect(letGo(ctx, { ...at, object: machine, act: 'protection', typedName: 'blue-1-general-abcde-aaaaa' })).rejects.toMatchObject({ view: { code: 'conflict' } })
  await expect(letGo(ctx, { ...at, object: 'Secret/x', act: 'protection', typedName: 'x' })).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(client.get).not.toHaveBeenCalled()
  expect(vi.mocked(auditAnswered).mock.calls.map((call) => call.slice(2))).toEqual([[false, 'conflict'], [false, 'conflict'], [false, 'conflict'], [false, 'conflict']])
})

test('letting go needs the name typed, and takes exactly the shown protections', async () => {
  const vm = 'VSphereVM/v-1'
  const resort = { act: 'protection', object: vm, keys: ['vspherevm.infrastructure.cluster.x-k8s.io'] } as const
  findings = [{ next: null, lastResorts: [resort] }]
  client.get.mockResolvedValue(object({ deletionTimestamp: '2026-11-21T14:00:00Z', finalizers: ['vspherevm.infrastructure.cluster.x-k8s.io', 'example.com/keep'] }))
  await expect(letGo(ctx, { ...at, object: vm, act: 'protection', typedName: 'v-2' })).rejects.toMatchObject({ view: { code: 'invalid', fields: { typedName: 'Type v-1 to let go of it.' } } })
  expect(client.patch).not.toHaveBeenCalled()
  await letGo(ctx, { ...at, object: vm, act: 'protection', typedName: 'v-1' })
  expect(client.patch).toHaveBeenCalledExactlyOnceWith('VSphereVM', 'blue', 'v-1', { metadata: { ...guard, finalizers: ['example.com/keep'] } })
  expect(note).toHaveBeenCalledWith(expect.objectContaining({ subject: 'v-1', text: 'VSphereVM was let go of, without vspherevm.infrastructure.cluster.x-k8s.io' }))
})

test('an object that is not being deleted any more, or was made anew, is not let go of', async () => {
  findings = [{ next: null, lastResorts: [{ act: 'hooks', object: machine, keys: [hook] }] }]
  const input = { ...at, object: machine, act: 'hooks', typedName: 'blue-1-general-abcde-aaaaa' } as const
  client.get.mockResolvedValue(object({}))
  await expect(letGo(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict' } })
  client.get.mockResolvedValue(null)
  await expect(letGo(ctx, input)).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(client.patch).not.toHaveBeenCalled()
  client.get.mockResolvedValue(object({ deletionTimestamp: '2026-11-21T14:00:00Z' }))
  await letGo(ctx, input)
  expect(client.patch).toHaveBeenCalledWith('Machine', 'blue', 'blue-1-general-abcde-aaaaa', { metadata: { ...guard, annotations: { [hook]: null } } })
})

test('another look is asked for of the object and of every VM that is not well, those that are gone left out', async () => {
  findings = [{ next: { act: 'look-again', object: 'VSphereCluster/blue-1' }, lastResorts: [] }]
  const view = (name: string, role: string, deletingSince: string | null = null, cluster = 'blue-1') => ({ name, cluster, deletingSince, state: { role } })
  machines = { a: view('a', 'ok', '2026-11-21T14:00:00Z'), b: view('b', 'ok'), c: view('c', 'warn'), d: view('d', 'warn', null, 'other'), e: view('e', 'busy') }
  client.get.mockImplementation((_kind: string, _tenant: string, name: string) => Promise.resolve(name === 'e' ? null : object({})))
  await unstick(ctx, { ...at, object: 'VSphereCluster/blue-1', act: 'look-again' })
  expect(client.patch.mock.calls.map(([kind, , name]) => `${kind as string}/${name as string}`)).toEqual(['VSphereCluster/blue-1', 'VSphereVM/a', 'VSphereVM/c'])
  expect(client.patch.mock.calls[0]?.[3]).toEqual({ metadata: { uid: 'u', annotations: { 'tenantry.dev/look-again': expect.stringMatching(/Z$/) } } })
})
