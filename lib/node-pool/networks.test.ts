import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { type AddressSource, isFixedPool, type MoreNetwork, NO_SETTINGS, USUAL_DHCP } from '@/lib/node-pool/device'
import { OLDER, toContract } from '@/lib/manifests/v1beta1'
import { planPoolChange } from '@/lib/node-pool/change'
import { around, general, made } from '@/lib/node-pool/fixtures'
import { moreNetworksOf } from '@/lib/node-pool/networks'
import { readPool } from '@/lib/node-pool/read'
import { poolSpecProblems } from '@/lib/node-pool/rules'
import { fixedNetworks, networkProblems } from '@/lib/node-pool/rules/network'
import type { PoolSpec } from '@/lib/node-pool/spec'

const dhcp: AddressSource = { kind: 'dhcp', ...USUAL_DHCP }
const storage: MoreNetwork = { ...NO_SETTINGS, network: 'vlan-50', addresses: { kind: 'pools', pools: [{ kind: 'GlobalInClusterIPPool', name: 'storage' }] } }
const backup: MoreNetwork = { ...NO_SETTINGS, network: 'vlan-60', addresses: dhcp }
const rich = { nameservers: ['10.0.0.3'], searchDomains: ['example.com'], routes: [{ to: '10.9.0.0/16', via: '10.0.0.9', metric: 100 }], mtu: 9000 }
const owner = { name: 'blue-1', uid: 'u1' }
const devicesOf = (object: unknown) => (object as { spec: { template: { spec: { network: { devices: Record<string, unknown>[] } } } } }).spec.template.spec.network.devices
const said = (change: Partial<PoolSpec>, before: PoolSpec | null = general, more: Partial<typeof around> = {}) =>
  poolSpecProblems({ ...general, ...change }, { ...around, ...more, before }).map(({ path, message }) => `${path.join('.')}: ${message}`)

test('further networks are devices of their own, and read back', () => {
  const pool = { ...general, moreNetworks: [storage, backup] }
  const live = made(pool)
  expect(devicesOf(live.machineTemplates[0]).slice(1)).toEqual([
    { networkName: 'vlan-50', dhcp4: false, addressesFromPools: [{ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'GlobalInClusterIPPool', name: 'storage' }] },
    { networkName: 'vlan-60', dhcp4: true },
  ])
  expect(readPool(live)).toEqual({ spec: pool, unknown: [] })
})

test('everything that a device can have is written for each, and reads back in both contracts', () => {
  const both: AddressSource = { kind: 'dhcp', families: 'both', routes: false, nameservers: false }
  const pool: PoolSpec = { ...general, machine: { ...general.machine, ...rich }, moreNetworks: [{ ...rich, network: 'vlan-50', addresses: both }, { ...backup, addresses: { kind: 'dhcp', families: 'ipv6', routes: true, nameservers: false } }] }
  const live = made(pool)
  const overrides = { useRoutes: 'false', useDNS: false }
  expect(devicesOf(live.machineTemplates[0])).toMatchObject([
    { dhcp4: false, nameservers: ['10.0.0.3'], searchDomains: ['example.com'], routes: [{ to: '10.9.0.0/16', via: '10.0.0.9', metric: 100 }], mtu: 9000 },
    { networkName: 'vlan-50', dhcp4: true, dhcp6: true, dhcp4Overrides: overrides, dhcp6Overrides: overrides, mtu: 9000 },
    { networkName: 'vlan-60', dhcp4: false, dhcp6: true, dhcp6Overrides: { useDNS: false } },
  ])
  for (const contract of [live.machineTemplates, live.machineTemplates.map((template) => toContract(template, OLDER))]) expect(readPool({ ...live, machineTemplates: contract })).toEqual({ spec: pool, unknown: [] })
})

