import { describe, expect, test } from 'vitest'
import { defaultAddOns } from '@/lib/addons/spec'
import { NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { rangeFix } from '@/lib/cluster/rules/address-rules'
import { clusterSpec, specProblems } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { NO_SETTINGS } from '@/lib/node-pool/device'
import { NO_EXTRAS } from '@/lib/node-pool/extras'
import { NO_NODE_CONFIG } from '@/lib/node-config/spec'

const good: ClusterSpec = {
  name: 'invoices-prod',
  version: 'v1.35.2',
  controlPlane: { replicas: 3, advanced: NOTHING_ADVANCED },
  endpoint: { kind: 'load-balancer' },
  identity: 'vc-south',
  placement: { datacenter: 'DC0', resourcePool: '/DC0/host/C0/Resources', folder: 'tenants', datastore: 'ds1', network: 'VM Network', template: 'ubuntu-1.35.2' },
  addresses: { kind: 'pool', range: '10.40.12.64-10.40.12.95', prefix: 24, gateway: '10.40.12.1', nameservers: ['10.40.0.53'] },
  networks: { pods: '10.244.0.0/16', services: '10.96.0.0/16' },
  pool: { name: 'general', replicas: 5, cpus: 4, memoryMiB: 16384, diskGiB: 60, node: NO_NODE_CONFIG, extras: NO_EXTRAS },
  addOns: defaultAddOns(),
}
const pool = good.addresses.kind === 'pool' ? good.addresses : expect.fail('pool')
const said = (change: Partial<ClusterSpec>): Record<string, string> =>
  Object.fromEntries(specProblems({ ...good, ...change }).map(({ path, message }) => [path.join('.'), message]))

test('a good spec is accepted as it is, with DHCP too', () => {
  expect(clusterSpec.parse(good)).toEqual(good)
  expect(said({ addresses: { kind: 'dhcp' } })).toEqual({})
})

test('a DHCP server may be asked for less, as long as nodes have IPv4 and names', () => {
  const dhcp = (settings: Extract<ClusterSpec['addresses'], { kind: 'dhcp' }>['settings'], nameservers?: string[]) => said({ addresses: { kind: 'dhcp', settings, ...(nameservers ? { nameservers } : {}) } })
  expect(dhcp({ families: 'both', routes: false, nameservers: true })).toEqual({})
  expect(dhcp({ families: 'ipv4', routes: true, nameservers: false })).toEqual({ 'addresses.nameservers': 'Give at least one DNS server.' })
  expect(dhcp({ families: 'ipv4', routes: true, nameservers: false }, ['10.0.0.2'])).toEqual({})
  expect(dhcp({ families: 'ipv6', routes: true, nameservers: true })).toEqual({ 'addresses.settings.families': expect.stringContaining('IPv4') as string })
})

test('fixed addresses on a further network are enough, and not those of the cluster’s range', () => {
  const more = (addresses: string[]) => said({ pool: { ...good.pool, replicas: 1, moreNetworks: [{ ...NO_SETTINGS, network: 'storage', addresses: { kind: 'fixed', addresses, prefix: 24, gateway: null } }] } })
  expect(more(['10.41.0.5', '10.41.0.6'])).toEqual({})
  expect(more(['10.41.0.5'])).toEqual({ 'pool.moreNetworks.0.addresses': expect.stringMatching(/1 machine and 1 made ahead during changes need 2/) as string })
  expect(more(['10.40.12.70', '10.40.12.71'])).toEqual({ 'pool.moreNetworks.0.addresses': expect.stringContaining('in the machines’ own range as well') as string })
})

test('the schema reports rules at the form’s paths', () => {
  const result = clusterSpec.safeParse({ ...good, version: '1.35', pool: { ...good.pool, diskGiB: 1 } })
  expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual(['version', 'pool.diskGiB'])
})

describe('name', () => {
  test('follows DNS-1035', () => {
    for (const name of ['1blue', 'Blue', 'blue-', 'blue.prod', '-']) expect(said({ name }).name).toMatch(/^Use a–z, 0–9/)
    expect(said({ name: '' }).name).toBe('Give the cluster a name.')
  })

  test('leaves room for the names of machines, and the message says how much', () => {
    expect(said({ name: 'c'.repeat(43) })).toEqual({})
    expect(said({ name: 'c'.repeat(44) }).name).toBe('This name has 44 characters; with a pool named “general” it can have 43, so that machines keep their full names.')
    expect(said({ pool: { ...good.pool, name: 'p'.repeat(51) } })['pool.name']).toMatch(/51 characters; 49 is the most/)
  })
})

test('a version is complete and starts with v', () => {
  for (const version of ['', '1.35.2', 'v1.35', 'v1.35.2-rc.1', 'latest', 'v1.35.2\n']) expect(said({ version }).version, version).toBeDefined()
})

test('the control plane has 1 to 5 replicas, even numbers too', () => {
  expect(said({ controlPlane: { ...good.controlPlane, replicas: 2 } })).toEqual({})
  expect(said({ controlPlane: { ...good.controlPlane, replicas: 6 } })['controlPlane.replicas']).toBe('Replicas of the control plane can be 1 to 5, not 6.')
})

describe('fixed endpoint', () => {
  const fixed = (host: string, port = 6443) => said({ endpoint: { kind: 'fixed', host, port } })
  test('takes an IPv4 address and a port that Kamaji’s provider can read', () => {
    expect(fixed('10.40.12.21')).toEqual({})
    expect(fixed('api.example.com')['endpoint.host']).toMatch(/is not an IPv4 address/)
    expect(fixed('')['endpoint.host']).toBe('Give the API’s address.')
    expect(fixed('10.40.12.21', 32768)['endpoint.port']).toBe('The port can be 1 to 32767, not 32768.')
    expect(fixed('10.40.12.21', 0)['endpoint.port']).toBeDefined()
  })
  test('lies outside the machines’ range and outside pods and services', () => {
    expect(fixed('10.40.12.70')['addresses.range']).toMatch(/holds the API’s address 10.40.12.70/)
    expect(fixed('10.96.3.3')['endpoint.host']).toMatch(/lies in the service network 10.96.0.0\/16/)
  })
})

describe('addresses', () => {
  const addresses = (change: Partial<typeof pool>) => said({ addresses: { ...pool, ...change } })
  test('a range holds every machine and one more during changes', () => {
    expect(addresses({ range: '10.40.12.64-10.40.12.68' })['addresses.range']).toBe('This range holds 5 addresses. 5 machines and 1 more during changes need at least 6.')
    expect(addresses({ range: '10.40.12.64-10.40.12.69' })).toEqual({})
  })
  test('a range lies inside the gateway’s network, without the gateway', () => {
    expect(addresses({ range: '10.40.13.64-10.40.13.95' })['addresses.range']).toBe('10.40.13.64-10.40.13.95 is not inside 10.40.12.0/24, the network of gateway 10.40.12.1.')
    expect(addresses({ range: '10.40.12.0/24' })['addresses.range']).toMatch(/holds the gateway 10.40.12.1/)
  })
  test('what can’t be read is said at its own field, and nothing is said twice', () => {
    expect(Object.keys(addresses({ range: 'a-b', gateway: 'x', prefix: 33, nameservers: [] }))).toEqual(['addresses.gateway', 'addresses.prefix', 'addresses.nameservers', 'addresses.range'])
    expect(addresses({ nameservers: ['10.40.0.53', 'dns.example.com'] })['addresses.nameservers']).toMatch(/“dns.example.com” is not/)
  })
  test('hostile text in a field comes back cleaned and short', () => {
    const message = addresses({ range: `\u202e\u001b[31m${'x'.repeat(100_000)}` })['addresses.range'] ?? ''
    expect(message.length).toBeLessThan(200)
    expect(message).not.toContain('\u202e')
  })
  test('a second pool gives IPv6, in the network of its own gateway and large enough', () => {
    const ipv6 = { range: '2001:db8::40-2001:db8::5f', prefix: 64, gateway: '2001:db8::1' }
    expect(addresses({ ipv6 })).toEqual({})
    expect(addresses({ ipv6: { ...ipv6, range: '2001:db8::40-2001:db8::43' } })).toEqual({ 'addresses.ipv6.range': 'This range holds 4 addresses. 5 machines and 1 more during changes need at least 6.' })
    expect(addresses({ ipv6: { ...ipv6, range: '2001:db9::/120' } })['addresses.ipv6.range']).toBe('2001:db9::/120 is not inside 2001:db8::/64, the network of gateway 2001:db8::1.')
    expect(addresses({ ipv6: { ...ipv6, range: '2001:db8::/120' } })['addresses.ipv6.range']).toMatch(/holds the gateway/)
    expect(Object.keys(addresses({ ipv6: { range: '10.0.0.1', prefix: 8, gateway: '10.0.0.1' } }))).toEqual(['addresses.ipv6.gateway', 'addresses.ipv6.prefix', 'addresses.ipv6.range'])
    expect(addresses({ nameservers: ['2001:db8::53'], ipv6 })).toEqual({})
  })
  test('a shared pool is chosen, with its DNS servers', () => {
    expect(said({ addresses: { kind: 'shared', pool: 'nodes', nameservers: ['10.40.0.2'] } })).toEqual({})
    expect(Object.keys(said({ addresses: { kind: 'shared', pool: '', nameservers: [] } }))).toEqual(['addresses.pool', 'addresses.nameservers'])
  })
  test('Pods and services stay on one IPv4 network, and the reason is told', () => {
    const message = said({ networks: { pods: '10.244.0.0/16,fd00::/48', services: 'fd01::/112' } })
    expect(message['networks.pods']).toMatch(/Kamaji hands one network on to the control plane/)
    expect(message['networks.services']).toMatch(/Kamaji hands one network/)
  })
  test('the fix is accepted by the rules it mends', () => {
    const broken: ClusterSpec = { ...good, endpoint: { kind: 'fixed', host: '10.40.12.70', port: 6443 }, addresses: { ...pool, range: '10.40.12.64-10.40.12.68' } }
    const fix = rangeFix(broken) ?? expect.fail('no fix')
    expect(specProblems({ ...broken, addresses: { ...pool, range: fix.range } })).toEqual([])
    expect(rangeFix({ ...good, addresses: { kind: 'dhcp' } })).toBeNull()
  })
})

describe('networks', () => {
  const networks = (pods: string, services: string) => said({ networks: { pods, services } })
  test('of pods, services and machines overlap nowhere', () => {
    expect(networks('10.96.0.0/12', '10.96.0.0/16')['networks.pods']).toBe('10.96.0.0/12 overlaps the service network 10.96.0.0/16.')
    expect(networks('10.40.0.0/16', '10.96.0.0/16')['networks.pods']).toBe('10.40.0.0/16 overlaps the machines’ network 10.40.12.0/24.')
    expect(networks('10.244.0.0/16', '10.40.12.0/26')['networks.services']).toMatch(/overlaps the machines’ network/)
  })
  test('services stay within what kube-apiserver and DNS allow', () => {
    expect(networks('10.244.0.0/16', '172.0.0.0/11')['networks.services']).toBe('/11 is too large: use /12 to /28.')
    expect(networks('10.244.0.0/16', '172.16.0.0/29')['networks.services']).toBe('/29 is too small: use /12 to /28.')
    expect(networks('nonsense', '')).toMatchObject({ 'networks.pods': expect.stringMatching(/is not an IPv4 network/), 'networks.services': 'Give a network such as 10.96.0.0/16.' })
  })
  test('pods have a /24 for each machine', () => {
    expect(networks('10.244.0.0/22', '10.96.0.0/16')['networks.pods']).toBe('10.244.0.0/22 has room for 4 machines, each takes a /24. 5 machines and 1 more during changes need 6.')
    expect(networks('10.244.0.0/21', '10.96.0.0/16')).toEqual({})
    const zoned = { networks: { pods: '10.244.0.0/21', services: '10.96.0.0/16' }, addresses: { kind: 'dhcp' } as const, pool: { ...good.pool, replicas: 6, zones: ['a', 'b', 'c'] } }
    expect(said(zoned)['networks.pods']).toMatch(/6 machines and 3 more during changes need 9/)
    const { advanced } = good.controlPlane
    expect(said({ ...zoned, controlPlane: { ...good.controlPlane, advanced: { ...advanced, extraArgs: { ...advanced.extraArgs, controllerManager: ['--node-cidr-mask-size=25'] } } } })['networks.pods']).toBeUndefined()
  })
})

test('a machine has at least what kubeadm and vSphere need', () => {
  const broken = said({ pool: { name: 'Gen_1', replicas: -1, cpus: 1, memoryMiB: 2050, diskGiB: 9, node: NO_NODE_CONFIG, extras: NO_EXTRAS } })
  expect(broken).toEqual({
    'pool.name': 'Use a–z, 0–9 and “-”, not starting or ending with “-”.',
    'pool.replicas': 'Machines can be 0 to 100, not -1.',
    'pool.cpus': 'A machine needs at least 2 CPUs, not 1.',
    'pool.memoryMiB': 'vSphere takes memory in steps of 4 MiB: 2048 or 2052, not 2050.',
    'pool.diskGiB': 'A machine needs at least 10 GiB of disk, not 9.',
  })
  expect(said({ pool: { ...good.pool, memoryMiB: 1024 } })['pool.memoryMiB']).toBe('A machine needs at least 2048 MiB of memory, not 1024.')
})

test('every part of the placement is chosen', () => {
  expect(Object.keys(said({ identity: '', placement: { ...good.placement, datastore: ' ' } }))).toEqual(['identity', 'placement.datastore'])
})

test('control characters in a place are refused', () => {
  expect(said({ placement: { ...good.placement, folder: 'a\u0000b' } })).toEqual({ 'placement.folder': 'This holds control characters, which no name in vSphere has.' })
})
