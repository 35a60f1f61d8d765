import { madeAhead } from '@/lib/cluster/made-ahead'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { formatIp, networkAround, parseIp, parseSpan, spanHolds } from '@/lib/ip-pool/ip'
import { usableIn } from '@/lib/ip-pool/ranges'
import { cleanLine, plural } from '@/lib/text'
import { type Problem, problem } from '@/lib/cluster/rules/problem'

/**
 * The second pool of a cluster, of IPv6, as the IPAM provider's webhook wants it (internal/webhooks/inclusterippool.go). It is
 * never the only one: Kamaji's provider passes one network each of Pods and services on to the control plane
 * (kamajicontrolplane_controller_tcp.go, CIDRBlocks[0]), and the API's address is IPv4.
 */
export function ipv6Problems({ addresses, pool }: ClusterSpec): Problem[] {
  if (addresses.kind !== 'pool' || addresses.ipv6 === undefined) return []
  const { range, prefix, gateway } = addresses.ipv6
  const found: Problem[] = []
  const router = parseIp(gateway.trim())
  if (router?.family !== 6) found.push(problem('addresses.ipv6.gateway', gateway.trim() === '' ? 'Give the gateway’s IPv6 address.' : `“${cleanLine(gateway, 60)}” is not an IPv6 address such as 2001:db8::1.`))
  if (prefix < 16 || prefix > 126) found.push(problem('addresses.ipv6.prefix', `The prefix can be 16 to 126, not ${prefix}.`))
  const span = parseSpan(range)
  if (span?.family !== 6) {
    found.push(problem('addresses.ipv6.range', range.trim() === '' ? 'Give a range such as 2001:db8::40-2001:db8::5f.' : `“${cleanLine(range, 90)}” is not an IPv6 range such as 2001:db8::40-2001:db8::5f.`))
    return found
  }
  if (router === null || found.length > 0) return found
  const subnet = networkAround(router, prefix)
  if (span.first < subnet.first || span.last > subnet.last) {
    return [problem('addresses.ipv6.range', `${range.trim()} is not inside ${formatIp({ family: 6, value: subnet.first })}/${prefix}, the network of gateway ${gateway.trim()}.`)]
  }
  if (spanHolds(span, router)) return [problem('addresses.ipv6.range', `This range holds the gateway ${gateway.trim()}, which no machine may have.`)]
  const ahead = madeAhead({ pool })
  const needed = pool.replicas + ahead
  const count = usableIn([range], prefix, gateway.trim()) ?? 0n
  if (count < BigInt(needed)) return [problem('addresses.ipv6.range', `This range holds ${plural(Number(count), 'address', 'addresses')}. ${plural(pool.replicas, 'machine')} and ${ahead} more during changes need at least ${needed}.`)]
  return []
}
