import type { ClusterSpec } from '@/lib/cluster/spec'
import { type Cidr, formatCidr, holds, networkOf, overlaps, parseAddress, parseCidr } from '@/lib/ip-pool/ipv4'
import { madeAhead } from '@/lib/cluster/made-ahead'
import { nodeMaskIn, podRoom, USUAL_NODE_MASK } from '@/lib/cluster/pod-room'
import { cleanLine, plural } from '@/lib/text'
import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'

/** The subnet of the machines, where the form knows it; with DHCP only vSphere does. */
export function nodeSubnet({ addresses }: ClusterSpec): Cidr | null {
  if (addresses.kind !== 'pool' || addresses.prefix < 8 || addresses.prefix > 30) return null
  const gateway = parseAddress(addresses.gateway.trim())
  return gateway === null ? null : networkOf(gateway, addresses.prefix)
}

/**
 * Bounds of the service network: kube-apiserver takes at most 20 bits (cmd/kube-apiserver/app/options/validation.go,
 * validateMaxCIDRRange), and the cluster's DNS has its 10th address, so it must hold more than that: /28.
 */
const SERVICES = { largest: 12, smallest: 28 }
/**
 * Bounds of the pod network: kube-controller-manager gives each machine a /24 of it (cmd/kube-controller-manager/app/core.go,
 * node-cidr-mask-size-ipv4), so /24 holds one machine; larger than /8 would be more than the private networks are.
 */
const PODS = { largest: 8, smallest: 24 }

export function networkProblems(spec: ClusterSpec): Problem[] {
  const { pods, services } = spec.networks
  const found: Problem[] = []
  const podNetwork = readNetwork(found, 'networks.pods', pods, '10.244.0.0/16', PODS)
  const serviceNetwork = readNetwork(found, 'networks.services', services, '10.96.0.0/16', SERVICES)

  const subnet = nodeSubnet(spec)
  for (const [path, network] of [['networks.pods', podNetwork], ['networks.services', serviceNetwork]] as const) {
    if (network !== null && subnet !== null && overlaps(network, subnet)) {
      found.push(problem(path, `${formatCidr(network)} overlaps the machines’ network ${formatCidr(subnet)}.`))
    }
  }
  if (podNetwork !== null && serviceNetwork !== null && overlaps(podNetwork, serviceNetwork)) {
    found.push(problem('networks.pods', `${formatCidr(podNetwork)} overlaps the service network ${formatCidr(serviceNetwork)}.`))
  }
  if (podNetwork !== null) {
    const nodeMask = nodeMaskIn(spec.controlPlane.advanced.extraArgs.controllerManager) ?? USUAL_NODE_MASK
    const machines = podRoom({ pods: [formatCidr(podNetwork)], nodeMask })
    const ahead = madeAhead(spec)
    if (machines !== null && spec.pool.replicas + ahead > machines) {
      found.push(problem('networks.pods', `${formatCidr(podNetwork)} has room for ${plural(machines, 'machine')}, each takes a /${nodeMask}. ${plural(spec.pool.replicas, 'machine')} and ${ahead} more during changes need ${spec.pool.replicas + ahead}.`))
    }
  }
  return found
}

/** Reports what is wrong with one network; null when it can't be compared with others. */
function readNetwork(found: Problem[], path: string, text: string, example: string, size: { largest: number; smallest: number }): Cidr | null {
  const network = parseCidr(text.trim())
  if (network === null && /[:,]/.test(text)) {
    // cluster-api-control-plane-provider-kamaji controllers/kamajicontrolplane_controller_tcp.go takes CIDRBlocks[0] of both.
    found.push(problem(path, `Give one IPv4 network such as ${example}. Kamaji hands one network on to the control plane, so Pods and services cannot have IPv6; machines can, under Addresses.`))
    return null
  }
  if (network === null) {
    found.push(problem(path, text.trim() === '' ? `Give a network such as ${example}.` : `“${cleanLine(text, 60)}” is not an IPv4 network such as ${example}.`))
    return null
  }
  if (network.prefix >= size.largest && network.prefix <= size.smallest) return network
  found.push(problem(path, `/${network.prefix} is too ${network.prefix < size.largest ? 'large' : 'small'}: use /${size.largest} to /${size.smallest}.`))
  return null
}

/** Kamaji's provider reads the port as int16 (controllers/kamajicontrolplane_controller_cluster_patch.go, ParseInt(.., 10, 16)). */
const MAX_PORT = 32767

export function endpointProblems(spec: ClusterSpec): Problem[] {
  if (spec.endpoint.kind !== 'fixed') return []
  const { host, port } = spec.endpoint
  const found = outside('endpoint.port', 'The port', port, 1, MAX_PORT)
  const address = parseAddress(host.trim())
  if (address === null) {
    found.push(problem('endpoint.host', host.trim() === '' ? 'Give the API’s address.' : `“${cleanLine(host, 60)}” is not an IPv4 address such as 10.40.12.21.`))
    return found
  }
  for (const [what, text] of [['pod', spec.networks.pods], ['service', spec.networks.services]] as const) {
    const network = parseCidr(text.trim())
    if (network !== null && holds(network, address)) {
      found.push(problem('endpoint.host', `${host.trim()} lies in the ${what} network ${formatCidr(network)}, which no machine could reach it through.`))
    }
  }
  return found
}
