import { parse } from 'yaml'
import { ADDRESS_TYPES, CGROUP_DRIVERS, SERVICE_TYPES } from '@/lib/cluster/advanced'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { IdentityOption, VSphereOffer } from '@/lib/identity/offer'
import { templateFor } from '@/lib/identity/select'
import { sameVersion } from '@/lib/kubernetes/version'
import { parseAddress } from '@/lib/ip-pool/ipv4'
import { formatRange } from '@/lib/ip-pool/range'
import { addOnsOf, STORAGE_CLASS } from '@/lib/import/add-ons'
import { valuesReader, type ValuesReader } from '@/lib/import/values-reader'
import { userIn } from '@/lib/node-config/parts'
import type { NodeConfig } from '@/lib/node-config/spec'
import { cleanLine, plural } from '@/lib/text'

/** A value that the form could not take, and why. */
export interface NotTaken {
  /** As Helm writes it: `nodePools[0].autoscaling.enabled`. */
  readonly path: string
  readonly why: string
}

export type Imported = { readonly spec: ClusterSpec; readonly taken: number; readonly notTaken: readonly NotTaken[] } | { readonly error: string }

/** More is no values file. */
export const MAX_VALUES = 1024 * 1024

/** Why a value has no place here, by the beginning of its path; the first that fits. */
const WHY: readonly (readonly [RegExp, string])[] = [
  [/^vSphere\.(server|port|tlsThumbprint)/, 'The vSphere identity brings vCenter’s address and certificate.'],
  [/^vSphere\.insecure/, 'The chart ignores it. The vSphere identity says how vCenter is verified.'],
  [/^vSphere\.identityRef/, 'Choose one of the vSphere identities that this tenant is offered.'],
  [/^ipamProvider/, 'The file has no machine take its address from this pool; the form keeps the addresses that it had.'],
  [/^nodePools\[0\]\.addressesFromPools/, 'Machines have their addresses from a pool of the cluster or by DHCP; the form keeps what it had.'],
  [/^cluster\.controlPlane\.network\.(ingress|gateway)/, 'The chart ignores it. Machines reach the API by address here.'],
  [/^cluster\.controlPlane\.addons/, 'The chart ignores it: each of the three is always on there.'],
  [/^nodePools\[[1-9]\d*\]/, 'The form makes one pool. Add this one once the cluster is there.'],
  [/^nodePools\[0\]\.autoscaling\.labels/, 'The autoscaler finds a pool by its cluster here, not by a label.'],
  [/^nodePools\[0\]\.autoscaling/, 'Set the autoscaler’s bounds on the pool’s page once the cluster is there.'],
  [/^nodePools\[0\]\.(ipAddrs|gateway)/, 'The chart ignores it, and machines take addresses and gateway from the pool or by DHCP. Fixed addresses can be given on the pool’s page once the cluster is there.'],
  [/^nodePools\[0\]\.domain/, 'The chart ignores it, and a machine in vSphere has no such field. Search domains are taken.'],
  [/^nodePools\[0\]\.topology/, 'The chart ignores it.'],
  [/^nodePools\[0\]\.users\[\d+\]/, 'The chart ignores it.'],
  [/^vSphereCloudControllerManager/, 'Its image follows the cluster’s version, and its credentials come from the vSphere identity.'],
  [/^vSphereStorageControllerManager\.namespace/, 'In the cluster the node part has a Namespace of its own, vmware-system-csi.'],
  [/^vSphereStorageControllerManager\.storageClass/, 'The form has no such value of a StorageClass.'],
  [/^vSphereStorageControllerManager/, 'Its images follow the portal, and the credentials come from the vSphere identity.'],
  [/topology/i, 'The chart ignores it.'],
]

/** Where `false` is what is made here as well, or part of something that is named anyway. */
const FALSE_ANYWAY = /^(vSphere\.insecure|nodePools\[0\]\.(dhcp4|dhcp6|autoscaling\.enabled)|nodePools\[[1-9]\d*\]\..*)$/

/**
 * A values.yaml of the Helm chart clastix/cluster-api-kamaji-vsphere (0.2.9) as the create form has it. What the file leaves out stays
 * as in `base`; rules are asked by the form afterwards.
 * @param identities that the tenant is offered
 */
