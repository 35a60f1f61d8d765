import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { clusterParts } from '@/server/live/objects'
import { Places } from '@/server/live/places'
import { trimmed } from '@/server/live/trim'
import type { KindName } from '@/server/management/kinds'
import { clusterView } from '@/server/management/parse/cluster'
import { at, cond, deployment, machineAt, parts, probe, raw, template } from '@/server/management/parse/fixtures'
import { machineView } from '@/server/management/parse/machine'

const address = (name: string, text: string): KubeObject => raw('ipam.cluster.x-k8s.io/v1beta2', 'IPAddress', name, { spec: { address: text, claimRef: { name } } })

test('a machine shows the address that its pool gave it before its VM reports one', () => {
  const coming = machineAt('powering-on', 'aaaaa')
  expect(machineView(coming).address).toBeNull()
  expect(machineView({ ...coming, addresses: [address('x', '10.40.12.44')] }).address).toBe('10.40.12.44')
  const ready = machineAt('ready', 'bbbbb')
  expect(machineView({ ...ready, addresses: [address('x', '10.40.12.99')] }).address).toBe('10.40.12.47')
})

test('a health check that may not repair is told, one that may is not', () => {
  const check = (status: 'True' | 'False', message = ''): KubeObject => raw('cluster.x-k8s.io/v1beta2', 'MachineHealthCheck', 'check', { status: { conditions: [cond('RemediationAllowed', status, 'TooManyUnhealthy', message)] } })
  const held = ({ health }: ReturnType<typeof clusterView>) => health.filter(({ condition }) => condition.type === 'RemediationAllowed')
  const machines = [machineAt('ready', 'aaaaa'), machineAt('not-ready', 'bbbbb')]
  const healthOf = (...healthChecks: KubeObject[]) => held(clusterView(parts({ healthChecks, machines })))
  expect(healthOf(check('True'))).toEqual([])
  expect(healthOf(check('True'), check('False', 'Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy.'))).toMatchObject([
    { ok: false, sentence: 'Repair is on hold: Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy' },
  ])
  const growing = clusterView(parts({ healthChecks: [check('False')], machines: [machineAt('powering-on', 'aaaaa')] }))
  expect(growing).toMatchObject({ group: 'changing' })
  expect(held(growing), 'while machines start').toEqual([])
  expect(held(clusterView(parts({ healthChecks: [check('False')] }))), 'all are ready, and the check has not looked again').toEqual([])
})

const globalPool = (total: number, used: number): KubeObject => raw('ipam.cluster.x-k8s.io/v1alpha2', 'GlobalInClusterIPPool', 'all', { spec: { addresses: ['10.0.0.0/24'], gateway: '10.0.0.1' }, status: { ipAddresses: { total, used, free: total - used } } })

test('of a pool of all tenants the counts are shown and the network is not; an empty one stalls', () => {
  const waiting = parts({ ipPool: null, globalPool: globalPool(10, 10), machines: [machineAt('waiting-address', 'aaaaa')] })
  const view = clusterView(waiting)
  expect(view.addresses).toEqual({ kind: 'pool', pool: 'all', shared: true, ranges: [], prefix: null, gateway: null, total: 10, used: 10, free: 0 })
  expect(view.state).toMatchObject({ word: 'Stalled', sentence: expect.stringMatching(/^No free address in pool all/) as unknown })
  expect(clusterView({ ...waiting, globalPool: globalPool(10, 9) }).state.word).not.toBe('Stalled')
})

