import { describe, expect, test } from 'vitest'
import { NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { defaultSpec } from '@/lib/cluster/defaults'
import { heldFields, planPlaneChange } from '@/lib/control-plane/change'
import { planeDifferences } from '@/lib/control-plane/fields'
import { type LivePlane, readPlane, unknownInPlane } from '@/lib/control-plane/read'
import { dnsProblems, planeProblems } from '@/lib/control-plane/rules'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cluster as clusterObject, controlPlane as controlPlaneObject } from '@/lib/manifests/cluster-objects'
import { OLDER, toContract } from '@/lib/manifests/v1beta1'
import { appliedBy } from '@/lib/node-pool/fixtures'

const offer: VSphereOffer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 'u', version: 'v1.34.3' }] }
const asked = { ...defaultSpec(offer, 'vc'), name: 'blue-1' }
const made = (change: Partial<PlaneSpec['controlPlane']['advanced']> = {}, older = false): LivePlane => {
  const spec = { ...asked, controlPlane: { ...asked.controlPlane, advanced: { ...NOTHING_ADVANCED, ...change } } }
  const context = { tenant: 'blue', offer, operationId: 'o' }
  const served = (object: KubeObject): KubeObject => appliedBy(older ? toContract(object, { ...OLDER, cluster: 'v1beta2' }) : object)
  return { controlPlane: served(controlPlaneObject(spec, context)), cluster: served(clusterObject(spec, context)), deployment: null }
}
const wanting = (live: LivePlane, change: Partial<PlaneSpec['controlPlane']['advanced']>, replicas?: number): PlaneSpec => {
  const { controlPlane } = readPlane(live)
  return { controlPlane: { replicas: replicas ?? controlPlane.replicas, advanced: { ...controlPlane.advanced, ...change } } }
}
const changed = (live: LivePlane, change: Partial<PlaneSpec['controlPlane']['advanced']>, replicas?: number) => planPlaneChange(live, wanting(live, change, replicas))
const spec = (objects: readonly KubeObject[]) => objects.find(({ kind }) => kind === 'KamajiControlPlane')?.spec ?? {}
const everything: Partial<PlaneSpec['controlPlane']['advanced']> = {
  labels: { cni: 'calico' },
  extraArgs: { apiServer: ['--v=2'], controllerManager: ['--v=3'], scheduler: ['--v=4'] },
  addons: { coreDNS: false, kubeProxy: false, konnectivity: false },
  kubelet: { cgroupfs: 'cgroupfs', preferredAddressTypes: ['Hostname'] },
  deployment: { labels: { a: 'b' }, annotations: { c: 'd' }, podLabels: { e: 'f' }, podAnnotations: { g: 'h' }, nodeSelector: { i: 'j' }, affinity: 'nodeAffinity: {}', tolerations: '- operator: Exists', topologySpread: '- maxSkew: 1\n  topologyKey: zone\n  whenUnsatisfiable: DoNotSchedule' },
  service: { type: 'LoadBalancer', annotations: { k: 'l' }, labels: { m: 'n' } },
  certSANs: ['api.example.com'],
}

describe.each([['v1alpha2', false], ['v1alpha1', true]])('in %s', (_name, older) => {
  test('what create wrote reads back, and nothing of it is unknown', () => {
    const live = made(everything, older)
    expect(readPlane(live).controlPlane.advanced).toEqual({ ...NOTHING_ADVANCED, ...everything, dataStore: { ...NOTHING_ADVANCED.dataStore, name: older ? 'default' : '' } })
    expect(unknownInPlane(live.controlPlane)).toEqual([])
  })

  test('every field there and back again ends where create would have', () => {
    const [usual, full] = [made({}, older), made(everything, older)]
    const there = changed(usual, everything)
    expect(spec(there.objects)).toEqual(full.controlPlane.spec)
    expect(there.changes).toHaveLength(20)
    const back = spec(changed(full, wanting(usual, {}).controlPlane.advanced).objects)
    expect({ ...back, kubelet: undefined }).toEqual({ ...usual.controlPlane.spec, kubelet: undefined })
    expect(back['kubelet'], 'said, since what was said before cannot be unsaid to a default').toEqual(NOTHING_ADVANCED.kubelet)
  })
})

