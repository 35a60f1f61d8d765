import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { planPoolChange } from '@/lib/node-pool/change'
import { general, made } from '@/lib/node-pool/fixtures'
import { moreNetworksOf, networkProblems } from '@/lib/node-pool/networks'
import { readPool } from '@/lib/node-pool/read'
import type { MoreNetwork } from '@/lib/node-pool/spec'

const storage: MoreNetwork = { network: 'vlan-50', pool: { kind: 'GlobalInClusterIPPool', name: 'storage' } }
const backup: MoreNetwork = { network: 'vlan-60', pool: null }
const devicesOf = (object: unknown) => (object as { spec: { template: { spec: { network: { devices: unknown[] } } } } }).spec.template.spec.network.devices

test('further networks are devices of their own, and read back', () => {
  const pool = { ...general, moreNetworks: [storage, backup] }
  const live = made(pool)
  expect(devicesOf(live.machineTemplates[0]).slice(1)).toEqual([
    { networkName: 'vlan-50', dhcp4: false, addressesFromPools: [{ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'GlobalInClusterIPPool', name: 'storage' }] },
    { networkName: 'vlan-60', dhcp4: true },
  ])
  expect(readPool(live)).toEqual({ spec: pool, unknown: [] })
})

test('a change replaces the machines and leaves the first device as it is', () => {
  const live = made({ ...general, moreNetworks: [storage, backup] })
  const plan = planPoolChange(live, { ...readPool(live).spec, machine: { ...general.machine, network: 'other' }, moreNetworks: [backup] }, { name: 'blue-1', uid: 'u1' })
  expect(plan).toMatchObject({ rolls: true, problems: [], changes: [{ path: 'machine.network' }, { path: 'moreNetworks.vlan-50', to: 'not set' }] })
  expect(devicesOf(plan.objects[0])).toEqual([{ ...(devicesOf(live.machineTemplates[0])[0] as object), networkName: 'other' }, { networkName: 'vlan-60', dhcp4: true }])
})

test('devices that a form cannot give back are unknown, and nothing takes them away', () => {
  const base = made()
  const odd = withAt(base.machineTemplates[0], ['spec', 'template', 'spec', 'network', 'devices', 1], { networkName: 'x', ipAddrs: ['10.0.0.1/24'] })
  const live = { ...base, machineTemplates: odd === undefined ? [] : [odd] }
  expect(moreNetworksOf(odd)).toBeNull()
  expect(readPool(live).unknown).not.toEqual([])
  expect(planPoolChange(live, { ...readPool(live).spec, moreNetworks: [backup] }, { name: 'blue-1', uid: 'u1' }).problems).toMatchObject([{ path: ['moreNetworks'] }])
})

test('a network is named, once, and at most nine are added', () => {
  const said = (networks: readonly MoreNetwork[]) => networkProblems('moreNetworks', 'vlan-40', networks).map(({ path, message }) => `${path.join('.')}: ${message}`)
  expect(said([storage, backup])).toEqual([])
  expect(said([{ network: '', pool: null }])).toEqual(['moreNetworks.0: Name the network, or remove the row.'])
  expect(said([backup, backup])).toEqual(['moreNetworks.1: vlan-60 is there twice.'])
  expect(said([{ network: 'vlan-40', pool: null }])).toEqual(['moreNetworks.0: vlan-40 is there twice.'])
  expect(said(Array.from({ length: 10 }, (_, index) => ({ network: `n${index}`, pool: null })))[0]).toMatch(/can have 10 networks, not 11/)
})
