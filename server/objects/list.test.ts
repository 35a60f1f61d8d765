import { expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { failure } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { findObjects } from '@/server/objects/list'

const object = (kind: string, name: string, more: { labels?: Record<string, string>; owner?: string; spec?: Record<string, unknown> } = {}): KubeObject => ({
  apiVersion: 'v1', kind,
  metadata: { name, namespace: 'blue', uid: `uid-${name}`, ...(more.labels ? { labels: more.labels } : {}), ...(more.owner ? { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: more.owner, uid: `uid-${more.owner}` }] } : {}) },
  ...(more.spec ? { spec: more.spec } : {}),
})
const LABEL = 'cluster.x-k8s.io/cluster-name'

/** Answers selectors as the API server does. */
function client(objects: readonly KubeObject[], fail: (kind: string) => Error | null = () => null): UserClient {
  const of = (kind: string) => {
    const error = fail(kind)
    if (error) throw error
    return objects.filter((object) => object.kind === kind)
  }
  return {
    get: (kind: string, _namespace: string, name: string) => Promise.resolve(of(kind).find(({ metadata }) => metadata.name === name) ?? null),
    list: vi.fn(async (kind: string, _namespace: string, selector: string) => {
      const found = of(kind)
      if (kind === 'MachineHealthCheck') throw failure('refused', 'its provider is not installed')
      const [cluster, ...marks] = selector.split(',')
      if (marks.length > 0) return found.filter(({ metadata }) => `${LABEL}=${metadata.labels?.[LABEL]}` === cluster && marks.every((mark) => metadata.labels?.[mark] !== undefined))
      return selector.startsWith('!') ? found.filter(({ metadata }) => metadata.labels?.[LABEL] === undefined) : found.filter(({ metadata }) => `${LABEL}=${metadata.labels?.[LABEL]}` === selector)
    }),
  } as unknown as UserClient
}
const names = async (objects: readonly KubeObject[], fail?: (kind: string) => Error | null) => (await findObjects(client(objects, fail), 'blue', 'a')).objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)

test('objects are found by label, owner, reference and spec, along the whole chain, and no others', async () => {
  const objects = [
    object('Cluster', 'a', { spec: { controlPlaneRef: { kind: 'KamajiControlPlane', name: 'by-hand' } } }), object('Cluster', 'b'),
    object('KamajiControlPlane', 'by-hand'), object('KamajiControlPlane', 'others', { labels: { [LABEL]: 'b' } }),
    object('MachineDeployment', 'pool', { spec: { clusterName: 'a' } }), object('MachineDeployment', 'loose', { spec: { clusterName: 'b' } }),
    object('Machine', 'm', { labels: { [LABEL]: 'a' } }),
    object('IPAddress', 'ip', { owner: 'claim' }), object('IPAddressClaim', 'claim', { owner: 'vm' }), object('VSphereVM', 'vm', { owner: 'vsm' }), object('VSphereMachine', 'vsm', { owner: 'm' }),
    object('IPAddress', 'other', { owner: 'nobody' }),
  ]
  expect(await names(objects)).toEqual(['Cluster/a', 'KamajiControlPlane/by-hand', 'MachineDeployment/pool', 'Machine/m', 'VSphereMachine/vsm', 'VSphereVM/vm', 'IPAddressClaim/claim', 'IPAddress/ip'])
})
test('of Deployments and ClusterResourceSets only an add-on’s own are found', async () => {
  const addOn = { [LABEL]: 'a', 'tenantry.dev/add-on': 'csi' }
  const objects = [
    object('Cluster', 'a'), object('Deployment', 'a-csi', { labels: addOn }), object('ClusterResourceSet', 'a-csi', { labels: addOn }),
    object('Deployment', 'b-csi', { labels: { ...addOn, [LABEL]: 'b' } }), object('Deployment', 'foreign', { labels: { [LABEL]: 'a' } }), object('Deployment', 'owned', { owner: 'a' }),
  ]
  expect(await names(objects)).toEqual(['Cluster/a', 'Deployment/a-csi', 'ClusterResourceSet/a-csi'])
})
test('a kind that the person may not list is said, and the rest is there; another failure is one', async () => {
  const objects = [object('Cluster', 'a'), object('Machine', 'm', { labels: { [LABEL]: 'a' } })]
  const found = await findObjects(client(objects, (kind) => (kind === 'Machine' ? failure('forbidden', 'no') : null)), 'blue', 'a')
  expect(found).toMatchObject({ objects: [{ kind: 'Cluster' }], forbidden: ['Machine'] })
  await expect(names(objects, (kind) => (kind === 'Machine' ? failure('management-away', 'away') : null))).rejects.toMatchObject({ view: { code: 'management-away' } })
})
test('a name that could be read as a selector is asked of nobody', async () => {
  const asked = client([])
  for (const name of ['a,b', 'a in (b)', '', 'x'.repeat(64)]) expect(await findObjects(asked, 'blue', name)).toEqual({ objects: [], forbidden: [] })
  expect(asked.list).not.toHaveBeenCalled()
})
test('what outlived its Cluster is found', async () => {
  expect(await names([object('VSphereVM', 'left', { labels: { [LABEL]: 'a' } }), object('TenantControlPlane', 'a', { owner: 'gone' }), object('TenantControlPlane', 'b', { owner: 'gone' })])).toEqual(['TenantControlPlane/a', 'VSphereVM/left'])
})
