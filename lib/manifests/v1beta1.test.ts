import { expect, test } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { withOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { duration, NEWEST, OLDER, toContract } from '@/lib/manifests/v1beta1'
import { made } from '@/lib/node-pool/fixtures'
import { readPool, secondsOf } from '@/lib/node-pool/read'

const offer: VSphereOffer = { server: 'vc.example.com', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [{ name: 't', version: 'v1.34.3' }] }
const spec = { ...defaultSpec(offer, 'vc'), name: 'blue-1', addresses: { kind: 'pool' as const, range: '10.0.0.64-10.0.0.95', prefix: 24, gateway: '10.0.0.1', nameservers: ['10.0.0.2'] } }
const objects = renderCluster(spec, { tenant: 'team-blue', offer, operationId: 'x' })
const of = (kind: string, contract = OLDER): KubeObject => toContract(objects.find((object) => object.kind === kind) ?? expect.fail(kind), contract)

test('the newest contract changes nothing', () => {
  for (const object of objects) expect(toContract(object, NEWEST)).toEqual(object)
})

test('every object gets the version that its own group serves', () => {
  expect(objects.map((object) => toContract(object, OLDER).apiVersion)).toEqual([
    'cluster.x-k8s.io/v1beta1', 'ipam.cluster.x-k8s.io/v1alpha2', 'infrastructure.cluster.x-k8s.io/v1beta1', 'controlplane.cluster.x-k8s.io/v1alpha1',
    'infrastructure.cluster.x-k8s.io/v1beta1', 'bootstrap.cluster.x-k8s.io/v1beta1', 'cluster.x-k8s.io/v1beta1', 'cluster.x-k8s.io/v1beta1',
  ])
})

test('references name the version of their own group, not that of who refers', () => {
  const mixed = { ...NEWEST, cluster: 'v1beta1' } as const
  expect(of('Cluster', mixed).spec).toMatchObject({
    controlPlaneRef: { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', name: 'blue-1', namespace: 'team-blue' },
    infrastructureRef: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereCluster' },
  })
  expect(of('VSphereMachineTemplate', mixed).apiVersion).toBe('infrastructure.cluster.x-k8s.io/v1beta2')
})

test('a MachineDeployment’s strategy and timeouts move to where v1beta1 has them, and nothing empty is left', () => {
  const { spec } = of('MachineDeployment')
  expect(spec).toMatchObject({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { spec: { nodeDrainTimeout: '10m0s', nodeVolumeDetachTimeout: '5m0s', nodeDeletionTimeout: '10s', bootstrap: { configRef: { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1' } } } },
  })
  expect(spec).not.toHaveProperty('rollout')
  expect(spec).not.toHaveProperty('template.spec.deletion')
})

test('restart, deletion order, remediation and minReadySeconds move too', () => {
  const deployment = objects.find(({ kind }) => kind === 'MachineDeployment') ?? expect.fail()
  const full = { ...deployment, spec: { ...deployment.spec, rollout: { after: '2026-01-01T00:00:00Z' }, deletion: { order: 'Oldest' }, remediation: { maxInFlight: 1 }, template: { spec: { minReadySeconds: 3 } } } }
  expect(toContract(full, OLDER).spec).toMatchObject({ rolloutAfter: '2026-01-01T00:00:00Z', minReadySeconds: 3, strategy: { rollingUpdate: { deletePolicy: 'Oldest' }, remediation: { maxInFlight: 1 } } })
})

test('a field that v1beta1 does not have is an error, never lost', () => {
  const deployment = objects.find(({ kind }) => kind === 'MachineDeployment') ?? expect.fail()
  expect(() => toContract({ ...deployment, spec: { ...deployment.spec, rollout: { later: true } } }, OLDER)).toThrow('v1beta1 has no place for rollout.later')
})

test('a health check, kubelet arguments and the power-off timeout have v1beta1’s shape', () => {
  expect(of('MachineHealthCheck').spec).toMatchObject({
    maxUnhealthy: '40%', nodeStartupTimeout: '10m0s',
    unhealthyConditions: [{ type: 'Ready', status: 'False', timeout: '5m0s' }, { type: 'Ready', status: 'Unknown', timeout: '5m0s' }],
  })
  expect(Object.keys(of('MachineHealthCheck').spec ?? {}).sort()).toEqual(['clusterName', 'maxUnhealthy', 'nodeStartupTimeout', 'selector', 'unhealthyConditions'])
  expect(of('KubeadmConfigTemplate').spec).toMatchObject({ template: { spec: { joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { 'cloud-provider': 'external' } } } } } })
  expect(of('VSphereMachineTemplate').spec).toMatchObject({ template: { spec: { guestSoftPowerOffTimeout: '2m0s', powerOffMode: 'trySoft' } } })
  expect(of('VSphereMachineTemplate').spec).not.toHaveProperty('template.spec.guestSoftPowerOffTimeoutSeconds')
})

test('an owner is named in a version that is served, in whichever order both are done', () => {
  const template = objects.find(({ kind }) => kind === 'VSphereMachineTemplate') ?? expect.fail()
  const owned = toContract(withOwner(template, { uid: 'u1', name: 'blue-1' }), OLDER)
  expect(owned.metadata.ownerReferences).toEqual([{ apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster', name: 'blue-1', uid: 'u1' }])
})

test('also the owner of an object whose own version stays', () => {
  for (const [kind, contract] of [['InClusterIPPool', OLDER], ['VSphereMachineTemplate', { ...NEWEST, cluster: 'v1beta1' } as const]] as const) {
    const object = objects.find((candidate) => candidate.kind === kind) ?? expect.fail()
    const owned = toContract(withOwner(object, { uid: 'u1', name: 'blue-1' }), contract)
    expect(owned).toMatchObject({ apiVersion: object.apiVersion, metadata: { ownerReferences: [{ apiVersion: 'cluster.x-k8s.io/v1beta1' }] } })
  }
})

test('the older provider of Kamaji is told its datastore, the one asked for or the first', () => {
  expect(of('KamajiControlPlane').spec).toMatchObject({ version: 'v1.34.3', dataStoreName: 'default' })
  const asked = objects.find(({ kind }) => kind === 'KamajiControlPlane') ?? expect.fail()
  expect(toContract({ ...asked, spec: { ...asked.spec, dataStoreName: 'gold' } }, OLDER).spec).toMatchObject({ dataStoreName: 'gold' })
  expect(toContract({ ...asked, spec: { ...asked.spec, network: { serviceType: 'ClusterIP', dnsServiceIPs: ['10.96.0.10'] } } }, OLDER).spec?.['network']).toEqual({ serviceType: 'ClusterIP' })
  expect(() => toContract({ ...asked, spec: { ...asked.spec, network: { serviceType: 'ClusterIP', dnsServiceIPs: ['172.20.0.10'] } } }, OLDER)).toThrow(/Leave CoreDNS on/)
  expect(toContract(asked, NEWEST).spec).not.toHaveProperty('dataStoreName')
  expect(() => toContract({ ...asked, spec: { ...asked.spec, dataStoreSchema: 'blue_1' } }, OLDER)).toThrow('v1alpha1 has no place for dataStoreSchema')
})

test('what is in v1beta1 already is left alone', () => {
  const once = of('MachineDeployment')
  expect(toContract(once, OLDER)).toEqual(once)
})

test('a pool reads back the same from both contracts', () => {
  const live = made()
  const older = {
    deployment: toContract(live.deployment, OLDER),
    machineTemplates: live.machineTemplates.map((object) => toContract(object, OLDER)),
    bootstrapTemplates: live.bootstrapTemplates.map((object) => toContract(object, OLDER)),
    healthChecks: live.healthChecks.map((object) => toContract(object, OLDER)),
  }
  expect(readPool(older)).toEqual(readPool(live))
})

test('durations are spelled as Go spells them, and read back', () => {
  for (const [seconds, text] of [[0, '0s'], [10, '10s'], [60, '1m0s'], [600, '10m0s'], [3600, '1h0m0s'], [86_399, '23h59m59s']] as const) {
    expect(duration(seconds)).toBe(text)
    expect(secondsOf(text)).toBe(seconds)
  }
  expect(secondsOf('1.5s')).toBe(2)
  expect(secondsOf('100ms')).toBe(1)
  for (const bad of ['', '10', '-5m', 'm', '5 m', 5, null]) expect(secondsOf(bad), String(bad)).toBeNull()
})
