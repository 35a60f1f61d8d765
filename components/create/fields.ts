import type { FieldPath } from 'react-hook-form'
import { nodeFieldsAt } from '@/components/node-config/node-form'
import { PLANE_FIELDS } from '@/lib/control-plane/fields'
import type { ClusterSpec } from '@/lib/cluster/spec'

export type SpecPath = FieldPath<ClusterSpec>

/** Names of the fields for the summary of errors, in the form's order. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  name: 'Name',
  version: 'Kubernetes',
  identity: 'vSphere identity',
  'placement.datacenter': 'Datacenter',
  'placement.resourcePool': 'Resource pool',
  'placement.folder': 'Folder',
  'placement.datastore': 'Datastore',
  'placement.network': 'Network',
  'placement.template': 'VM template',
  'pool.moreNetworks': 'More networks',
  'pool.zones': 'Zones',
  'pool.name': 'Pool name',
  'pool.replicas': 'Machines',
  'pool.cpus': 'CPU',
  'pool.memoryMiB': 'Memory',
  'pool.diskGiB': 'Disk',
  ...nodeFieldsAt('pool.node'),
  'addresses.settings': 'DHCP',
  'addresses.pool': 'Shared pool',
  'addresses.range': 'Range',
  'addresses.gateway': 'Gateway',
  'addresses.prefix': 'Prefix',
  'addresses.nameservers': 'DNS servers',
  'addresses.ipv6.range': 'IPv6 range',
  'addresses.ipv6.gateway': 'IPv6 gateway',
  'addresses.ipv6.prefix': 'IPv6 prefix',
  'controlPlane.replicas': 'Control plane replicas',
  'endpoint.host': 'API address',
  'endpoint.port': 'API port',
  'networks.pods': 'Pod network',
  'networks.services': 'Service network',
  'addOns.cpi.region': 'Region tag category',
  'addOns.cpi.zone': 'Zone tag category',
  'addOns.cpi.version': 'Image version of the cloud provider',
  'addOns.csi.className': 'StorageClass',
  'addOns.csi.policy': 'Storage policy',
  'addOns.csi.datastoreUrl': 'Datastore URL',
  'addOns.csi.isDefault': 'Default class',
  'addOns.csi.reclaimPolicy': 'Reclaim policy',
  'addOns.csi.binding': 'Volume binding',
  'addOns.csi.expansion': 'Volume expansion',
  'addOns.csi.logLevel': 'Log level of storage',
  'addOns.csi.region': 'Region tag category',
  'addOns.csi.zone': 'Zone tag category',
  'addOns.autoscaler.version': 'Image version of the autoscaler',
  'addOns.metrics.scraper': 'Scraper',
  'addOns.proxy.url': 'Proxy of Pods',
  'addOns.proxy.noProxy': 'Also reached without it',
  'pool.extras.storagePolicy': 'Storage policy',
  'pool.extras.searchDomains': 'Search domains',
  'pool.extras.routes': 'Static routes',
  'pool.extras.mtu': 'MTU',
  'controlPlane.advanced.service.type': 'Service type',
  'controlPlane.advanced.apiServerPort': 'API port of the load balancer',
  'controlPlane.advanced.serviceDomain': 'Service domain',
  ...Object.fromEntries(PLANE_FIELDS.flatMap(({ path, words }) => (path.startsWith('controlPlane.advanced.') ? [[path, words]] : []))),
  'controlPlane.advanced.dataStore.name': 'DataStore',
}

export const fieldId = (path: string): string => `f-${path.replaceAll('.', '-')}`

/** `addresses.nameservers.1` is shown at the field that has an input. */
export function fieldOf(path: string): string {
  const parts = path.split('.')
  while (parts.length > 0 && !(parts.join('.') in FIELD_LABELS)) parts.pop()
  return parts.join('.') || path
}

interface ErrorTree {
  readonly [key: string]: unknown
}

/** react-hook-form's tree of errors as path -> message, in the form's order. */
export function flatErrors(errors: ErrorTree): readonly { readonly path: string; readonly message: string }[] {
  const found = new Map<string, string>()
  const walk = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return
    const { message, type } = node as { message?: unknown; type?: unknown }
    if (typeof message === 'string' && type !== undefined) {
      const field = fieldOf(path)
      if (!found.has(field)) found.set(field, message)
      return
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'ref' && key !== 'types') walk(child, path ? `${path}.${key}` : key)
  }
  walk(errors, '')
  const order = Object.keys(FIELD_LABELS)
  return [...found].map(([path, message]) => ({ path, message })).toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path))
}
