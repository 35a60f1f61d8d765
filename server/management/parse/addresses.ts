import type { AddressesView } from '@/lib/cluster/view'
import { networkOf, parseAddress } from '@/lib/ip-pool/ipv4'
import { parseRange, usableCount } from '@/lib/ip-pool/range'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ClusterParts } from '@/server/management/parse/parts'
import { dig, listAt, numberAt, textAt, textsAt } from '@/server/management/parse/raw'

/** Name of the pool that a machine template's devices take addresses from. */
function poolReference(template: KubeObject): string | null {
  for (const device of listAt(template, 'spec', 'template', 'spec', 'network', 'devices')) {
    for (const pool of listAt(device, 'addressesFromPools')) return textAt(pool, 'name')
  }
  return null
}

export function addressesView({ ipPool, globalPool, machineTemplates, machines }: ClusterParts): AddressesView {
  if (ipPool === null) {
    // Of a pool for all tenants a tenant is told how much is left, and not which network it is.
    const shared = dig(globalPool, 'status', 'ipAddresses')
    const [all, taken] = [numberAt(shared, 'total') ?? 0, numberAt(shared, 'used') ?? 0]
    if (globalPool) return { kind: 'pool', pool: globalPool.metadata.name, ranges: [], prefix: null, gateway: null, total: all, used: taken, free: numberAt(shared, 'free') ?? Math.max(0, all - taken) }
    const name = machineTemplates.map(poolReference).find((pool) => pool !== null) ?? null
    // A pool of other people in the Namespace: its name is known, its counts are not ours to read.
    return name === null ? { kind: 'dhcp' } : { kind: 'pool', pool: name, ranges: [], prefix: null, gateway: null, total: 0, used: 0, free: 0 }
  }
  const ranges = textsAt(ipPool, 'spec', 'addresses')
  const prefix = numberAt(ipPool, 'spec', 'prefix')
  const gateway = textAt(ipPool, 'spec', 'gateway')
  const counts = dig(ipPool, 'status', 'ipAddresses')
  const claimed = machines.flatMap((machine) => machine.claims).filter((claim) => textAt(claim, 'status', 'addressRef', 'name') !== null).length
  // Until the IPAM provider has counted, the range itself says how many there are.
  const total = numberAt(counts, 'total') ?? countRanges(ranges, prefix, gateway)
  const used = numberAt(counts, 'used') ?? claimed
  return { kind: 'pool', pool: ipPool.metadata.name, ranges, prefix, gateway, total, used, free: numberAt(counts, 'free') ?? Math.max(0, total - used) }
}

function countRanges(ranges: readonly string[], prefix: number | null, gateway: string | null): number {
  return ranges.reduce((sum, text) => {
    const range = parseRange(text)
    if (range === null || prefix === null || prefix < 1 || prefix > 32) return sum
    return sum + Math.max(0, usableCount(range, networkOf(range.first, prefix), gateway === null ? null : parseAddress(gateway)))
  }, 0)
}
