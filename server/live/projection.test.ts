import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { Projection } from '@/server/live/projection'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const object = (kind: string, name: string, more: object = {}): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'blue', uid: `uid-${name}`, ...more } })
const owned = (kind: string, name: string, ownerKind: string, owner: string) => object(kind, name, { ownerReferences: [{ apiVersion: 'v1', kind: ownerKind, name: owner, uid: `uid-${owner}` }] })
const tenant = (labels: Record<string, string> = { 'tenantry.dev/tenant': '' }): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'blue', uid: 'ns', labels } })

function setup(cost = 0) {
  const pools: number[] = []
  const bindings: (string | null)[] = []
  const published: string[] = []
  const projection = new Projection({
    viewsOf: {
      cluster: ({ cluster, machineDeployments }) => {
        pools.push(machineDeployments.length)
        vi.advanceTimersByTime(cost)
        return { kind: 'cluster', uid: cluster.metadata.uid, name: cluster.metadata.name, pools: machineDeployments.length } as never
      },
      machine: () => ({}) as never,
    },
    publish: (_, upserts) => published.push(...upserts.map((view) => ('name' in view ? view.name : ''))),
    changed: () => undefined,
    bindingChanged: (name) => bindings.push(name),
  })
  projection.upsert('Namespace', tenant())
  return { projection, pools, bindings, published }
}

test('an object that is read before its owner finds its cluster when the owner comes', () => {
  const { projection, pools } = setup()
  projection.upsert('MachineDeployment', owned('MachineDeployment', 'pool', 'VSphereCluster', 'infra'))
  projection.upsert('VSphereCluster', owned('VSphereCluster', 'infra', 'KamajiControlPlane', 'control'))
  projection.upsert('KamajiControlPlane', object('KamajiControlPlane', 'control', { labels: { 'cluster.x-k8s.io/cluster-name': 'c' } }))
  projection.upsert('Cluster', object('Cluster', 'c'))
  projection.start()
  expect(pools).toEqual([1])
})

test('one that goes before its owner comes is not brought back by it', () => {
  const { projection, pools } = setup()
  const pool = owned('MachineDeployment', 'pool', 'Cluster2', 'control')
  projection.upsert('MachineDeployment', pool)
  projection.remove('MachineDeployment', pool)
  projection.upsert('KamajiControlPlane', object('KamajiControlPlane', 'control', { labels: { 'cluster.x-k8s.io/cluster-name': 'c' } }))
  projection.upsert('Cluster', object('Cluster', 'c'))
  projection.start()
  expect(pools).toEqual([0])
})

test('many clusters are looked at in slices; it is ready when all of them were', () => {
  const { projection, published } = setup(20)
  for (const name of ['a', 'b', 'c', 'd', 'e']) projection.upsert('Cluster', object('Cluster', name))
  projection.start()
  expect([published.length < 5, projection.ready]).toEqual([true, false])
  vi.advanceTimersByTime(1_000)
  expect([published, projection.ready]).toEqual([['a', 'b', 'c', 'd', 'e'], true])
})

test('streams of a Namespace are asked about again when it ceases to be a tenant', () => {
  const { projection, bindings } = setup()
  bindings.length = 0
  projection.upsert('Namespace', tenant({}))
  expect(bindings).toEqual(['blue'])
})