test('a change touches its field alone; what nobody knows is neither repeated nor lost', () => {
  const live = made()
  const odd = { ...live, controlPlane: withAt(live.controlPlane, ['spec', 'admissionControllers'], ['NodeRestriction']) }
  const { objects, replacesPods } = changed(odd, { certSANs: ['api.example.com'] })
  expect(objects.map(({ kind }) => kind)).toEqual(['KamajiControlPlane'])
  expect(spec(objects)).toEqual({ ...live.controlPlane.spec, network: { serviceType: 'LoadBalancer', certSANs: ['api.example.com'] } })
  expect(replacesPods).toBe(true)
  expect(unknownInPlane(odd.controlPlane)).toEqual(['admissionControllers'])
})

test('labels go on the Cluster and its control plane, beside those of the platform', () => {
  const live = made({ labels: { cni: 'calico', old: 'yes' } })
  const { objects, summary } = changed(live, { labels: { cni: 'cilium' } })
  expect(objects.map(({ kind, metadata }) => [kind, metadata.labels])).toEqual(['KamajiControlPlane', 'Cluster'].map((kind) => [kind, { 'cluster.x-k8s.io/cluster-name': 'blue-1', 'app.kubernetes.io/managed-by': 'tenantry', cni: 'cilium' }]))
  expect(summary).toEqual(['No Pod of the control plane is replaced.', 'No machine is replaced.'])
})

test('one argument in place of another is said twice to a Kamaji that counts, and read once', () => {
  const args = (apiServer: string[]) => ({ extraArgs: { apiServer, controllerManager: [], scheduler: [] } })
  const live = made(args(['--a=1']), true)
  const { objects } = changed(live, args(['--b=1']))
  expect(spec(objects)['apiServer']).toEqual({ extraArgs: ['--b=1', '--b=1'] })
  const after = { ...live, controlPlane: { ...live.controlPlane, spec: spec(objects) } }
  expect(readPlane(after).controlPlane.advanced.extraArgs.apiServer).toEqual(['--b=1'])
  expect(spec(changed(made(args(['--a=1'])), args(['--b=1'])).objects)['apiServer']).toEqual({ extraArgs: ['--b=1'] })
})

test('CoreDNS stays on where the older provider would tell machines a DNS address of another network', () => {
  const problems = (services: string, older: boolean) => {
    const live = made({}, older)
    const there = { ...live, cluster: withAt(live.cluster, ['spec', 'clusterNetwork', 'services', 'cidrBlocks'], [services]) }
    return dnsProblems(there, readPlane(there), wanting(there, { addons: { ...NOTHING_ADVANCED.addons, coreDNS: false } }))
  }
  expect(problems('172.20.0.0/16', true)).toMatchObject([{ path: ['controlPlane', 'advanced', 'addons', 'coreDNS'], message: expect.stringContaining('not 172.20.0.10') as string }])
  expect([problems('172.20.0.0/16', false), problems('10.96.0.0/12', true)]).toEqual([[], []])
  const off = made({ addons: { ...NOTHING_ADVANCED.addons, coreDNS: false } }, true)
  expect(dnsProblems(off, readPlane(off), wanting(off, { certSANs: ['a'] })), 'off already').toEqual([])
})

