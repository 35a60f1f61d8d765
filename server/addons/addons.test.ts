import { beforeEach, describe, expect, test, vi } from 'vitest'
import { BARE_STORAGE } from '@/lib/addons/spec'
import { SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { removeAddOn, resumeAddOn } from '@/server/addons/remove'
import { reviewAddOn } from '@/server/addons/review'
import { saveAddOn } from '@/server/addons/save'
import { updateAddOns } from '@/server/addons/update'
import { createCluster } from '@/server/clusters/create'
import { removeLeftovers } from '@/server/clusters/remove'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { addOnSince, endOperation, findOperation, insertOperation, noteStep, renewLease, takeInterrupted } from '@/server/db/operations'
import { away, failure } from '@/server/failure'
import { deletePodProxy } from '@/server/tenant-api/pod-proxy'
import { setRuntime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

vi.mock('@/server/db/operations')
vi.mock('@/server/db/audit')
vi.mock('@/server/tenant-api/pod-proxy')
vi.mock('@/server/env', () => ({ env: () => ({ TENANTRY_GROUPS: [], LOG_LEVEL: 'silent' }) }))

const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'ubuntu-1.35', version: 'v1.35.2' }] }
const spec: ClusterSpec = { ...defaultSpec(offer, 'vc-south'), name: 'blue-1', addresses: { kind: 'dhcp' } }
const cluster = { name: 'blue-1', uid: 'u', identity: 'vc-south', version: { current: 'v1.34.6', desired: 'v1.35.2' }, placement: { datacenter: 'DC9' }, deletingSince: null, kubeconfig: { ready: true } }
const clusterOf = vi.fn((): object | null => cluster)
const ctx = {
  session: { user: 'ada', email: 'ada', groups: [] }, identity: { user: 'oidc:ada', groups: [] }, tenant: 'blue',
  health: () => ({ state: 'live' }), cluster: () => clusterOf(),
} as unknown as TenantContext

const client = { get: vi.fn(), list: vi.fn(), dryRunApply: vi.fn(), apply: vi.fn(), delete: vi.fn() }
const own = { apply: vi.fn(), delete: vi.fn(), has: vi.fn(), signInOf: vi.fn() }
const allowsNow = vi.fn()
const identities = vi.fn()
const written = () => own.apply.mock.calls.filter(([, options]) => !(options as { dryRun?: boolean } | undefined)?.dryRun).map(([object]) => object as KubeObject)
const save = (settings: Parameters<typeof saveAddOn>[1]['settings'], seen: Parameters<typeof saveAddOn>[1]['seen'] = null) => saveAddOn(ctx, { tenant: 'blue', cluster: 'blue-1', settings, seen })
const cpi = { name: 'cpi', region: '', zone: '', version: '' } as const
const csi = { name: 'csi', ...BARE_STORAGE } as const
const deployed = (settings: object, name: string) => ({ kind: 'Deployment', metadata: { name: `blue-1-${name}`, labels: { 'tenantry.dev/add-on': (settings as { name: string }).name }, annotations: { [SETTINGS_ANNOTATION]: JSON.stringify(settings) } } })

beforeEach(() => {
  vi.resetAllMocks()
  clusterOf.mockReturnValue(cluster)
  identities.mockReturnValue([{ name: 'vc-south', offer }])
  allowsNow.mockResolvedValue(true)
  client.get.mockResolvedValue(null)
  client.list.mockResolvedValue([])
  client.apply.mockImplementation((object: KubeObject) => Promise.resolve({ ...object, metadata: { ...object.metadata, uid: 'u' } }))
  own.apply.mockImplementation((object: KubeObject) => Promise.resolve(object))
  own.signInOf.mockResolvedValue({ username: 'svc', password: 'secret-of-vcenter', version: 's/1' })
  vi.mocked(insertOperation).mockResolvedValue(true)
  vi.mocked(renewLease).mockResolvedValue(true)
  vi.mocked(noteStep).mockResolvedValue(true)
  vi.mocked(endOperation).mockResolvedValue(true)
  vi.mocked(auditAnswered).mockResolvedValue(undefined)
  vi.mocked(auditAsked).mockResolvedValue('audit')
  vi.mocked(takeInterrupted).mockResolvedValue(true)
  setRuntime({ db: {}, acts: new Set(), draining: () => false, asUser: () => client, own, system: { readKubeconfigSecret: () => Promise.resolve('kubeconfig'), readDatastoreSecret: () => Promise.resolve(null) }, live: { tenants: () => [], hosts: () => false, tenantUid: () => 'n', identities, leftBehind: () => [], note: vi.fn(), access: { allowsNow } } } as never)
})

