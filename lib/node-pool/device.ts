import { z } from 'zod'
import { dig, listIn, numberIn, recordIn, stringIn } from '@/lib/kubernetes/dig'
import { canonicalSpan, formatIp, parseSpan } from '@/lib/ip-pool/ip'
import { contentHash } from '@/lib/manifests/hash'
import { API, reference } from '@/lib/manifests/labels'

/** A pool of addresses as a device refers to it. */
export const poolReference = z.object({ kind: z.enum(['InClusterIPPool', 'GlobalInClusterIPPool']), name: z.string() })
export type PoolReference = z.infer<typeof poolReference>

/** `routes`, `nameservers`: whether the machine takes what the server says of them (CAPV's dhcp4Overrides, dhcp6Overrides). */
export const dhcpSettings = z.object({ families: z.enum(['ipv4', 'ipv6', 'both']), routes: z.boolean(), nameservers: z.boolean() })
export type DhcpSettings = z.infer<typeof dhcpSettings>
export const USUAL_DHCP: DhcpSettings = { families: 'ipv4', routes: true, nameservers: true }

/**
 * Where a device's addresses come from. Fixed ones are an InClusterIPPool of the node pool alone: all machines of a pool are made from one
 * template, and CAPV refuses ipAddrs in it (internal/webhooks/vspheremachinetemplate.go). The gateway is the pool's: one of the
 * device must be the same (pkg/services/govmomi/ipam/parse.go), is taken away where the pool has none (pkg/util/machines.go), and with DHCP
 * netplan has no use for it. So a device's own gateway4 and gateway6 are never written.
 */
export const addressSource = z.discriminatedUnion('kind', [
  dhcpSettings.extend({ kind: z.literal('dhcp') }),
  /** One, or one of each family. */
  z.object({ kind: z.literal('pools'), pools: z.array(poolReference) }),
  z.object({ kind: z.literal('fixed'), addresses: z.array(z.string()), prefix: z.number().int(), gateway: z.string().nullable() }),
])
export type AddressSource = z.infer<typeof addressSource>
export type FixedAddresses = Extract<AddressSource, { kind: 'fixed' }>

const route = z.object({ to: z.string(), via: z.string(), metric: z.number().int() })
export type Route = z.infer<typeof route>

/** What a network device has besides its network and its addresses. */
export const deviceSettings = z.object({
  nameservers: z.array(z.string()),
  searchDomains: z.array(z.string()),
  routes: z.array(route),
  /** Bytes; null: the guest's default, which is 1500. */
  mtu: z.number().int().nullable(),
})
export type DeviceSettings = z.infer<typeof deviceSettings>
export const NO_SETTINGS: DeviceSettings = { nameservers: [], searchDomains: [], routes: [], mtu: null }

/** A network device of a machine. `addresses` null: as it is there, in a way that the form has no words for. */
export interface Device extends DeviceSettings {
  readonly network: string
  readonly addresses: AddressSource | null
}

/** A network that machines are on besides their first one. */
export const moreNetwork = deviceSettings.extend({ network: z.string(), addresses: addressSource })
export type MoreNetwork = z.infer<typeof moreNetwork>

/** Of the pool with the fixed addresses on a network: named by what machines that are there cannot take over. @param deployment `<cluster>-<pool>` */
export const fixedPoolName = (deployment: string, network: string, { prefix, gateway }: Pick<FixedAddresses, 'prefix' | 'gateway'>): string =>
  `${fixedPrefix(deployment)}${contentHash({ network, prefix, gateway: gateway?.trim() ?? null })}`
const fixedPrefix = (deployment: string): string => `${deployment}-fixed-`
/** Of any node pool. */
export const FIXED_POOL = /-fixed-[0-9a-f]{10}$/
export const isFixedPool = (deployment: string, name: string): boolean => name.startsWith(fixedPrefix(deployment)) && FIXED_POOL.test(name) && name.length === fixedPrefix(deployment).length + 10

/** Part of a device as CAPV has it; undefined for what is not to be there. */
export function addressFields(source: AddressSource, deployment: string, network: string, now?: unknown): Readonly<Record<string, unknown>> {
  if (source.kind === 'dhcp') {
    const [v4, v6] = [source.families !== 'ipv6', source.families !== 'ipv4']
    // netplan wants the same overrides for both families.
    const overrides = (key: string) => {
      const others = Object.entries(recordIn(now, key)).filter(([name]) => name !== 'useRoutes' && name !== 'useDNS')
      const wanted = { ...Object.fromEntries(others), ...(source.routes ? {} : { useRoutes: 'false' }), ...(source.nameservers ? {} : { useDNS: false }) }
      return Object.keys(wanted).length === 0 ? undefined : wanted
    }
    return { dhcp4: v4, dhcp6: v6 || undefined, addressesFromPools: undefined, dhcp4Overrides: v4 ? overrides('dhcp4Overrides') : undefined, dhcp6Overrides: v6 ? overrides('dhcp6Overrides') : undefined }
  }
  const pools = source.kind === 'pools' ? source.pools : [{ kind: 'InClusterIPPool', name: fixedPoolName(deployment, network, source) }]
  return { dhcp4: false, dhcp6: undefined, dhcp4Overrides: undefined, dhcp6Overrides: undefined, addressesFromPools: pools.map(({ kind, name }) => reference(kind, API.ipam, name)) }
}