export function importChartValues(text: string, base: ClusterSpec, identities: readonly IdentityOption[]): Imported {
  if (text.length > MAX_VALUES) return { error: 'This file is over 1 MiB, which is no values file.' }
  let values: unknown
  try {
    // A file of anchors that refer to one another must not grow without end.
    values = parse(text, { maxAliasCount: 100 })
  } catch (error) {
    return { error: `This is no YAML: ${cleanLine(error instanceof Error ? error.message.split('\n')[0] : error, 160)}` }
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return { error: 'This is no values file: it has no fields.' }
  if (!['cluster', 'nodePools', 'vSphere', 'ipamProvider'].some((key) => Object.hasOwn(values, key))) return { error: 'This is no values file of the chart: it has none of cluster, nodePools, vSphere and ipamProvider.' }
  const read = valuesReader(values)
  const refused: NotTaken[] = []
  const spec = specOf(read, base, identities, refused)
  const said = new Set(refused.map(({ path }) => path))
  // Of a class that the chart does not make the file says nothing either.
  const noClass = read.peek(`${STORAGE_CLASS}.enabled`) === false
  const left = read.left().filter((path) => !said.has(path) && !(noClass && path.startsWith(`${STORAGE_CLASS}.`)) && !(read.peek(path) === false && FALSE_ANYWAY.test(path)))
  const rest = left.map((path) => ({ path, why: WHY.find(([pattern]) => pattern.test(path))?.[1] ?? 'Not a value that the portal knows.' }))
  return { spec, taken: read.taken(), notTaken: [...refused, ...rest] }
}

function specOf(read: ValuesReader, base: ClusterSpec, identities: readonly IdentityOption[], refused: NotTaken[]): ClusterSpec {
  const identity = identityOf(read, base, identities)
  const offer = identities.find(({ name }) => name === identity)?.offer ?? null
  const version = versionOf(read, base, offer, refused)
  const pool = 'nodePools[0]'
  const { placement } = base
  return {
    ...base,
    name: read.text('cluster.name') ?? base.name,
    version,
    identity,
    ...apiOf(read, base, controlPlaneOf(read, base, refused)),
    placement: {
      datacenter: read.text('vSphere.dataCenter') ?? offer?.datacenter ?? placement.datacenter,
      resourcePool: read.text(`${pool}.resourcePool`) ?? offer?.resourcePool ?? placement.resourcePool,
      folder: read.text(`${pool}.folder`) ?? offer?.folder ?? placement.folder,
      datastore: read.text(`${pool}.dataStore`) ?? offer?.datastore ?? placement.datastore,
      network: read.text(`${pool}.network`) ?? offer?.network ?? placement.network,
      template: templateOf(read, placement.template, version, offer, refused),
    },
    addresses: addressesOf(read, base, refused),
    networks: { pods: firstOf(read, 'cluster.clusterNetwork.pods.cidrBlocks', refused) ?? base.networks.pods, services: firstOf(read, 'cluster.clusterNetwork.services.cidrBlocks', refused) ?? base.networks.services },
    pool: {
      ...base.pool,
      name: read.text(`${pool}.name`) ?? base.pool.name,
      replicas: read.number(`${pool}.replicas`) ?? base.pool.replicas,
      cpus: read.number(`${pool}.numCPUs`) ?? base.pool.cpus,
      memoryMiB: read.number(`${pool}.memoryMiB`) ?? base.pool.memoryMiB,
      diskGiB: read.number(`${pool}.diskGiB`) ?? base.pool.diskGiB,
      node: nodeOf(read, base.pool.node, pool),
      extras: extrasOf(read, base, pool),
    },
    addOns: addOnsOf(read, base),
  }
}

/** By name where it is one of the tenant's, else the one of the same vCenter. */
function identityOf(read: ValuesReader, base: ClusterSpec, identities: readonly IdentityOption[]): string {
  const named = identities.find(({ name }) => name === read.peek('vSphere.identityRef.name') && read.peek('vSphere.identityRef.type') === 'VSphereClusterIdentity')
  if (named) {
    read.text('vSphere.identityRef.name')
    read.text('vSphere.identityRef.type')
    return named.name
  }
  return identities.find(({ offer }) => offer.server === read.peek('vSphere.server'))?.name ?? base.identity
}

function versionOf(read: ValuesReader, base: ClusterSpec, offer: VSphereOffer | null, refused: NotTaken[]): string {
  const path = 'cluster.controlPlane.version'
  const version = read.peekText(path)
  if (version === null) return base.version
  const offered = offer?.templates.find((template) => sameVersion(template.version, version))?.version
  if (offered !== undefined) {
    read.text(path)
    return offered
  }
  refused.push({ path, why: `${cleanLine(version, 40)} is not offered to this tenant; the form stays at ${base.version}.` })
  return base.version
}

function templateOf(read: ValuesReader, before: string, version: string, offer: VSphereOffer | null, refused: NotTaken[]): string {
  const path = 'nodePools[0].template'
  const name = read.peekText(path)
  const usual = (offer === null ? null : templateFor(offer, version)) ?? before
  if (name === null) return usual
  if (name === usual || offer?.templates.some((template) => template.name === name && sameVersion(template.version, version))) return read.text(path) ?? usual
  refused.push({ path, why: `The VM template ${cleanLine(name, 80)} is not offered for ${version}; the form takes ${usual}.` })
  return usual
}

/** The flag with which no API server from 1.33 on starts; the chart's own default. */
const GONE = '--cloud-provider=external'

function controlPlaneOf(read: ValuesReader, { controlPlane }: ClusterSpec, refused: NotTaken[]): ClusterSpec['controlPlane'] {
  const at = 'cluster.controlPlane'
  const { advanced } = controlPlane
  const args = (component: 'apiServer' | 'controllerManager' | 'scheduler') => {
    const all = read.texts(`${at}.${component}.extraArgs`)
    if (all === null) return advanced.extraArgs[component]
    if (component === 'apiServer' && all.includes(GONE)) refused.push({ path: `${at}.apiServer.extraArgs`, why: `${GONE}: from Kubernetes 1.33 on the API server has no such flag, and does not start with it.` })
    return component === 'apiServer' ? all.filter((arg) => arg !== GONE) : all
  }
  const types = read.texts(`${at}.kubelet.preferredAddressTypes`)
  const unknown = types?.filter((type) => !ADDRESS_TYPES.some((known) => known === type)) ?? []
  if (unknown.length > 0) refused.push({ path: `${at}.kubelet.preferredAddressTypes`, why: `No type of address that Kubernetes knows: ${cleanLine(unknown.join(', '), 80)}.` })
  return {
    replicas: read.number(`${at}.replicas`) ?? controlPlane.replicas,
    advanced: {
      ...advanced,
      labels: read.map(`${at}.labels`) ?? advanced.labels,
      extraArgs: { apiServer: args('apiServer'), controllerManager: args('controllerManager'), scheduler: args('scheduler') },
      dataStore: { ...advanced.dataStore, name: read.text(`${at}.dataStoreName`) ?? advanced.dataStore.name },
      kubelet: {
        cgroupfs: read.oneOf(`${at}.kubelet.cgroupfs`, CGROUP_DRIVERS) ?? advanced.kubelet.cgroupfs,
        preferredAddressTypes: types?.flatMap((type) => ADDRESS_TYPES.find((known) => known === type) ?? []) ?? advanced.kubelet.preferredAddressTypes,
      },
      service: { type: read.oneOf(`${at}.network.serviceType`, SERVICE_TYPES) ?? advanced.service.type, annotations: read.map(`${at}.network.serviceAnnotations`) ?? advanced.service.annotations, labels: read.map(`${at}.network.serviceLabels`) ?? advanced.service.labels },
      certSANs: read.texts(`${at}.network.certSANs`) ?? advanced.certSANs,
      serviceDomain: read.text('cluster.clusterNetwork.serviceDomain') ?? advanced.serviceDomain,
    },
  }
}

/** The port is the endpoint's where that is fixed, else the load balancer's. */
function apiOf(read: ValuesReader, base: ClusterSpec, controlPlane: ClusterSpec['controlPlane']): Pick<ClusterSpec, 'controlPlane' | 'endpoint'> {
  const host = read.text('cluster.controlPlane.network.serviceAddress')
  const port = read.number('cluster.clusterNetwork.apiServerPort') ?? (base.endpoint.kind === 'fixed' ? base.endpoint.port : controlPlane.advanced.apiServerPort)
  if (host !== null) return { controlPlane, endpoint: { kind: 'fixed', host, port } }
  if (base.endpoint.kind === 'fixed') return { controlPlane, endpoint: { ...base.endpoint, port } }
  return { controlPlane: { ...controlPlane, advanced: { ...controlPlane.advanced, apiServerPort: port } }, endpoint: base.endpoint }
}

const POOL_SWITCHES = ['ipamProvider.enabled', 'nodePools[0].addressesFromPools.enabled'] as const

/** What says something of a pool that no machine is to use stays unread, and so is named. */
function addressesOf(read: ValuesReader, base: ClusterSpec, refused: NotTaken[]): ClusterSpec['addresses'] {
  const off = POOL_SWITCHES.some((path) => read.peek(path) === false)
  const dhcp = read.peek('nodePools[0].dhcp4') === true
  const servers = read.texts('nodePools[0].nameServers')
  const fixed = dhcp || (!off && read.peek('ipamProvider.ranges[0]') !== undefined) ? null : fixedOf(read, servers ?? [])
  const addresses = fixed ?? (dhcp ? dhcpOf(read, base, servers) : off ? kept(base, servers) : poolOf(read, base, servers, refused))
  for (const path of POOL_SWITCHES) if (fixed !== null || read.peek(path) === (addresses.kind === 'pool')) read.flag(path)
  return addresses
}

const kept = ({ addresses }: ClusterSpec, servers: string[] | null): ClusterSpec['addresses'] => (servers === null ? addresses : { ...addresses, nameservers: servers })

function dhcpOf(read: ValuesReader, base: ClusterSpec, servers: string[] | null): ClusterSpec['addresses'] {
  read.flag('nodePools[0].dhcp4')
  return base.addresses.kind === 'dhcp' ? kept(base, servers) : { kind: 'dhcp', ...(servers === null ? {} : { nameservers: servers }) }
}

function poolOf(read: ValuesReader, base: ClusterSpec, servers: string[] | null, refused: NotTaken[]): ClusterSpec['addresses'] {
  if (read.peek('ipamProvider.ranges[0]') === undefined && read.peek('ipamProvider.gateway') === undefined) return kept(base, servers)
  const range = firstOf(read, 'ipamProvider.ranges', refused) ?? ''
  return { kind: 'pool', range, prefix: read.number('ipamProvider.prefix') ?? 24, gateway: read.text('ipamProvider.gateway') ?? '', nameservers: servers ?? [] }
}

/** Fixed addresses without a pool of them are a range of the cluster's own: CAPV refuses them in a template. null where they are none. */
function fixedOf(read: ValuesReader, nameservers: readonly string[]): ClusterSpec['addresses'] | null {
  const pool = 'nodePools[0]'
  const [networks, gateway] = [read.peek(`${pool}.ipAddrs`), read.peek(`${pool}.gateway`)]
  const all = Array.isArray(networks) ? networks.map((text) => /^([\d.]+)\/(\d{1,2})$/.exec(String(text))) : []
  const addresses = all.map((parts) => parseAddress(parts?.[1] ?? '')).filter((address) => address !== null).toSorted((a, b) => a - b)
  const [first, last, prefix] = [addresses[0], addresses.at(-1), all[0]?.[2]]
  const isRange = addresses.length === all.length && first !== undefined && last !== undefined && last - first === addresses.length - 1
  if (!isRange || all.some((parts) => parts?.[2] !== prefix) || typeof gateway !== 'string' || parseAddress(gateway) === null) return null
  read.texts(`${pool}.ipAddrs`)
  read.text(`${pool}.gateway`)
  return { kind: 'pool', range: formatRange({ first, last }), prefix: Number(prefix), gateway, nameservers: [...nameservers] }
}

/** The form has one; what follows is named. */
function firstOf(read: ValuesReader, path: string, refused: NotTaken[]): string | null {
  const all = read.texts(path)
  if (all === null || all.length === 0) return null
  if (all.length > 1) refused.push({ path, why: `The form takes one; ${plural(all.length - 1, 'other')} left out: ${cleanLine(all.slice(1).join(', '), 120)}.` })
  return all[0] ?? null
}

/** The chart drops search domains; here they work. */
function extrasOf(read: ValuesReader, { pool: { extras } }: ClusterSpec, pool: string): ClusterSpec['pool']['extras'] {
  const routes = read.indices(`${pool}.staticRoutes`).map((index) => {
    const at = `${pool}.staticRoutes[${index}]`
    return { to: read.text(`${at}.to`) ?? '', via: read.text(`${at}.via`) ?? '', metric: read.number(`${at}.metric`) ?? 100 }
  })
  return { mtu: extras.mtu, storagePolicy: read.text(`${pool}.storagePolicyName`) ?? extras.storagePolicy, searchDomains: read.texts(`${pool}.searchDomains`) ?? extras.searchDomains, routes: routes.length === 0 ? extras.routes : routes }
}

const CUSTOM = '/etc/cloud/cloud.cfg.d/99-custom.cfg'

/** The chart gives labels and taints to the kubelet, which is what is done with them here. */
function nodeOf(read: ValuesReader, before: NodeConfig, pool: string): NodeConfig {
  const users = read.indices(`${pool}.users`).flatMap((index) => {
    const at = `${pool}.users[${index}]`
    const name = read.text(`${at}.name`)
    const user = name === null ? null : userIn({ name, sudo: read.text(`${at}.sudo`) ?? '', sshAuthorizedKeys: read.texts(`${at}.sshAuthorizedKeys`) ?? [] })
    return user === null ? [] : [user]
  })
  const custom = read.text(`${pool}.additionalCloudInitFiles`)
  const labels = read.text(`${pool}.labels`)
  const taints = read.text(`${pool}.taints`)
  return {
    ...before,
    users: users.length === 0 ? before.users : users,
    files: custom === null ? before.files : [...before.files, { path: CUSTOM, owner: 'root:root', permissions: '0644', append: false, content: { kind: 'text', text: custom } }],
    kubeletArgs: [...before.kubeletArgs, ...(labels === null ? [] : [{ name: 'node-labels', value: labels }]), ...(taints === null ? [] : [{ name: 'register-with-taints', value: taints }])],
  }
}
