import { dig, listIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { AddressPoolRef, MachineFacts } from '@/lib/manifests/pool-objects'

/**
 * What a new pool takes over from a pool that is there: datacenter and where addresses come from. null where the
 * template does not say it plainly (no datacenter, fixed addresses, several sources): then a person has to.
 * @param template a VSphereMachineTemplate, in either contract
 */
export function machineFactsOf(template: KubeObject): MachineFacts | null {
  const spec = dig(template, 'spec', 'template', 'spec')
  const datacenter = stringIn(spec, 'datacenter')
  const addresses = addressesOf(dig(spec, 'network', 'devices', '0'))
  return datacenter === null || addresses === null ? null : { datacenter, addresses }
}

function addressesOf(device: unknown): MachineFacts['addresses'] | null {
  const pools = listIn(device, 'addressesFromPools')
  if (dig(device, 'dhcp4') === true) return pools.length === 0 ? { kind: 'dhcp' } : null
  const read = pools.map(poolOf)
  const [first, ...more] = read.filter((pool) => pool !== null)
  // Two pools are one of each family; the same one twice is nothing that anybody means.
  if (first === undefined || read.length > 2 || read.includes(null) || more.some(({ pool, poolKind }) => pool === first.pool && poolKind === first.poolKind)) return null
  const nameservers = listIn(device, 'nameservers').filter((server): server is string => typeof server === 'string')
  return { kind: 'pool', ...first, nameservers, ...(more.length === 0 ? {} : { more }) }
}

function poolOf(reference: unknown): AddressPoolRef | null {
  const [poolKind, pool] = [stringIn(reference, 'kind'), stringIn(reference, 'name')]
  return pool === null || (poolKind !== 'InClusterIPPool' && poolKind !== 'GlobalInClusterIPPool') ? null : { poolKind, pool }
}