test('a change replaces the machines, and what a device has besides stays', () => {
  const base = made({ ...general, moreNetworks: [storage, backup] })
  const odd = withAt(withAt(base.machineTemplates[0], ['spec', 'template', 'spec', 'network', 'devices', 2, 'deviceName'], 'backup0'), ['spec', 'template', 'spec', 'network', 'devices', 2, 'dhcp4Overrides'], { hostname: 'x' })
  const live = { ...base, machineTemplates: odd === undefined ? [] : [odd] }
  expect(readPool(live).unknown).toEqual(['VSphereMachineTemplate spec.template.spec.network.devices.2.deviceName', 'VSphereMachineTemplate spec.template.spec.network.devices.2.dhcp4Overrides.hostname'])
  const plan = planPoolChange(live, { ...readPool(live).spec, machine: { ...general.machine, network: 'other' }, moreNetworks: [{ ...backup, mtu: 9000, addresses: { ...dhcp, routes: false } as AddressSource }] }, owner)
  expect(plan).toMatchObject({ rolls: true, problems: [], changes: [{ path: 'machine.network' }, { path: 'moreNetworks.vlan-50', to: 'not set' }, { path: 'moreNetworks.vlan-60', to: 'DHCP, without its routes; MTU 9000' }] })
  expect(devicesOf(plan.objects[0])).toEqual([{ ...devicesOf(live.machineTemplates[0])[0], networkName: 'other' }, { networkName: 'vlan-60', dhcp4: true, deviceName: 'backup0', dhcp4Overrides: { hostname: 'x', useRoutes: 'false' }, mtu: 9000 }])
})

test('devices that a form cannot give back are unknown, and nothing takes them away', () => {
  const base = made()
  const odd = withAt(base.machineTemplates[0], ['spec', 'template', 'spec', 'network', 'devices', 1], { networkName: 'x', skipIPAllocation: true })
  const live = { ...base, machineTemplates: odd === undefined ? [] : [odd] }
  expect(moreNetworksOf(odd, 'blue-1-general', [])).toBeNull()
  expect(readPool(live).unknown).not.toEqual([])
  expect(planPoolChange(live, { ...readPool(live).spec, moreNetworks: [backup] }, owner).problems).toMatchObject([{ path: ['moreNetworks'] }])
  const first = planPoolChange(live, { ...readPool(live).spec, machine: { ...readPool(live).spec.machine, mtu: 9000 } }, owner)
  expect(devicesOf(first.objects[0])).toMatchObject([{ mtu: 9000 }, { networkName: 'x', skipIPAllocation: true }])
})

test('a network is named, once, and at most nine are added', () => {
  const told = (networks: readonly MoreNetwork[]) => networkProblems('moreNetworks', 'vlan-40', networks).map(({ path, message }) => `${path.join('.')}: ${message}`)
  expect(told([storage, backup])).toEqual([])
  expect(told([{ ...backup, network: '' }])).toEqual(['moreNetworks.0: Name the network, or remove the row.'])
  expect(told([backup, backup])).toEqual(['moreNetworks.1: vlan-60 is there twice.'])
  expect(told([{ ...backup, network: 'vlan-40' }])).toEqual(['moreNetworks.0: vlan-40 is there twice.'])
  expect(told(Array.from({ length: 10 }, (_, index) => ({ ...backup, network: `n${index}` })))[0]).toMatch(/can have 10 networks, not 11/)
  expect(told([{ ...backup, nameservers: ['10.0.0.300'], searchDomains: ['no domain'], mtu: 100, routes: [{ to: '10.0.0.0/8', via: '2001:db8::1', metric: 0 }] }])).toEqual([
    'moreNetworks.0.nameservers: “10.0.0.300” is not an address such as 10.40.0.53.', 'moreNetworks.0.searchDomains: “no domain” is not a domain such as example.com.',
    'moreNetworks.0.routes: The route to 10.0.0.0/8 is of IPv4, and 2001:db8::1 of IPv6.', 'moreNetworks.0.mtu: The MTU in bytes can be 1280 to 9190, not 100.',
  ])
})

test('machines that no one tells a name server are refused, unless it was so before', () => {
  const none = { machine: { ...general.machine, nameservers: [] } }
  expect(said(none)).toEqual([expect.stringMatching(/^machine.nameservers: Give at least one/)])
  expect(said(none, { ...general, ...none })).toEqual([])
  expect(said({ ...none, moreNetworks: [backup] })).toEqual([])
  expect(said({ machine: { ...general.machine, addresses: { kind: 'dhcp', families: 'ipv6', routes: true, nameservers: true } } })).toEqual([expect.stringMatching(/^machine.addresses: Nodes need IPv4/)])
})