describe('what happens, in words', () => {
  const said = (change: Parameters<typeof changed>[1], replicas?: number, live = made()) => changed(live, change, replicas).summary.join(' ')
  const quiet = { ...NOTHING_ADVANCED.addons, konnectivity: false }
  test('replicas alone replace no Pod, unless Konnectivity counts them', () => {
    expect(said({}, 4, made({ addons: quiet }))).toBe('The control plane goes from 3 to 4 replicas. The Pods that stay are not replaced. No machine is replaced.')
    expect(said({}, 4)).toMatch(/from 3 to 4 replicas\. Kamaji starts 4 new Pods/)
  })
  test('blue and green as Kamaji does it by itself; away where its strategy says so', () => {
    expect(said({ certSANs: ['a'] })).toMatch(/beside the old, and ends the old when the new answer\. The API stays reachable/)
    const recreate = { ...made(), controlPlane: withAt(made().controlPlane, ['spec', 'deployment'], { strategy: { type: 'Recreate' } }) }
    expect(said({ certSANs: ['a'] }, 1, recreate)).toMatch(/The API is away until the new Pod runs/)
    const one = { ...made(), controlPlane: withAt(made().controlPlane, ['spec', 'deployment'], { strategy: { rollingUpdate: { maxUnavailable: 1 } } }) }
    expect(said({ certSANs: ['a'] }, 1, one)).toMatch(/replaces the one Pod of the control plane\. The API is away/)
    expect(said({ certSANs: ['a'] }, 3, one)).toMatch(/one after another\. The API stays reachable/)
  })
  test('what goes out of the tenant cluster', () => {
    expect(said({ addons: { coreDNS: false, kubeProxy: false, konnectivity: true } })).toMatch(/Kamaji takes CoreDNS out of the tenant cluster: names.* Kamaji takes kube-proxy out .*No machine/)
  })
})

describe('fields of other tools', () => {
  const held = (fields: object, kind: 'controlPlane' | 'cluster' = 'controlPlane'): LivePlane => {
    const live = made()
    const managedFields = (live[kind].metadata as { managedFields?: readonly object[] }).managedFields ?? []
    return { ...live, [kind]: withAt(live[kind], ['metadata', 'managedFields'], [...managedFields, { manager: 'kubectl', operation: 'Update', fieldsV1: fields }]) }
  }
  test('are named with their owner, and only those that would change stand in the way', () => {
    const live = held({ 'f:spec': { 'f:replicas': {} } })
    expect(heldFields(live)).toEqual([{ path: 'controlPlane.replicas', words: 'Replicas', owners: ['kubectl'] }])
    expect(changed(live, {}, 4).held).toHaveLength(1)
    expect(changed(live, { certSANs: ['a'] }).held).toEqual([])
  })
  test('of a map it is the entry that counts, and an empty struct of a controller is nobody’s', () => {
    const live = held({ 'f:metadata': { 'f:labels': { '.': {}, 'f:team': {} } }, 'f:spec': { 'f:apiServer': {}, 'f:deployment': { 'f:additionalMetadata': {} } } }, 'cluster')
    expect(changed(live, { labels: { cni: 'calico' } }).held).toEqual([])
    expect(changed(live, { labels: { team: 'red' } }).held).toMatchObject([{ words: 'Cluster labels', owners: ['kubectl'] }])
    expect(changed(held({ 'f:spec': { 'f:apiServer': {} } }), { extraArgs: { apiServer: ['--v=2'], controllerManager: [], scheduler: [] } }).held).toEqual([])
  })
})

describe('rules', () => {
  const before = readPlane(made())
  const problems = (change: Partial<PlaneSpec['controlPlane']['advanced']>, replicas?: number, from = before) => planeProblems(from, wanting(made(), change, replicas)).map(({ path, message }) => `${path.join('.')}: ${message}`)
  test('are create’s, at the same fields', () => {
    expect(problems({ certSANs: ['api:6443'] }, 9)).toEqual(['controlPlane.replicas: Replicas of the control plane can be 1 to 5, not 9.', expect.stringMatching(/^controlPlane\.advanced\.certSANs: .*has a port/)])
  })
  test('what was odd before holds up no other change', () => {
    const odd = withAt(before, ['controlPlane', 'advanced', 'certSANs'], ['api:6443'])
    expect(problems({ certSANs: ['api:6443'] }, 4, odd)).toEqual([])
  })
  test('what is fixed cannot be asked for', () => {
    expect(problems({ serviceDomain: 'other.local' })).toEqual(['controlPlane.advanced.serviceDomain: This is fixed when the cluster is created.'])
  })
})

test('order and layout are no difference', () => {
  const from = readPlane(made({ certSANs: ['a', 'b'], deployment: { ...NOTHING_ADVANCED.deployment, tolerations: '- operator: Exists' } }))
  const to = withAt(withAt(from, ['controlPlane', 'advanced', 'certSANs'], ['b', 'a']), ['controlPlane', 'advanced', 'deployment', 'tolerations'], '- { operator: Exists }\n')
  expect(planeDifferences(from, to)).toEqual([])
})
