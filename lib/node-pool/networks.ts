import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { dig, listIn, stringIn } from '@/lib/kubernetes/dig'
import { API, reference } from '@/lib/manifests/labels'
import type { MoreNetwork } from '@/lib/node-pool/spec'
import { cleanLine } from '@/lib/text'

/** A further network device of a machine, as CAPV takes it. */
export const networkDevice = ({ network, pool }: MoreNetwork): Readonly<Record<string, unknown>> =>
  pool === null ? { networkName: network, dhcp4: true } : { networkName: network, dhcp4: false, addressesFromPools: [reference(pool.kind, API.ipam, pool.name)] }

/**
 * The devices of a VSphereMachineTemplate after the first.
 * @returns null where one of them has more than a network with DHCP or one pool: then a form cannot give them back
 */
export function moreNetworksOf(template: unknown): readonly MoreNetwork[] | null {
  const devices = listIn(template, 'spec', 'template', 'spec', 'network', 'devices').slice(1)
  const read = devices.map(networkOf)
  return read.includes(null) ? null : read.filter((network) => network !== null)
}

function networkOf(device: unknown): MoreNetwork | null {
  const network = stringIn(device, 'networkName')
  const pools = listIn(device, 'addressesFromPools')
  const dhcp = dig(device, 'dhcp4') === true
  const plain = Object.entries((device ?? {}) as object).every(([key, value]) => ['networkName', 'dhcp4', 'addressesFromPools'].includes(key) || (key === 'dhcp6' && value === false))
  if (network === null || !plain || pools.length > 1 || dhcp === (pools.length === 1)) return null
  if (dhcp) return { network, pool: null }
  const [kind, name] = [stringIn(pools[0], 'kind'), stringIn(pools[0], 'name')]
  return name !== null && (kind === 'InClusterIPPool' || kind === 'GlobalInClusterIPPool') ? { network, pool: { kind, name } } : null
}

/** @param at where in the form the list is; a VM has ten network cards at most (vSphere 8's configuration maximums) */
export function networkProblems(at: string, first: string, networks: readonly MoreNetwork[]): Problem[] {
  if (networks.length > 9) return [problem(at, `A machine can have 10 networks, not ${networks.length + 1}.`)]
  return networks.flatMap(({ network, pool }, index): Problem[] => {
    const shown = cleanLine(network, 80)
    if (network.trim() === '') return [problem(`${at}.${index}`, 'Name the network, or remove the row.')]
    if (/\p{Cc}/u.test(network) || network.length > 2048) return [problem(`${at}.${index}`, `“${shown}” is not the name of a network.`)]
    if (network === first || networks.findIndex((other) => other.network === network) < index) return [problem(`${at}.${index}`, `${shown} is there twice.`)]
    return pool?.name === '' ? [problem(`${at}.${index}`, `Choose where the addresses on ${shown} come from.`)] : []
  })
}
