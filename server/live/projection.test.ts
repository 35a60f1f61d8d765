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
  const concerned: (readonly string[] | null)[] = []
  const warned: string[] = []
  const published: string[] = []
  const told: string[] = []
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
    changed: (before, after) => told.push(`${before?.cluster.uid ?? null} -> ${after?.cluster.uid ?? null}`),
    hidden: ({ cluster }) => told.push(`${cluster.uid} hidden`),
    renamed: (name) => told.push(`${name} again`),
    warned: (cluster, event) => warned.push(`${cluster.name}: ${event.metadata.name}`),
    bindingChanged: (name, people) => void (bindings.push(name), concerned.push(people)),
  })
  projection.upsert('Namespace', tenant())
  return { projection, pools, bindings, concerned, warned, published, told }
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

test('a Namespace that has the name of a former tenant is told from one that was seen before', () => {
  const { projection, told } = setup()
  projection.remove('Namespace', tenant())
  projection.upsert('Namespace', tenant())
  expect(told).toEqual([])
  const another = { ...tenant(), metadata: { ...tenant().metadata, uid: 'another' } }
  projection.remove('Namespace', tenant())
  projection.upsert('Namespace', another)
  projection.upsert('Namespace', another)
  expect(told).toEqual(['blue again'])
})

test('what was made anew under its name stays when its predecessor goes after it', () => {
  const { projection, told, bindings } = setup()
  bindings.length = 0
  const anew = (of: KubeObject): KubeObject => ({ ...of, metadata: { ...of.metadata, uid: 'anew' } })
  const kinds = ['VSphereClusterIdentity', 'GlobalInClusterIPPool', 'VSphereDeploymentZone', 'VSphereFailureDomain'] as const
  for (const of of [tenant(), ...kinds.map((kind) => object(kind, 'one'))]) {
    projection.upsert(of.kind as 'Namespace', of)
    projection.upsert(of.kind as 'Namespace', anew(of))
    projection.remove(of.kind as 'Namespace', of)
  }
  expect([projection.tenants(), projection.identityObjects(), projection.globalPoolObjects(), projection.zoneObjects()].map((all) => all.map(({ metadata }) => metadata.uid))).toEqual([['anew'], ['anew'], ['anew'], ['anew']])
  expect([projection.failureDomain('one')?.metadata.uid, told, bindings]).toEqual(['anew', ['blue again'], []])
})

