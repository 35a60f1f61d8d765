import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { defaultSpec } from '@/lib/cluster/defaults'
import { specProblems } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { describeObjects } from '@/lib/manifests/describe'
import { canonicalJson, contentHash } from '@/lib/manifests/hash'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { toYaml } from '@/lib/manifests/yaml'

const offer: VSphereOffer = {
  server: 'vc.example.com', thumbprint: 'AA:BB', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'VM Network',
  templates: [{ name: 'ubuntu-1.34', version: 'v1.34.3' }, { name: 'ubuntu-1.35', version: 'v1.35.2' }],
}
const base = defaultSpec(offer, 'vc-south')
const spec: ClusterSpec = { ...base, name: 'blue-1', addresses: { kind: 'pool', range: '10.0.0.64 - 10.0.0.95', prefix: 24, gateway: '10.0.0.1', nameservers: ['10.0.0.2'] } }
const context = { tenant: 'team-blue', offer, operationId: '0b5c9f9e-0000-4000-8000-000000000000' }
const find = (objects: readonly KubeObject[], kind: string): KubeObject => objects.find((object) => object.kind === kind) ?? expect.fail(kind)
const render = (change: Partial<ClusterSpec> = {}) => renderCluster({ ...spec, ...change }, context)

/** Every value in an object with its path. */
function* leaves(value: unknown, path = ''): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) yield [path, value]
  else if (Object.keys(value).length === 0) yield [path, value]
  else for (const [key, field] of Object.entries(value)) yield* leaves(field, `${path}.${key}`)
}

test('the form’s defaults with a name and addresses make a valid spec of the newest offered version', () => {
  expect(specProblems(spec)).toEqual([])
  expect(spec).toMatchObject({ version: 'v1.35.2', placement: { template: 'ubuntu-1.35' } })
})

