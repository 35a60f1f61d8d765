import type { AddressesView, AddressPoolView } from '@/lib/cluster/view'
import { usableIn } from '@/lib/ip-pool/ranges'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ClusterParts } from '@/server/management/parse/parts'
import { dig, listAt, numberAt, textAt, textsAt } from '@/server/management/parse/raw'

/** Names of the pools that a machine template's devices take addresses from, in the devices' order. */
export function poolReferences(template: KubeObject): readonly string[] {
  return listAt(template, 'spec', 'template', 'spec', 'network', 'devices')
    .flatMap((device) => listAt(device, 'addressesFromPools'))
    .flatMap((pool) => textAt(pool, 'name') ?? [])
}

/** The cluster's own ones, in their order. */
export const ownPools = ({ ipPool, morePools = [] }: ClusterParts): readonly KubeObject[] => [...(ipPool === null ? [] : [ipPool]), ...morePools]

/** It has no address yet. */
export const isOpen = (claim: KubeObject): boolean => textAt(claim, 'status', 'addressRef', 'name') === null

/** The pool that a claim is on, when it is one of the cluster's or shared; of a claim that names none the first. */
export function poolOfClaim({ ipPool, morePools = [], globalPool = null }: ClusterParts, claim: KubeObject): KubeObject | null {
  const [kind, name] = [textAt(claim, 'spec', 'poolRef', 'kind'), textAt(claim, 'spec', 'poolRef', 'name')]
  if (name === null) return ipPool ?? globalPool
  return [ipPool, ...morePools, globalPool].find((pool) => pool?.metadata.name === name && (kind === null || pool.kind === kind)) ?? null
}

export function addressesView(parts: ClusterParts): AddressesView {
  const { globalPool, machineTemplates, machines } = parts
  const own = ownPools(parts).map((pool) => ownPool(pool, claimedFrom(pool, machines)))
  const [first, ...more] = [...own, ...(globalPool ? [sharedPool(globalPool)] : [])]
  if (first !== undefined) return { kind: 'pool', ...first, ...(more.length === 0 ? {} : { more }) }
  const [name] = machineTemplates.flatMap(poolReferences)
  // A pool of other people in the Namespace: its name is known, its counts are not ours to read.
  return name === undefined ? { kind: 'dhcp' } : { kind: 'pool', pool: name, ranges: [], prefix: null, gateway: null, total: 0, used: 0, free: 0 }
}

/** Until the IPAM provider has counted, the ranges and the claims say how many there are. */
function ownPool(pool: KubeObject, claimed: number): AddressPoolView {
  const ranges = textsAt(pool, 'spec', 'addresses')
  const prefix = numberAt(pool, 'spec', 'prefix')
  const gateway = textAt(pool, 'spec', 'gateway')
  const counts = dig(pool, 'status', 'ipAddresses')
  const total = numberAt(counts, 'total') ?? Number((prefix === null ? null : usableIn(ranges, prefix, gateway)) ?? 0)
  const used = numberAt(counts, 'used') ?? claimed
  return { pool: pool.metadata.name, ranges, prefix, gateway, total, used, free: numberAt(counts, 'free') ?? Math.max(0, total - used) }
}

const claimedFrom = (pool: KubeObject, machines: ClusterParts['machines']): number =>
  machines.flatMap((machine) => machine.claims).filter((claim) => !isOpen(claim) && (textAt(claim, 'spec', 'poolRef', 'name') ?? pool.metadata.name) === pool.metadata.name).length

function sharedPool(pool: KubeObject): AddressPoolView {
  const counts = dig(pool, 'status', 'ipAddresses')
  const [total, used] = [numberAt(counts, 'total') ?? 0, numberAt(counts, 'used') ?? 0]
  return { pool: pool.metadata.name, shared: true, ranges: [], prefix: null, gateway: null, total, used, free: numberAt(counts, 'free') ?? Math.max(0, total - used) }
}