test('a hosted control plane that outlives its cluster is known, also to a portal that has never seen the cluster', () => {
  const { projection } = setup()
  const leaving = { deletionTimestamp: '2026-11-21T14:00:00Z' }
  const plane = (more: object = {}) => object('TenantControlPlane', 'hosted', { ownerReferences: [{ apiVersion: 'v1', kind: 'KamajiControlPlane', name: 'control', uid: 'uid-control' }], ...more })
  projection.upsert('TenantControlPlane', plane(leaving))
  const names = () => projection.leftBehind('blue').map(({ metadata }) => metadata.name)
  expect([names(), projection.leftBehind('green')]).toEqual([['hosted'], []])
  const control = object('KamajiControlPlane', 'control', { labels: { 'cluster.x-k8s.io/cluster-name': 'c' } })
  projection.upsert('KamajiControlPlane', control)
  expect(names()).toEqual([])
  projection.remove('KamajiControlPlane', control)
  expect(names()).toEqual(['hosted'])
  projection.upsert('TenantControlPlane', plane())
  expect(names(), 'nobody has asked it to go').toEqual([])
  projection.upsert('TenantControlPlane', plane(leaving))
  expect(projection.hosts('uid-hosted')).toBe(true)
  projection.remove('TenantControlPlane', plane(leaving))
  expect([names(), projection.hosts('uid-hosted')]).toEqual([[], false])
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

test('a binding concerns whom it names and whom it named; one of ServiceAccounts concerns nobody', () => {
  const { projection, bindings, concerned } = setup()
  bindings.length = concerned.length = 0
  const binding = (people: readonly string[]): KubeObject => ({ ...object('RoleBinding', 'b'), people })
  projection.upsert('RoleBinding', binding([]))
  projection.upsert('RoleBinding', binding(['User/oidc:ada']))
  projection.upsert('RoleBinding', binding(['Group/oidc:a']))
  projection.remove('RoleBinding', binding(['Group/oidc:a']))
  expect(bindings).toEqual(['blue', 'blue', 'blue'])
  expect(concerned).toEqual([['User/oidc:ada'], ['User/oidc:ada', 'Group/oidc:a'], ['Group/oidc:a']])
})

test('a change after quiet is looked at within milliseconds, one that follows it a tenth of a second later', () => {
  const { projection, pools } = setup()
  projection.upsert('Cluster', object('Cluster', 'c'))
  projection.start()
  vi.advanceTimersByTime(500)
  pools.length = 0
  const pool = (name: string) => object('MachineDeployment', name, { labels: { 'cluster.x-k8s.io/cluster-name': 'c' } })
  projection.upsert('MachineDeployment', pool('p1'))
  vi.advanceTimersByTime(6)
  expect(pools).toEqual([1])
  projection.upsert('MachineDeployment', pool('p2'))
  projection.upsert('MachineDeployment', pool('p3'))
  vi.advanceTimersByTime(80)
  expect(pools).toEqual([1])
  vi.advanceTimersByTime(30)
  expect(pools).toEqual([1, 3])
})

test('a cluster that says what it said before is not sent again', () => {
  const { projection, published } = setup()
  projection.upsert('Cluster', object('Cluster', 'c'))
  projection.start()
  projection.upsert('Cluster', object('Cluster', 'c', { resourceVersion: '2' }))
  vi.advanceTimersByTime(500)
  expect(published).toEqual(['c'])
})

test('a warning finds the cluster of its object, also when it was read first; one of nobody’s object is let go', () => {
  const { projection, warned } = setup()
  const event = (name: string, uid: string): KubeObject => ({ ...object('Event', name), involvedObject: { kind: 'Cluster', uid } })
  projection.upsert('Event', event('early', 'uid-c'))
  projection.upsert('Event', event('other', 'uid-elsewhere'))
  projection.start()
  projection.upsert('Cluster', object('Cluster', 'c'))
  vi.advanceTimersByTime(500)
  projection.upsert('Event', event('late', 'uid-c'))
  vi.advanceTimersByTime(500)
  expect(warned).toEqual(['c: early', 'c: late'])
})

test('a cluster is looked at again when its identity changes or goes, and no other is', () => {
  const seen: unknown[] = []
  const projection = new Projection({
    viewsOf: {
      cluster: ({ cluster, identity }) => {
        seen.push([cluster.metadata.name, identity?.metadata.resourceVersion ?? null])
        return { kind: 'cluster', uid: cluster.metadata.uid, identity: cluster.metadata.name === 'a' ? 'vc' : null } as never
      },
      machine: () => ({}) as never,
    },
    publish: () => undefined, changed: () => undefined, hidden: () => undefined, renamed: () => undefined, warned: () => undefined, bindingChanged: () => undefined,
  })
  projection.upsert('Namespace', tenant())
  const identity = (resourceVersion: string): KubeObject => ({ apiVersion: 'v1', kind: 'VSphereClusterIdentity', metadata: { name: 'vc', uid: 'i', resourceVersion } })
  for (const name of ['a', 'b']) projection.upsert('Cluster', { ...object('Cluster', name), spec: { infrastructureRef: { name } } })
  projection.upsert('VSphereCluster', { ...object('VSphereCluster', 'a', { uid: 'infra', labels: { 'cluster.x-k8s.io/cluster-name': 'a' } }), spec: { identityRef: { kind: 'VSphereClusterIdentity', name: 'vc' } } })
  projection.upsert('VSphereClusterIdentity', identity('1'))
  projection.start()
  expect(seen).toEqual([['a', '1'], ['b', null]])
  projection.upsert('VSphereClusterIdentity', identity('2'))
  vi.advanceTimersByTime(1_000)
  projection.remove('VSphereClusterIdentity', identity('2'))
  vi.advanceTimersByTime(1_000)
  expect(seen.slice(2)).toEqual([['a', '2'], ['a', null]])
})

function outOfSight() {
  const all = setup()
  all.projection.upsert('Cluster', object('Cluster', 'c'))
  all.projection.start()
  all.projection.upsert('Namespace', tenant({}))
  vi.advanceTimersByTime(500)
  return all
}

test('a cluster whose Namespace ceases to be a tenant is out of sight, not gone, and is told on when it is seen again', () => {
  const { projection, told } = outOfSight()
  projection.upsert('Cluster', object('Cluster', 'c', { resourceVersion: '2' }))
  vi.advanceTimersByTime(500)
  expect(told).toEqual(['null -> uid-c', 'uid-c hidden'])
  projection.upsert('Namespace', tenant())
  vi.advanceTimersByTime(500)
  expect(told.slice(2)).toEqual(['uid-c -> uid-c'])
})

test('one that goes while it is out of sight has gone, also when its Namespace goes first', () => {
  const { projection, told } = outOfSight()
  projection.remove('Namespace', tenant({}))
  vi.advanceTimersByTime(500)
  projection.remove('Cluster', object('Cluster', 'c'))
  vi.advanceTimersByTime(500)
  projection.upsert('Namespace', tenant())
  vi.advanceTimersByTime(500)
  expect(told).toEqual(['null -> uid-c', 'uid-c hidden', 'uid-c -> null'])
})

test('an owner or an Event of another Namespace places nothing in a cluster', () => {
  const { projection, pools, warned } = setup()
  projection.upsert('Cluster', object('Cluster', 'c'))
  projection.upsert('KamajiControlPlane', object('KamajiControlPlane', 'control', { labels: { 'cluster.x-k8s.io/cluster-name': 'c' } }))
  projection.upsert('MachineDeployment', { ...owned('MachineDeployment', 'foreign', 'KamajiControlPlane', 'control'), metadata: { ...owned('MachineDeployment', 'foreign', 'KamajiControlPlane', 'control').metadata, namespace: 'green' } })
  projection.upsert('Event', { ...object('Event', 'foreign', { namespace: 'green' }), involvedObject: { kind: 'Cluster', uid: 'uid-c' } })
  projection.start()
  vi.advanceTimersByTime(500)
  expect([pools, warned]).toEqual([[0], []])
})
