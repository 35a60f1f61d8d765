import { reachesNodes } from '@/lib/manifests/autoscaler'
import { nodeFields } from '@/lib/node-config/fields'
import type { AddressSource } from '@/lib/node-pool/device'
import { routeLines, settingsWords } from '@/lib/node-pool/extras'
import { memory } from '@/lib/node-pool/memory'
import { devicesOf } from '@/lib/node-pool/networks'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { plainVersion } from '@/lib/kubernetes/version'
import { cleanLine, plural } from '@/lib/text'

export interface PoolField {
  readonly words: string
  /** For people; cut and cleaned. */
  readonly value: string
  /** What is compared. */
  readonly exact: string
  readonly rolls: boolean
  readonly why: string
}

const BY_TEMPLATE = 'A machine gets it when it is made.'
const IN_PLACE = 'Cluster API sets it on running machines.'

/**
 * A pool as the rows of a change. What rolls is what Cluster API compares between a MachineSet and its MachineDeployment
 * (internal/controllers/machinedeployment/mdutil/util.go, MachineTemplateUpToDate: version, bootstrap, infrastructureRef,
 * failureDomain; besides them rollout.after); the rest it copies to running machines, and drops from the comparison
 * (MachineTemplateDeepCopyRolloutFields). Its own taints are in place too, but are an alpha feature that is off
 * (MachineTaintPropagation): the portal's are kubeadm's, in the bootstrap template.
 */
export function fieldsOf(pool: PoolSpec): ReadonlyMap<string, PoolField> {
  const fields = new Map<string, PoolField>()
  const rolls = (path: string, words: string, value: string | null, why = BY_TEMPLATE) => fields.set(path, { words, value: shown(value), exact: value ?? '', rolls: true, why })
  const stays = (path: string, words: string, value: string, why = IN_PLACE) => fields.set(path, { words, value: shown(value), exact: value, rolls: false, why })
  const { machine, size, strategy, timeouts, repair } = pool

  stays('size', 'Machines', size.kind === 'fixed' ? String(size.replicas) : `${size.min} to ${size.max}, by the autoscaler`, 'Machines are added or removed; the others stay.')
  rolls('version', 'Version', plainVersion(pool.version), 'Machines are never upgraded; new ones take their place.')
  rolls('machine.cpus', 'CPUs', String(machine.cpus))
  rolls('machine.memoryMiB', 'Memory', memory(machine.memoryMiB))
  rolls('machine.diskGiB', 'Disk', `${machine.diskGiB} GiB`)
  rolls('machine.template', 'VM template', machine.template)
  rolls('machine.network', 'Network', machine.network)
  rolls('machine.addresses', 'Addresses', sourceWords(machine.addresses))
  for (const { network, addresses, ...settings } of pool.moreNetworks) rolls(`moreNetworks.${network}`, `Network ${cleanLine(network, 80)}`, [sourceWords(addresses), ...settingsWords(settings)].join('; '))
  for (const { network, addresses } of devicesOf(pool)) {
    if (addresses?.kind === 'fixed') stays(`fixedAddresses.${network}`, `Fixed addresses on ${cleanLine(network, 80)}`, addresses.addresses.join(', '), 'A machine keeps the one that it has.')
  }
  rolls('machine.datastore', 'Datastore', machine.datastore)
  rolls('machine.folder', 'Folder', machine.folder)
  rolls('machine.resourcePool', 'Resource pool', machine.resourcePool)
  rolls('machine.storagePolicy', 'Storage policy', machine.storagePolicy)
  rolls('machine.nameservers', 'Name servers', machine.nameservers.join(', '))
  rolls('machine.mtu', 'MTU', machine.mtu === null ? null : String(machine.mtu))
  rolls('machine.searchDomains', 'Search domains', machine.searchDomains.join(', '))
  rolls('machine.routes', 'Static routes', routeLines(machine.routes).replaceAll('\n', ', '))
  rolls('zones', 'Zones', pool.zones.length === 0 ? null : pool.zones.join(', '), 'A machine stays in the zone in which it was made.')
  for (const [key, value] of Object.entries(pool.labels)) {
    stays(`labels.${key}`, `Label ${cleanLine(key, 80)}`, value === '' ? '(empty)' : value, reachesNodes(key) ? 'Cluster API sets it on running machines and their Nodes.' : 'Cluster API sets it on running machines; Nodes do not get it.')
  }
  for (const { key, value, effect } of pool.taints) rolls(`taints.${key}:${effect}`, `Taint ${cleanLine(key, 80)}`, value === '' ? effect : `${value}, ${effect}`, 'A Node is tainted when it joins.')
  for (const { path, words, value, exact } of nodeFields(pool.node)) fields.set(path, { words, value: shown(value), exact, rolls: true, why: 'A machine is set up when it is made.' })
  stays('strategy', 'Replacement', strategy.kind === 'on-delete' ? 'when a machine is deleted' : `${share(strategy.surge)} ahead, ${share(strategy.unavailable)} missing at most`, 'It is how machines are replaced, not a reason to.')
  stays('timeouts.drainSeconds', 'Drain limit', span(timeouts.drainSeconds))
  stays('timeouts.volumeDetachSeconds', 'Volume limit', span(timeouts.volumeDetachSeconds))
  stays('timeouts.deletionSeconds', 'Node deletion limit', span(timeouts.deletionSeconds))
  stays('repair', 'Repair', repair.on ? `${span(repair.unhealthySeconds)} without a ready Node, ${span(repair.nodeStartupSeconds)} to join, up to ${share(repair.maxUnhealthy)}` : 'off', 'It watches machines; it changes none by itself.')
  return fields
}

/** What of a source is in the template that machines are made from. */
function sourceWords(source: AddressSource | null): string {
  if (source === null) return 'of another kind'
  if (source.kind === 'pools') return `from ${source.pools.map(({ name }) => name).join(' and ')}`
  if (source.kind === 'fixed') return `fixed, /${source.prefix}, ${source.gateway === null ? 'no gateway' : `gateway ${source.gateway.trim()}`}`
  const { families, routes, nameservers } = source
  return [`DHCP${families === 'ipv4' ? '' : families === 'ipv6' ? ' for IPv6' : ' for IPv4 and IPv6'}`, ...(routes ? [] : ['without its routes']), ...(nameservers ? [] : ['without its name servers'])].join(', ')
}

const shown = (value: string | null): string => (value === null || value === '' ? 'not set' : cleanLine(value, 300))
const share = (value: number | string): string => (typeof value === 'number' ? plural(value, 'machine') : value)

/** "10 min", "90 s"; 0 is Cluster API's "for ever". */
const span = (seconds: number): string => (seconds === 0 ? 'no limit' : seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`)