test('without the right to the cluster, asked now, neither the sign-in is read nor anything written', async () => {
  allowsNow.mockResolvedValue(false)
  await expect(save(cpi)).rejects.toMatchObject({ view: { code: 'forbidden' } })
  expect(allowsNow).toHaveBeenCalledWith(ctx.identity, 'blue', 'change:add-ons')
  expect([own.signInOf.mock.calls, own.apply.mock.calls]).toEqual([[], []])
})

test('metrics need no sign-in of vSphere; their token is in no record, and another one each time', async () => {
  clusterOf.mockReturnValue({ ...cluster, endpoint: { host: '10.0.0.7', port: 7443 } })
  own.has.mockResolvedValue(true)
  const tokens = new Set<string>()
  for (let i = 0; i < 2; i++) {
    await save({ name: 'metrics', scraper: '' })
    tokens.add(Buffer.from((written().findLast(({ metadata }) => metadata.name === 'blue-1-metrics-token')?.['data'] as Record<string, string>)['token'] ?? '', 'base64').toString())
  }
  expect(own.signInOf).not.toHaveBeenCalled()
  expect(written().map(({ kind }) => kind).slice(0, 7)).toEqual(['Secret', 'Service', 'RoleBinding', 'ServiceMonitor', 'ConfigMap', 'Secret', 'ClusterResourceSet'])
  expect([...tokens]).toEqual([expect.stringMatching(/^metric\.[a-z0-9]{16}$/), expect.stringMatching(/^metric\.[a-z0-9]{16}$/)])
  const records = JSON.stringify([vi.mocked(insertOperation).mock.calls, vi.mocked(noteStep).mock.calls, vi.mocked(auditAsked).mock.calls])
  for (const token of tokens) expect(records).not.toContain(token.slice(7))
  clusterOf.mockReturnValue({ ...cluster, endpoint: null })
  await expect(save({ name: 'metrics', scraper: '' })).rejects.toMatchObject({ view: { code: 'not-ready' } })
})

test('an identity that is not offered to the tenant gives no sign-in, whatever the cluster names', async () => {
  identities.mockReturnValue([])
  await expect(save(cpi)).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(own.signInOf).not.toHaveBeenCalled()
})

test('an installed add-on is the Cluster’s own and in no record a secret', async () => {
  await save(cpi)
  expect(written().map(({ kind }) => kind)).toEqual(['Secret', 'Deployment'])
  for (const { metadata } of written()) expect(metadata.ownerReferences).toMatchObject([{ kind: 'Cluster', uid: 'u' }])
  expect(JSON.stringify([vi.mocked(insertOperation).mock.calls, vi.mocked(noteStep).mock.calls, vi.mocked(auditAsked).mock.calls])).not.toContain('secret-of-vcenter')
  expect(Buffer.from((written()[0]?.['data'] as Record<string, string>)['vsphere.conf'] ?? '', 'base64').toString()).toContain('DC9')
})

test('what the management cluster would not take is refused before the first write', async () => {
  own.apply.mockImplementation((object: KubeObject, options?: { dryRun: boolean }) => (options?.dryRun && object.kind === 'Deployment' ? Promise.reject(failure('refused', 'no')) : Promise.resolve(object)))
  await expect(save(cpi)).rejects.toMatchObject({ view: { code: 'refused' } })
  expect(written()).toEqual([])
  expect(insertOperation).not.toHaveBeenCalled()
})

test('rules are told at their field; another StorageClass needs another name', async () => {
  await expect(save({ ...cpi, version: 'v1.35.1' })).rejects.toMatchObject({ view: { code: 'invalid', fields: { version: expect.stringContaining('v1.34.x') } } })
  client.list.mockResolvedValue([deployed(csi, 'vsphere-csi-controller')])
  await expect(save({ ...csi, policy: 'Gold' }, csi)).rejects.toMatchObject({ view: { code: 'invalid', fields: { className: expect.stringContaining('another name') } } })
  await save({ ...csi, className: 'gold', policy: 'Gold' }, csi)
  expect(written().map(({ kind }) => kind)).toEqual(['Secret', 'ConfigMap', 'ConfigMap', 'ClusterResourceSet', 'Deployment'])
})

