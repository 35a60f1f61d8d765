import type { ClusterSpec } from '@/lib/cluster/spec'
import { ipv6Problems } from '@/lib/cluster/rules/ipv6-rules'
import { parseIp } from '@/lib/ip-pool/ip'
import { contains, formatCidr, holds, parseAddress } from '@/lib/ip-pool/ipv4'
import { parseRange, suggestRange, type Suggestion, usableCount } from '@/lib/ip-pool/range'
import { cleanLine, plural } from '@/lib/text'
import { addressesNeeded, madeAhead } from '@/lib/cluster/made-ahead'
import { nodeSubnet } from '@/lib/cluster/rules/network-rules'
import { type Problem, problem } from '@/lib/cluster/rules/problem'

/** What the IPAM provider's webhook holds (internal/webhooks/inclusterippool.go) and what it does not: room for a change. */
export function addressProblems(spec: ClusterSpec): Problem[] {
  const { addresses, endpoint, pool } = spec
  if (addresses.kind === 'dhcp') return dhcpProblems(addresses)
  if (addresses.kind === 'shared') return [...(addresses.pool === '' ? [problem('addresses.pool', 'Choose a shared pool.')] : []), ...nameserverProblems(addresses.nameservers)]
  const found: Problem[] = ipv6Problems(spec)

  const gatewayText = addresses.gateway.trim()
  const gateway = parseAddress(gatewayText)
  if (gateway === null) {
    found.push(problem('addresses.gateway', gatewayText === '' ? 'Give the gateway’s address.' : `“${cleanLine(gatewayText, 60)}” is not an IPv4 address such as 10.40.12.1.`))
  }
  if (addresses.prefix < 8 || addresses.prefix > 30) found.push(problem('addresses.prefix', `The prefix can be 8 to 30, not ${addresses.prefix}.`))
  found.push(...nameserverProblems(addresses.nameservers))

  const range = parseRange(addresses.range)
  if (range === null) {
    found.push(problem('addresses.range', addresses.range.trim() === '' ? 'Give a range such as 10.40.12.64-10.40.12.95.' : `“${cleanLine(addresses.range, 60)}” is not a range such as 10.40.12.64-10.40.12.95 or 10.40.12.64/27.`))
    return found
  }
  const subnet = nodeSubnet(spec)
  if (subnet === null) return found

  if (!contains(subnet, range)) {
    found.push(problem('addresses.range', `${addresses.range.trim()} is not inside ${formatCidr(subnet)}, the network of gateway ${gatewayText}.`))
    return found
  }
  if (gateway !== null && holds(range, gateway)) {
    found.push(problem('addresses.range', `This range holds the gateway ${gatewayText}, which no machine may have.`))
  }
  const host = endpoint.kind === 'fixed' ? parseAddress(endpoint.host.trim()) : null
  if (host !== null && holds(range, host)) {
    found.push(problem('addresses.range', `This range holds the API’s address ${endpoint.kind === 'fixed' ? endpoint.host.trim() : ''}; a machine could be given it.`))
  }
  const count = usableCount(range, subnet, gateway)
  const needed = addressesNeeded(spec)
  if (count < needed) {
    found.push(problem('addresses.range', `This range holds ${plural(count, 'address', 'addresses')}. ${plural(pool.replicas, 'machine')} and ${madeAhead(spec)} more during changes need at least ${needed}.`))
  }
  return found
}

/** The server tells name servers, unless it is not asked; then a machine would resolve no name. */
function dhcpProblems({ settings, nameservers = [] }: Extract<ClusterSpec['addresses'], { kind: 'dhcp' }>): Problem[] {
  const found = nameservers.length > 0 || settings?.nameservers === false ? nameserverProblems(nameservers) : []
  if (settings?.families === 'ipv6') found.push(problem('addresses.settings.families', 'Without IPv4 there is no cluster here: the API’s address is IPv4.'))
  return found
}

function nameserverProblems(nameservers: readonly string[]): Problem[] {
  if (nameservers.length === 0) return [problem('addresses.nameservers', 'Give at least one DNS server.')]
  if (nameservers.length > 3) return [problem('addresses.nameservers', `Machines use 3 DNS servers at most, not ${nameservers.length}.`)]
  const wrong = nameservers.find((server) => parseIp(server.trim()) === null)
  if (wrong === undefined) return []
  return [problem('addresses.nameservers', wrong.trim() === '' ? 'Give the DNS server’s address.' : `“${cleanLine(wrong, 60)}” is not an address such as 10.40.0.53.`)]
}

/** The one-click fix of a range that is too small, outside its subnet or in the way of gateway or endpoint; null: no fix is provable. */
export function rangeFix(spec: ClusterSpec): Suggestion | null {
  if (spec.addresses.kind !== 'pool') return null
  return suggestRange({
    typed: spec.addresses.range,
    gateway: spec.addresses.gateway.trim(),
    prefix: spec.addresses.prefix,
    needed: addressesNeeded(spec),
    taken: [...spec.addresses.nameservers, ...(spec.endpoint.kind === 'fixed' ? [spec.endpoint.host] : [])].map((text) => text.trim()),
  })
}
