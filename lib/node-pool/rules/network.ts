import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'
import { formatIp, networkAround, parseIp, parseSpan, spansOverlap } from '@/lib/ip-pool/ip'
import { rangesProblems, usableIn } from '@/lib/ip-pool/ranges'
import { type Device, type DeviceSettings, type FixedAddresses, isFixedPool, type MoreNetwork } from '@/lib/node-pool/device'
import { devicesOf } from '@/lib/node-pool/networks'
import { slicesOf } from '@/lib/node-pool/slices'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { absoluteSurge } from '@/lib/node-pool/surge'
import { cleanLine, plural } from '@/lib/text'

const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

/** What one device has besides network and addresses. */
export function settingsProblems(at: string, { nameservers, searchDomains, routes, mtu }: DeviceSettings): Problem[] {
  const found: Problem[] = nameserverProblems(`${at}.nameservers`, nameservers)
  const domain = searchDomains.find((each) => !DOMAIN.test(each) || each.length > 253)
  if (domain !== undefined) found.push(problem(`${at}.searchDomains`, `“${cleanLine(domain, 60)}” is not a domain such as example.com.`))
  // resolv.conf(5); systemd-resolved takes more, and other guests would drop the rest.
  else if (searchDomains.length > 6) found.push(problem(`${at}.searchDomains`, `Machines search 6 domains at most, not ${searchDomains.length}.`))
  for (const { to, via, metric } of routes) found.push(...routeProblems(`${at}.routes`, cleanLine(to, 60), { to, via, metric }))
  // The least that IPv6 works with, and the most that a vSphere distributed switch takes.
  if (mtu !== null) found.push(...outside(`${at}.mtu`, 'The MTU in bytes', mtu, 1280, 9190))
  return found
}

function nameserverProblems(at: string, nameservers: readonly string[]): Problem[] {
  if (nameservers.length > 3) return [problem(at, `Machines use 3 name servers at most, not ${nameservers.length}.`)]
  const wrong = nameservers.find((server) => parseIp(server.trim()) === null)
  return wrong === undefined ? [] : [problem(at, `“${cleanLine(wrong, 60)}” is not an address such as 10.40.0.53.`)]
}

function routeProblems(at: string, shown: string, { to, via, metric }: DeviceSettings['routes'][number]): Problem[] {
  const network = to.includes('-') ? null : parseSpan(to)
  const router = parseIp(via)
  if (network === null) return [problem(at, `“${shown}” is not a network. Write a route as 10.0.0.0/8 via 10.40.12.254, one a line.`)]
  if (router === null) return [problem(at, `The route to ${shown} needs a router’s address: ${shown} via 10.40.12.254.`)]
  if (router.family !== network.family) return [problem(at, `The route to ${shown} is of IPv${network.family}, and ${cleanLine(via, 60)} of IPv${router.family}.`)]
  return outside(at, `The metric of ${shown}`, metric, 0, 2_147_483_647)
}

/** @param at where in the form the list is; a VM has ten network cards at most (vSphere 8's configuration maximums) */
export function networkProblems(at: string, first: string, networks: readonly MoreNetwork[]): Problem[] {
  if (networks.length > 9) return [problem(at, `A machine can have 10 networks, not ${networks.length + 1}.`)]
  return networks.flatMap((device, index): Problem[] => {
    const { network, addresses } = device
    const shown = cleanLine(network, 80)
    if (network.trim() === '') return [problem(`${at}.${index}`, 'Name the network, or remove the row.')]
    if (/\p{Cc}/u.test(network) || network.length > 2048) return [problem(`${at}.${index}`, `“${shown}” is not the name of a network.`)]
    if (network === first || networks.findIndex((other) => other.network === network) < index) return [problem(`${at}.${index}`, `${shown} is there twice.`)]
    if (addresses.kind === 'pools' && (addresses.pools.length === 0 || addresses.pools.some(({ name }) => name === ''))) return [problem(`${at}.${index}`, `Choose where the addresses on ${shown} come from.`)]
    return settingsProblems(`${at}.${index}`, device)
  })
}

/** What the rules of addresses need to know of the cluster. */
export interface NetworkSurroundings {
  /** The API's address, which no machine may be given. */
  readonly endpoint: string | null
  /** InClusterIPPools of the cluster. */
  readonly addressPools: readonly { readonly pool: string; readonly ranges: readonly string[] }[]
}

/** Where addresses come from, of every device. @param deployment `<cluster>-<pool>` */
export function addressProblems(spec: PoolSpec, before: PoolSpec | null, deployment: string, around: NetworkSurroundings): Problem[] {
  const devices = devicesOf(spec)
  const found = fixedAddressProblems(spec, deployment, around, (device) => (device === 0 ? 'machine' : `moreNetworks.${device - 1}`))
  if (devices[0].addresses === null && before === null) found.push(problem('machine.addresses', 'Choose where the machines’ addresses come from.'))
  if (isIpv6Only(devices[0]) && (before === null || !isIpv6Only(devicesOf(before)[0]))) found.push(problem('machine.addresses', 'Nodes need IPv4 there: the API’s address is IPv4.'))
  if (!isToldNames(devices) && (before === null || isToldNames(devicesOf(before)))) found.push(problem('machine.nameservers', 'Give at least one name server: no DHCP server tells the machines any.'))
  return found
}