const one: AddressSource = { kind: 'fixed', addresses: ['10.0.0.70'], prefix: 24, gateway: '10.0.0.1' }
const alone: PoolSpec = { ...general, size: { kind: 'fixed', replicas: 1 }, strategy: { kind: 'rolling', surge: 0, unavailable: 1 }, machine: { ...general.machine, addresses: one } }

test('fixed addresses are a pool of the node pool alone; more of them replace no machine, another gateway does', () => {
  const live = made(alone)
  const [pool] = live.addressPools
  expect(isFixedPool('blue-1-general', pool?.metadata.name ?? '')).toBe(true)
  expect(pool?.spec).toEqual({ addresses: ['10.0.0.70-10.0.0.70'], prefix: 24, gateway: '10.0.0.1' })
  expect(devicesOf(live.machineTemplates[0])[0]).toMatchObject({ dhcp4: false, addressesFromPools: [{ kind: 'InClusterIPPool', name: pool?.metadata.name }] })
  expect(readPool(live)).toEqual({ spec: alone, unknown: [] })

  const more = planPoolChange(live, { ...alone, machine: { ...alone.machine, addresses: { ...one, addresses: ['10.0.0.70', '10.0.0.71'] } } }, owner)
  expect(more).toMatchObject({ rolls: false, changes: [{ path: 'fixedAddresses.VM Network', to: '10.0.0.70, 10.0.0.71', rolls: false }], objects: [{ kind: 'InClusterIPPool', metadata: { name: pool?.metadata.name, ownerReferences: [{ uid: 'u1' }] } }] })
  expect(planPoolChange(live, { ...alone, machine: { ...alone.machine, addresses: { ...one, gateway: null } } }, owner)).toMatchObject({ rolls: true, objects: [{ kind: 'InClusterIPPool' }, { kind: 'VSphereMachineTemplate' }, { kind: 'MachineDeployment' }] })
  expect(fixedNetworks([alone.machine])).toEqual(['10.0.0.0/24'])
})

test('fixed addresses are enough for the machines and those made ahead, and nobody else’s', () => {
  const spec = (change: Partial<PoolSpec>, addresses: Partial<typeof one> = {}) => said({ ...alone, ...change, machine: { ...alone.machine, addresses: { ...one, ...addresses } } }, general, { addressPools: [{ pool: 'blue-1', ranges: ['10.0.0.10-10.0.0.20'] }], endpoint: '10.0.0.90' })
  expect(spec({})).toEqual([])
  expect(spec({ strategy: general.strategy })).toEqual(['machine.addresses: 1 machine and 1 made ahead during changes need 2; these are 1. Give more, or let a machine be missing meanwhile: under Replacement 0 made ahead and 1 missing.'])
  expect(spec({ size: { kind: 'fixed', replicas: 2 } })).toEqual([expect.stringMatching(/2 machines need 2; these are 1. Give more, or ask for fewer/)])
  expect(spec({ size: { kind: 'autoscaled', min: 1, max: 3 } })).toEqual([expect.stringMatching(/3 machines need 3; these are 1/)])
  expect(spec({}, { addresses: ['10.0.0.12'] })).toEqual(['machine.addresses: 10.0.0.12 is in blue-1 as well: two machines could get the same address.'])
  expect(spec({}, { addresses: ['10.0.0.90'] })).toEqual([expect.stringMatching(/holds the API’s address/)])
  expect(spec({}, { addresses: ['10.0.9.1'] })).toEqual([expect.stringMatching(/is not inside 10.0.0.0\/24/)])
  expect(spec({}, { addresses: [] })).toEqual(['machine.addresses: Give the addresses, one a line.'])
  expect(spec({}, { gateway: 'x' })).toEqual([expect.stringMatching(/“x” is not a gateway’s address/)])
  expect(spec({}, { addresses: ['10.0.0.1'] })).toEqual([expect.stringMatching(/1 machine needs 1; these are 0/)])
})