test('a review says what differs, Secrets left out, and writes nothing', async () => {
  client.list.mockResolvedValue([deployed(csi, 'vsphere-csi-controller')])
  const differences = await reviewAddOn(ctx, { tenant: 'blue', cluster: 'blue-1', settings: { ...csi, className: 'gold', policy: 'Gold' }, seen: csi })
  expect(differences.map(({ kind, what }) => `${kind} ${what}`)).toEqual(['ConfigMap changed', 'ClusterResourceSet new', 'Deployment new'])
  expect(differences[0]?.lines).toContainEqual({ sign: 'added', text: '  name: gold' })
  expect(JSON.stringify(differences)).not.toContain('secret-of-vcenter')
  expect(written()).toEqual([])
  expect(insertOperation).not.toHaveBeenCalled()
})

test('what somebody else changed since the page was read is a conflict', async () => {
  client.list.mockResolvedValue([deployed({ ...cpi, region: 'r', zone: 'z' }, 'vsphere-cloud-controller-manager')])
  await expect(save({ ...cpi, version: 'v1.34.0' }, cpi)).rejects.toMatchObject({ view: { code: 'conflict' } })
  expect(written()).toEqual([])
})

test('a create whose add-ons stop in the middle is interrupted, with what exists and what is missing', async () => {
  clusterOf.mockReturnValue(null)
  own.apply.mockImplementation((object: KubeObject, options?: { dryRun: boolean }) => (!options?.dryRun && object.kind === 'ClusterResourceSet' ? Promise.reject(away()) : Promise.resolve(object)))
  await expect(createCluster(ctx, { spec, tenant: 'blue' })).rejects.toMatchObject({ view: { code: 'interrupted', progress: { exist: expect.arrayContaining(['Cluster/blue-1', 'AddOn/cpi']), missing: ['AddOn/csi'] } } })
  expect(vi.mocked(insertOperation).mock.calls[0]?.[1].missing.slice(-2)).toEqual(['AddOn/cpi', 'AddOn/csi'])
})

test('a create without add-ons asks for no sign-in', async () => {
  clusterOf.mockReturnValue(null)
  const { cpi: one, csi: two } = spec.addOns
  await createCluster(ctx, { spec: { ...spec, addOns: { ...spec.addOns, cpi: { ...one, enabled: false }, csi: { ...two, enabled: false } } }, tenant: 'blue' })
  expect([own.signInOf.mock.calls, own.apply.mock.calls]).toEqual([[], []])
})

test('leftovers of a create are removed by the names of its objects; add-ons go with the Cluster', async () => {
  vi.mocked(findOperation).mockResolvedValue({ id: 'op', tenant: 'blue', cluster: 'blue-1', clusterUid: null, kind: 'create', who: 'ada', groups: [], state: 'interrupted', spec, namespaceUid: null, applied: ['Cluster/blue-1', 'AddOn/cpi'], missing: ['AddOn/csi'], error: null } as never)
  client.get.mockResolvedValue({ kind: 'Cluster', metadata: { name: 'blue-1', uid: 'u', annotations: { 'tenantry.dev/operation': 'op' } } })
  await removeLeftovers(ctx, { tenant: 'blue', operationId: 'op' })
  expect(client.delete.mock.calls.map(([kind]) => kind as string)).toEqual(['Cluster'])
})

test('an upgrade brings what is installed to the new minor, and lets go of a version that was typed for the old one', async () => {
  client.list.mockResolvedValue([deployed({ ...cpi, version: 'v1.34.0' }, 'vsphere-cloud-controller-manager')])
  expect(await updateAddOns(ctx, 'blue-1', 'v1.35.2', { assertHeld: () => undefined })).toEqual(['cpi'])
  expect(JSON.stringify(written())).toContain('cloud-provider-vsphere:v1.35.1')
  client.list.mockResolvedValue([])
  expect(await updateAddOns(ctx, 'blue-1', 'v1.35.2', { assertHeld: () => undefined })).toEqual([])
})