/** @param pathOf where in the form a device is */
export function fixedAddressProblems(spec: PoolSpec, deployment: string, around: NetworkSurroundings, pathOf: (device: number) => string): Problem[] {
  const fixed = devicesOf(spec).flatMap(({ addresses, network }, index) => (addresses?.kind === 'fixed' ? [{ addresses, network, index }] : []))
  return fixed.flatMap(({ addresses, index }) => {
    const others = [...around.addressPools.filter(({ pool }) => !isFixedPool(deployment, pool)), ...fixed.filter((other) => other.index < index).map((other) => ({ pool: other.network, ranges: other.addresses.addresses }))]
    return fixedProblems(`${pathOf(index)}.addresses`, addresses, spec, around.endpoint, others)
  })
}

const isIpv6Only = ({ addresses }: Device): boolean => addresses?.kind === 'dhcp' && addresses.families === 'ipv6'

/** Without one a machine resolves no name, and pulls no image. */
const isToldNames = (devices: readonly Device[]): boolean => devices.some(({ addresses, nameservers }) => nameservers.length > 0 || addresses === null || (addresses.kind === 'dhcp' && addresses.nameservers))

function fixedProblems(at: string, { addresses, prefix, gateway }: FixedAddresses, spec: PoolSpec, endpoint: string | null, others: NetworkSurroundings['addressPools']): Problem[] {
  if (addresses.length === 0) return [problem(at, 'Give the addresses, one a line.')]
  const router = gateway === null ? null : parseIp(gateway.trim())
  if (gateway !== null && router === null) return [problem(at, `“${cleanLine(gateway, 60)}” is not a gateway’s address such as 10.40.12.1.`)]
  const family = parseSpan(addresses[0] ?? '')?.family ?? 4
  const bounds = outside(at, 'The prefix', prefix, 8, family === 4 ? 30 : 126)
  if (bounds.length > 0) return bounds
  if (router !== null && router.family !== family) return [problem(at, `The addresses are of IPv${family}, and the gateway ${cleanLine(gateway ?? '', 60)} is not.`)]
  const [wrong] = rangesProblems(addresses, { prefix, gateway: gateway?.trim() ?? null, endpoint, held: [] })
  if (wrong !== undefined) return [problem(at, wrong.message)]
  const spans = addresses.map((text) => ({ text, span: parseSpan(text) }))
  for (const { pool, ranges } of others) {
    const twice = spans.find(({ span }) => span !== null && ranges.some((range) => {
      const other = parseSpan(range)
      return other !== null && spansOverlap(span, other)
    }))
    if (twice !== undefined) return [problem(at, `${twice.text} is in ${cleanLine(pool, 80)} as well: two machines could get the same address.`)]
  }
  const [count, { machines, ahead }] = [Number(usableIn(addresses, prefix, gateway?.trim() ?? null) ?? 0n), mostMachines(spec)]
  if (count >= machines + ahead) return []
  const most = `${plural(machines, 'machine')}${ahead === 0 ? '' : ` and ${ahead} made ahead during changes`} ${machines + ahead === 1 ? 'needs' : 'need'} ${machines + ahead}; these are ${count}`
  return [problem(at, `${most}. ${ahead > 0 && count >= machines ? 'Give more, or let a machine be missing meanwhile: under Replacement 0 made ahead and 1 missing.' : 'Give more, or ask for fewer machines.'}`)]
}

/** Networks of a pool's fixed addresses, as NO_PROXY has them. */
export const fixedNetworks = (devices: readonly Pick<Device, 'addresses'>[]): readonly string[] =>
  devices.flatMap(({ addresses }) => {
    const ip = addresses?.kind === 'fixed' ? parseIp((addresses.gateway ?? addresses.addresses[0] ?? '').trim().split(/[-/]/)[0] ?? '') : null
    if (addresses?.kind !== 'fixed' || ip === null || !Number.isInteger(addresses.prefix) || addresses.prefix < 0 || addresses.prefix > (ip.family === 4 ? 32 : 128)) return []
    return [`${formatIp({ family: ip.family, value: networkAround(ip, addresses.prefix).first })}/${addresses.prefix}`]
  })

/** Machines that the pool can come to, and those that a change makes ahead of them in all zones together. */
function mostMachines(spec: PoolSpec): { machines: number; ahead: number } {
  const sizes = slicesOf(spec).map(({ spec: { size } }) => (size.kind === 'fixed' ? size.replicas : size.max))
  const { strategy } = spec
  return { machines: sizes.reduce((sum, size) => sum + size, 0), ahead: sizes.reduce((sum, size) => sum + (strategy.kind === 'rolling' && size > 0 ? absoluteSurge(strategy.surge, size) : 0), 0) }
}
