import { listIn } from '@/lib/kubernetes/dig'
import { type Device, deviceOf, isFixedPool, type MoreNetwork, poolReference, type PoolReference } from '@/lib/node-pool/device'
import type { PoolSpec } from '@/lib/node-pool/spec'

/** All network devices of a pool's machines, the one with the nodes' addresses first. */
export const devicesOf = ({ machine, moreNetworks }: Pick<PoolSpec, 'machine' | 'moreNetworks'>): readonly [Device, ...Device[]] => [firstDevice(machine), ...moreNetworks]

const firstDevice = ({ network, addresses, nameservers, searchDomains, routes, mtu }: PoolSpec['machine']): Device => ({ network, addresses, nameservers, searchDomains, routes, mtu })

/** Network devices of a VSphereMachineTemplate, as they are. */
export const liveDevices = (template: unknown): readonly unknown[] => listIn(template, 'spec', 'template', 'spec', 'network', 'devices')

/**
 * Its devices after the first.
 * @param deployment `<cluster>-<pool>`
 * @param fixed InClusterIPPools, for those with the pool's fixed addresses
 * @returns null where a form cannot say where the addresses of one come from, and so cannot give it back
 */
export function moreNetworksOf(template: unknown, deployment: string, fixed: readonly unknown[]): readonly MoreNetwork[] | null {
  const read = liveDevices(template).slice(1).map((device) => deviceOf(device, deployment, fixed))
  const known = read.flatMap(({ network, addresses, ...settings }): MoreNetwork[] => (network === '' || addresses === null ? [] : [{ network, addresses, ...settings }]))
  return known.length < read.length ? null : known
}

/** Pools that machines take addresses from, but for those that are the node pool's own. */
export const sharedReferences = (devices: readonly Pick<Device, 'addresses'>[]): readonly PoolReference[] =>
  devices.flatMap(({ addresses }) => (addresses?.kind === 'pools' ? addresses.pools : []))

/** Every pool that a VSphereMachineTemplate refers to. */
export const poolReferences = (template: unknown): readonly PoolReference[] =>
  liveDevices(template).flatMap((device) => listIn(device, 'addressesFromPools')).flatMap((pool) => poolReference.safeParse(pool).data ?? [])

/** Names of those with the node pool's fixed addresses. @param deployment `<cluster>-<pool>` */
export const fixedPoolsIn = (template: unknown, deployment: string): readonly string[] =>
  poolReferences(template).flatMap(({ kind, name }) => (kind === 'InClusterIPPool' && isFixedPool(deployment, name) ? [name] : []))
