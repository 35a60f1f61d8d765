import { nodeSubnet } from '@/lib/cluster/rules/network-rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { formatCidr } from '@/lib/ip-pool/ipv4'
import { fixedNetworks } from '@/lib/node-pool/rules/network'
import { computedNoProxy } from '@/lib/node-config/no-proxy'

/** What machines of the cluster that is asked for reach without a proxy. */
export function clusterNoProxy(spec: ClusterSpec): readonly string[] {
  const subnet = nodeSubnet(spec)
  const networks = fixedNetworks(spec.pool.moreNetworks ?? [])
  return computedNoProxy({ pods: [spec.networks.pods], services: [spec.networks.services], nodes: [...(subnet === null ? [] : [formatCidr(subnet)]), ...networks], serviceDomain: spec.controlPlane.advanced.serviceDomain })
}