test('objects come in the order in which they depend on one another, all in the tenant and labelled', () => {
  const objects = render()
  expect(objects.map((object) => object.kind)).toEqual(['Cluster', 'InClusterIPPool', 'VSphereCluster', 'KamajiControlPlane', 'VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck'])
  for (const object of objects) {
    expect(object.metadata).toMatchObject({ namespace: 'team-blue', labels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', 'app.kubernetes.io/managed-by': 'tenantry' } })
  }
  expect(objects[0]?.metadata.annotations).toEqual({ 'tenantry.dev/operation': context.operationId })
})

test('a second pool of IPv6 and a shared pool are referred to by the machines’ device', () => {
  const device = (change: Partial<ClusterSpec>) => (find(render(change), 'VSphereMachineTemplate').spec as { template: { spec: { network: { devices: { addressesFromPools: { kind: string; name: string }[] }[] } } } }).template.spec.network.devices[0]
  const own = spec.addresses.kind === 'pool' ? spec.addresses : expect.fail()
  const dual = { addresses: { ...own, ipv6: { range: '2001:DB8::40-2001:db8::5f', prefix: 64, gateway: '2001:db8::1' } } }
  expect(render(dual).filter(({ kind }) => kind === 'InClusterIPPool').map(({ metadata, spec: pool }) => [metadata.name, pool?.['addresses']])).toEqual([['blue-1', ['10.0.0.64-10.0.0.95']], ['blue-1-v6', ['2001:db8::40-2001:db8::5f']]])
  expect(device(dual)?.addressesFromPools.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['InClusterIPPool/blue-1', 'InClusterIPPool/blue-1-v6'])
  const shared = { addresses: { kind: 'shared' as const, pool: 'nodes', nameservers: ['10.0.0.2'] } }
  expect(render(shared).some(({ kind }) => kind === 'InClusterIPPool')).toBe(false)
  expect(device(shared)?.addressesFromPools).toEqual([{ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'GlobalInClusterIPPool', name: 'nodes' }])
})

test('no empty string, struct or undefined is rendered, which v1beta2 refuses', () => {
  const bare = { ...offer }
  delete bare.thumbprint
  for (const object of [...render(), ...renderCluster({ ...spec, addresses: { kind: 'dhcp' } }, { ...context, offer: bare })]) {
    for (const [path, value] of leaves(object)) {
      if (/addons\.(kubeProxy|konnectivity)$/.test(path)) continue // empty means "on" there
      expect(value, `${object.kind}${path}`).not.toSatisfy((leaf) => leaf === '' || leaf === undefined || (typeof leaf === 'object' && leaf !== null && !Array.isArray(leaf)))
    }
  }
})

test('a fixed endpoint is the same in control plane, vSphere part and cluster; a load balancer’s is left to Kamaji', () => {
  const objects = render({ endpoint: { kind: 'fixed', host: '10.0.0.20', port: 7443 } })
  expect(find(objects, 'VSphereCluster').spec).toMatchObject({ controlPlaneEndpoint: { host: '10.0.0.20', port: 7443 } })
  expect(find(objects, 'KamajiControlPlane').spec).toMatchObject({ network: { serviceType: 'LoadBalancer', serviceAddress: '10.0.0.20' } })
  expect(find(objects, 'Cluster').spec).toMatchObject({ clusterNetwork: { apiServerPort: 7443 } })
  expect(find(render(), 'VSphereCluster').spec).not.toHaveProperty('controlPlaneEndpoint')
  expect(find(render(), 'KamajiControlPlane').spec).toMatchObject({ network: { serviceType: 'LoadBalancer' } })
})

test('the cluster’s DNS has the tenth address of its service network, which Kamaji does not find by itself', () => {
  expect(find(render({ networks: { pods: '10.244.0.0/16', services: '172.20.0.0/16' } }), 'KamajiControlPlane').spec).toMatchObject({ addons: { coreDNS: { dnsServiceIPs: ['172.20.0.10'] } } })
})

test('machines take addresses from the pool, or by DHCP without any pool', () => {
  const device = (objects: readonly KubeObject[]) => JSON.stringify(find(objects, 'VSphereMachineTemplate').spec)
  expect(device(render())).toContain('"addressesFromPools":[{"apiGroup":"ipam.cluster.x-k8s.io","kind":"InClusterIPPool","name":"blue-1"}]')
  expect(find(render(), 'InClusterIPPool').spec).toEqual({ addresses: ['10.0.0.64-10.0.0.95'], prefix: 24, gateway: '10.0.0.1' })
  const dhcp = render({ addresses: { kind: 'dhcp' } })
  expect(device(dhcp)).toContain('"dhcp4":true')
  expect(dhcp.some((object) => object.kind === 'InClusterIPPool')).toBe(false)
})

test('the pool’s MachineDeployment refers to the templates by their names and carries its short name', () => {
  const objects = render()
  const deployment = find(objects, 'MachineDeployment')
  expect(deployment.metadata).toMatchObject({ name: 'blue-1-general', labels: { 'tenantry.dev/node-pool': 'general' } })
  expect(deployment.spec).toMatchObject({
    selector: { matchLabels: { 'cluster.x-k8s.io/deployment-name': 'blue-1-general' } },
    template: {
      metadata: { labels: { 'cluster.x-k8s.io/deployment-name': 'blue-1-general', 'tenantry.dev/node-pool': 'general' } },
      spec: {
        infrastructureRef: { name: find(objects, 'VSphereMachineTemplate').metadata.name },
        bootstrap: { configRef: { name: find(objects, 'KubeadmConfigTemplate').metadata.name } },
        deletion: { nodeDrainTimeoutSeconds: 600, nodeVolumeDetachTimeoutSeconds: 300 },
      },
    },
  })
})

test('a pool’s health check selects its machines alone and waits five minutes for a Node', () => {
  const check = find(render(), 'MachineHealthCheck')
  expect(check.metadata.name).toBe('blue-1-general')
  expect(check.spec).toEqual({
    clusterName: 'blue-1',
    selector: { matchLabels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', 'cluster.x-k8s.io/deployment-name': 'blue-1-general' } },
    checks: {
      nodeStartupTimeoutSeconds: 600,
      unhealthyNodeConditions: [{ type: 'Ready', status: 'False', timeoutSeconds: 300 }, { type: 'Ready', status: 'Unknown', timeoutSeconds: 300 }],
    },
    remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%' } },
  })
})

test('40 % of one or two machines is none, so a small pool’s limit is one machine', () => {
  const limit = (replicas: number) => find(render({ pool: { ...spec.pool, replicas } }), 'MachineHealthCheck').spec?.['remediation']
  for (const replicas of [0, 1, 2]) expect(limit(replicas)).toEqual({ triggerIf: { unhealthyLessThanOrEqualTo: 1 } })
  expect(limit(3)).toEqual({ triggerIf: { unhealthyLessThanOrEqualTo: '40%' } })
})

test('the names of templates are those that earlier versions of the portal gave, or their machines would be replaced', () => {
  const names = render().flatMap((object) => (object.kind.endsWith('Template') ? [object.metadata.name] : []))
  expect(names).toEqual(['blue-1-general-3ff14e956f', 'blue-1-general-1ef1fa1203'])
})

test('a template’s name follows its content, not the spelling, the size of the pool or the operation', () => {
  const name = (change: Partial<ClusterSpec>, operationId = context.operationId) => find(renderCluster({ ...spec, ...change }, { ...context, operationId }), 'VSphereMachineTemplate').metadata.name
  const reordered = JSON.parse(JSON.stringify(spec), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
  ) as ClusterSpec
  expect(name(reordered)).toBe(name({}))
  expect(name({ pool: { ...spec.pool, replicas: 9 } }, 'another')).toBe(name({}))
  expect(name({ pool: { ...spec.pool, memoryMiB: 8192 } })).not.toBe(name({}))
  expect(name({})).toMatch(/^blue-1-general-[0-9a-f]{10}$/)
})

test('canonical text sorts keys at every depth, keeps lists in order and drops what is undefined', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }, null], a: 'x' })).toBe('{"a":"x","b":[{"d":1},null]}')
  expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }))
  expect(contentHash({})).toBe(contentHash({ a: undefined }))
})

test('what Cluster API does not own itself is made the cluster’s own, once', () => {
  const pool = find(render(), 'InClusterIPPool')
  const owned = withOwner(withOwner(pool, { uid: 'u1', name: 'blue-1' }), { uid: 'u1', name: 'blue-1' })
  expect(owned.metadata.ownerReferences).toEqual([{ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'blue-1', uid: 'u1' }])
  expect(pool.metadata.ownerReferences).toBeUndefined()
  expect(render().filter(needsOwner).map((object) => object.kind)).toEqual(['InClusterIPPool', 'VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineHealthCheck'])
})

test('the preview is YAML of the same objects, and its rows name each in plain words', () => {
  const objects = render()
  expect(parseAllDocuments(toYaml(objects)).map((document) => document.toJS() as unknown)).toEqual(objects)
  expect(describeObjects(objects).map((row) => `${row.what} — ${row.kind}`)).toEqual([
    'The cluster — Cluster', 'Its addresses — InClusterIPPool', 'Its place in vSphere — VSphereCluster', 'Its hosted control plane — KamajiControlPlane',
    'What each machine looks like — VSphereMachineTemplate', 'How each machine starts — KubeadmConfigTemplate', 'Pool “general” — MachineDeployment',
    'Repair of the pool — MachineHealthCheck',
  ])
})
