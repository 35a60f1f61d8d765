import { dig, listIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { MachineFacts } from '@/lib/manifests/pool-objects'

/**
 * What a new pool takes over from a pool that is there: vCenter, datacenter and where addresses come from. null where the
 * template does not say it plainly (no datacenter, fixed addresses, several sources): then a person has to.
 * @param template a VSphereMachineTemplate, in either contract
 */
export function machineFactsOf(template: KubeObject): MachineFacts | null {
  const spec = dig(template, 'spec', 'template', 'spec')
  const [server, datacenter] = [stringIn(spec, 'server'), stringIn(spec, 'datacenter')]
  const addresses = addressesOf(dig(spec, 'network', 'devices', '0'))
  return server === null || datacenter === null || addresses === null ? null : { server, datacenter, thumbprint: stringIn(spec, 'thumbprint'), addresses }
}

function addressesOf(device: unknown): MachineFacts['addresses'] | null {
  const pools = listIn(device, 'addressesFromPools')
  const dhcp = dig(device, 'dhcp4') === true
  if (dhcp) return pools.length === 0 ? { kind: 'dhcp' } : null
  const [poolKind, pool] = [stringIn(pools[0], 'kind'), stringIn(pools[0], 'name')]
  if (pools.length !== 1 || pool === null || (poolKind !== 'InClusterIPPool' && poolKind !== 'GlobalInClusterIPPool')) return null
  return { kind: 'pool', poolKind, pool, nameservers: listIn(device, 'nameservers').filter((server): server is string => typeof server === 'string') }
}