test('objects find their cluster and each other: addresses by their claims, a global pool by the template, a check by its spec', () => {
  const { machine, vsphereMachine, vsphereVm, bootstrap, claims } = machineAt('powering-on', 'aaaaa')
  const owner = (object: KubeObject, by: KubeObject | null): KubeObject => ({ ...object, metadata: { ...object.metadata, ownerReferences: [{ apiVersion: 'x', kind: by?.kind ?? '', name: by?.metadata.name ?? '', uid: by?.metadata.uid ?? '' }] } })
  const pooled = template()
  const device = (pooled.spec as { template: { spec: { network: { devices: { addressesFromPools: { kind: string; name: string }[] }[] } } } }).template.spec.network.devices[0]?.addressesFromPools[0]
  Object.assign(device ?? {}, { kind: 'GlobalInClusterIPPool', name: 'all' })
  const check = raw('cluster.x-k8s.io/v1beta2', 'MachineHealthCheck', 'check', { spec: { clusterName: 'blue-1' } })
  const unlabelled = { ...check, metadata: { ...check.metadata, labels: {} } }
  const linked: KubeObject = { ...machine, spec: { ...machine.spec, infrastructureRef: { name: vsphereMachine?.metadata.name }, bootstrap: { configRef: { name: bootstrap?.metadata.name } } } }
  const claim = claims[0] ?? expect.fail('no claim')
  const places = new Places()
  const objects: [KindName, KubeObject | null][] = [
    ['IPAddress', address(claim.metadata.name, '10.40.12.44')], ['IPAddressClaim', owner(claim, vsphereVm)], ['VSphereVM', vsphereVm && owner(vsphereVm, vsphereMachine)], ['VSphereMachine', vsphereMachine],
    ['KubeadmConfig', bootstrap], ['Machine', linked], ['MachineHealthCheck', unlabelled], ['VSphereMachineTemplate', pooled], ['Cluster', parts().cluster],
  ]
  for (const [kind, object] of objects) places.put(kind, trimmed(kind, object ?? expect.fail('absent')) ?? expect.fail('dropped'))
  const found = clusterParts(places.bucket('team-blue/blue-1') ?? expect.fail('no bucket'), new Map([['all', globalPool(3, 1)]])) ?? expect.fail('no cluster')
  expect(found.machines[0]).toMatchObject({ vsphereVm: { kind: 'VSphereVM' }, bootstrap: { kind: 'KubeadmConfig' }, claims: [{}], addresses: [{ spec: { address: '10.40.12.44' } }] })
  expect([found.globalPool?.metadata.name, found.healthChecks?.length]).toEqual(['all', 1])
  expect([places.of('team-blue'), places.of('team'), places.placeOf(machine.metadata.uid ?? '', 'team-blue')]).toEqual([['team-blue/blue-1'], [], 'team-blue/blue-1'])
})

/** As Cluster API 1.9 and 1.10 answer on their v1beta1: references with apiVersion, old conditions in front, the new ones beside. */
function older(object: KubeObject): KubeObject {
  const conditions = object.status?.['conditions'] ?? []
  return { ...object, apiVersion: object.apiVersion.replace('v1beta2', 'v1beta1'), status: { ...object.status, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }], v1beta2: { conditions } } }
}

test('a cluster read as v1beta1 gives the same picture', () => {
  const [now, machines] = [parts(), ['aaaaa', 'bbbbb', 'ccccc'].map((id) => machineAt('ready', id))]
  const then = parts({
    cluster: older(now.cluster), infrastructure: now.infrastructure && older(now.infrastructure), machineDeployments: now.machineDeployments.map(older),
    machines: machines.map(({ machine, vsphereMachine, vsphereVm, bootstrap, claims }) => ({
      machine: older(machine), vsphereMachine: vsphereMachine && older(vsphereMachine), vsphereVm: vsphereVm && older(vsphereVm), bootstrap: bootstrap && older(bootstrap), claims: claims.map(older),
    })),
  })
  expect(clusterView(then)).toEqual(clusterView({ ...now, machines }))
})

test('a cluster of an even older v1beta1, without the newer conditions, gives a view and no error', () => {
  const old = (object: KubeObject): KubeObject => ({ ...object, apiVersion: object.apiVersion.replace('v1beta2', 'v1beta1'), status: { phase: 'Running', infrastructureReady: true, nodeRef: { name: 'n' }, conditions: [cond('Ready', 'True', ''), cond('NodeHealthy', 'True', ''), probe('True')] } })
  const machine = machineAt('ready', 'aaaaa')
  const view = clusterView(parts({ cluster: old(parts().cluster), machines: [{ ...machine, machine: old(machine.machine) }] }))
  expect([view.name, view.machines]).toEqual(['blue-1', { desired: 3, ready: 1, total: 1 }])
})

test('the MachineDeployments of a pool in several zones are one pool, and one that leaves counts no more', () => {
  const zone = (name: string, replicas: number, metadata = {}) => {
    const made = deployment(replicas, {}, { metadata })
    const spec = withAt(made.spec, ['template', 'spec', 'failureDomain'], name)
    return { ...made, metadata: { ...made.metadata, name: `blue-1-general-${name}`, uid: name }, ...(spec ? { spec } : {}) }
  }
  const pools = (machineDeployments: readonly KubeObject[]) => clusterView(parts({ machineDeployments, machines: [] })).pools
  expect(pools([zone('b', 1), zone('a', 2)])).toMatchObject([{ name: 'general', machineDeployment: 'blue-1-general-a', desired: 3, surge: 2, zones: [{ zone: 'a', machineDeployment: 'blue-1-general-a', desired: 2, ready: 0 }, { zone: 'b', desired: 1 }] }])
  expect(pools([zone('a', 2, { deletionTimestamp: at(5) }), zone('b', 3)])).toMatchObject([{ machineDeployment: 'blue-1-general-b', desired: 3, zones: [{ zone: 'b' }] }])
})