describe('the proxy in Pods', () => {
  const proxy = { name: 'proxy', url: 'http://proxy:3128', noProxy: '.svc' } as const
  const controlPlane = (extraArgs: readonly string[], manager = 'tenantry') => ({
    apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', spec: { version: 'v1.34.6', replicas: 3, apiServer: { extraArgs } },
    metadata: { name: 'blue-1', managedFields: [{ manager, operation: 'Apply', fieldsV1: { 'f:spec': { 'f:version': {}, 'f:apiServer': { 'f:extraArgs': {} } } } }] },
  })
  const set = { apiVersion: 'addons.cluster.x-k8s.io/v1beta2', kind: 'ClusterResourceSet', metadata: { name: 'blue-1-pod-proxy', generation: 1 }, spec: { resources: [] }, status: { observedGeneration: 2 } }
  const serve = (plane: object, resourceSet: object | null = null) => client.get.mockImplementation((kind: string) =>
    Promise.resolve(kind === 'Cluster' ? { spec: { controlPlaneRef: { kind: 'KamajiControlPlane', name: 'blue-1' } } } : kind === 'KamajiControlPlane' ? plane : kind === 'ClusterResourceSet' ? resourceSet : null))

  test('the API server is given what the beta takes first, as the person; what it has is kept', async () => {
    serve(controlPlane(['--feature-gates=A=true']))
    client.apply.mockImplementation((object: KubeObject) => {
      expect(written()).toEqual([])
      return Promise.resolve(object)
    })
    await save(proxy)
    expect(client.dryRunApply).toHaveBeenCalledOnce()
    expect(client.apply.mock.calls.map(([object]) => object as unknown)).toEqual([expect.objectContaining({
      spec: { version: 'v1.34.6', apiServer: { extraArgs: ['--feature-gates=A=true,MutatingAdmissionPolicy=true', '--runtime-config=admissionregistration.k8s.io/v1beta1=true'] } },
    })])
    expect(written().map(({ kind }) => kind)).toEqual(['ConfigMap', 'ClusterResourceSet'])
  })

  test('an API server that has them is left alone', async () => {
    serve(controlPlane(['--feature-gates=MutatingAdmissionPolicy=true', '--runtime-config=admissionregistration.k8s.io/v1beta1=true']))
    await save(proxy)
    expect(client.apply).not.toHaveBeenCalled()
  })

  test('what another tool set, or somebody switched off, is not overruled', async () => {
    for (const plane of [controlPlane(['--v=2'], 'argocd'), controlPlane(['--feature-gates=MutatingAdmissionPolicy=false'])]) {
      serve(plane)
      await expect(save(proxy)).rejects.toMatchObject({ view: { code: 'conflict' } })
    }
    expect([client.apply.mock.calls, written()]).toEqual([[], []])
  })

  test('it is removed from the cluster before what would bring it back is, and only once that carries nothing', async () => {
    serve(controlPlane([]), set)
    own.apply.mockImplementation((object: KubeObject) => Promise.resolve({ ...object, metadata: { ...object.metadata, generation: 2 } }))
    const order: string[] = []
    vi.mocked(deletePodProxy).mockImplementation((_, __, { dryRun }) => Promise.resolve(void order.push(dryRun ? 'asked' : `taken out after ${written().length}`)))
    own.delete.mockImplementation((kind: string) => Promise.resolve(void order.push(kind)))
    await removeAddOn(ctx, { tenant: 'blue', cluster: 'blue-1', addOn: 'proxy' })
    expect(order).toEqual(['asked', 'taken out after 1', 'ClusterResourceSet', 'ConfigMap'])
    expect(written()[0]?.spec?.['resources']).toEqual([{ kind: 'ConfigMap', name: 'blue-1-pod-proxy-none' }])
  })

  test('while the cluster does not answer nothing is removed', async () => {
    serve(controlPlane([]), set)
    vi.mocked(deletePodProxy).mockRejectedValue(failure('not-ready', 'away'))
    await expect(removeAddOn(ctx, { tenant: 'blue', cluster: 'blue-1', addOn: 'proxy' })).rejects.toMatchObject({ view: { code: 'not-ready' } })
    expect([written(), own.delete.mock.calls]).toEqual([[], []])
  })
})

test('what another replica had begun is not carried out over what was asked for since', async () => {
  const lease = { assertHeld: () => undefined, step: vi.fn() } as never
  const row = (spec: object) => ({ id: 'op', tenant: 'blue', cluster: 'blue-1', clusterUid: 'u', kind: 'addon', spec, createdAt: new Date(1) }) as never
  vi.mocked(addOnSince).mockResolvedValue(true)
  for (const intent of [{ act: 'save', settings: cpi, kubernetes: 'v1.34.6' }, { act: 'remove', addOn: 'cpi' }])
    await expect(resumeAddOn(ctx, row(intent), lease)).rejects.toMatchObject({ view: { code: 'conflict', message: expect.stringContaining('since') } })
  expect(vi.mocked(addOnSince).mock.calls.map((call) => call[2])).toEqual(['cpi', 'cpi'])
  expect([own.apply.mock.calls, own.delete.mock.calls]).toEqual([[], []])
  vi.mocked(addOnSince).mockResolvedValue(false)
  await resumeAddOn(ctx, row({ act: 'remove', addOn: 'cpi' }), lease)
  expect(own.delete).toHaveBeenCalled()
})