/** Absent, not empty: an empty list is refused by nobody, but is another content than none. */
export const settingFields = ({ nameservers, searchDomains, routes, mtu }: DeviceSettings): Readonly<Record<string, unknown>> => ({
  nameservers: listOf(nameservers), searchDomains: listOf(searchDomains), routes: listOf(routes), mtu: mtu ?? undefined,
})
const listOf = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)

/** A device of a new VSphereMachineTemplate. */
export const networkDevice = (device: Device, deployment: string): Readonly<Record<string, unknown>> =>
  defined({ networkName: device.network, ...(device.addresses === null ? {} : addressFields(device.addresses, deployment, device.network)), ...settingFields(device) })

/** The live device with only what differs changed, so that what the model has no place for survives. */
export function patchedDevice(live: unknown, before: Device, wanted: Device, deployment: string): Readonly<Record<string, unknown>> {
  const same = (a: unknown, b: unknown): boolean => contentHash(a) === contentHash(b)
  const [old, now] = [settingFields(before), settingFields(wanted)]
  const settings = Object.fromEntries(Object.keys(now).filter((key) => !same(old[key], now[key])).map((key) => [key, now[key]]))
  const isSameSource = wanted.addresses === null || (before.addresses !== null && same(addressFields(before.addresses, deployment, before.network), addressFields(wanted.addresses, deployment, wanted.network)))
  // A gateway of the device would not be the other source's.
  const addresses = isSameSource || wanted.addresses === null ? {} : { gateway4: undefined, gateway6: undefined, ...addressFields(wanted.addresses, deployment, wanted.network, live) }
  return defined({ ...(live as object), ...(before.network === wanted.network ? {} : { networkName: wanted.network }), ...addresses, ...settings })
}

const defined = (fields: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** A device as it is, of either contract. @param fixed InClusterIPPools, for those of this node pool @param deployment `<cluster>-<pool>` */
export function deviceOf(device: unknown, deployment: string, fixed: readonly unknown[]): Device {
  return {
    network: stringIn(device, 'networkName') ?? '',
    addresses: sourceOf(device, deployment, fixed),
    nameservers: listIn(device, 'nameservers').map(String),
    searchDomains: listIn(device, 'searchDomains').map(String),
    routes: listIn(device, 'routes').map((each) => ({ to: stringIn(each, 'to') ?? '', via: stringIn(each, 'via') ?? '', metric: numberIn(each, 'metric') ?? 0 })),
    mtu: numberIn(device, 'mtu'),
  }
}

function sourceOf(device: unknown, deployment: string, fixed: readonly unknown[]): AddressSource | null {
  const pools = listIn(device, 'addressesFromPools')
  const [v4, v6] = [dig(device, 'dhcp4') === true, dig(device, 'dhcp6') === true]
  if (dig(device, 'skipIPAllocation') === true) return null
  if (v4 || v6) return pools.length > 0 ? null : dhcpOf(device, v4, v6)
  const read = pools.map((pool) => poolReference.safeParse({ kind: stringIn(pool, 'kind'), name: stringIn(pool, 'name') }))
  const references = read.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const [first] = references
  // Two pools are one of each family; the same one twice is nothing that anybody means.
  if (first === undefined || references.length < pools.length || pools.length > 2 || (references.length === 2 && references[1]?.name === first.name && references[1].kind === first.kind)) return null
  const own = references.length === 1 && first.kind === 'InClusterIPPool' && isFixedPool(deployment, first.name) ? fixed.find((pool) => stringIn(pool, 'metadata', 'name') === first.name) : undefined
  if (own === undefined) return { kind: 'pools', pools: references }
  return { kind: 'fixed', addresses: listIn(own, 'spec', 'addresses').map((address) => shortSpan(String(address))), prefix: numberIn(own, 'spec', 'prefix') ?? 0, gateway: stringIn(own, 'spec', 'gateway') }
}

/** Overrides that are the same for both families, of routes and name servers; others stay where they are. */
function dhcpOf(device: unknown, v4: boolean, v6: boolean): AddressSource | null {
  const all = [...(v4 ? ['dhcp4Overrides'] : []), ...(v6 ? ['dhcp6Overrides'] : [])].map((key) => ({ routes: dig(device, key, 'useRoutes'), dns: dig(device, key, 'useDNS') }))
  const one = all[0]
  if (one === undefined || all.some(({ routes, dns }) => routes !== one.routes || dns !== one.dns) || (one.routes !== undefined && one.routes !== 'true' && one.routes !== 'false')) return null
  return { kind: 'dhcp', families: v4 && v6 ? 'both' : v4 ? 'ipv4' : 'ipv6', routes: one.routes !== 'false', nameservers: one.dns !== false }
}

/** `10.40.12.70-10.40.12.70` as people write it. */
export function shortSpan(text: string): string {
  const span = parseSpan(text)
  return span !== null && span.first === span.last ? formatIp({ family: span.family, value: span.first }) : canonicalSpan(text)
}
