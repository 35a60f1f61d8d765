import { stringify } from 'yaml'
import { ADDRESS_TYPES, API_PORT, NOTHING_ADVANCED, SERVICE_DOMAIN, SERVICE_TYPES } from '@/lib/cluster/advanced'
import { meantArgs } from '@/lib/control-plane/extra-args'
import { PLANE_FIELDS } from '@/lib/control-plane/fields'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { formatAddress, parseCidr } from '@/lib/ip-pool/ipv4'
import { dig, listIn, numberIn, recordIn, stringIn, textsIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { MANAGED_BY_LABEL } from '@/lib/manifests/labels'
import { canonicalJson } from '@/lib/manifests/hash'
import { isReservedLabel } from '@/lib/node-pool/rules/metadata'

/** The objects of a control plane as the API server has them, managedFields included. */
export interface LivePlane {
  readonly controlPlane: KubeObject
  readonly cluster: KubeObject
  /** Kamaji's, which tells which Kamaji it is; null where there is none to read. */
  readonly deployment: KubeObject | null
}

/** What the provider's CRD fills in. */
const REPLICAS = 2

/** Labels of the platform are no part of the form. */
const isOwnLabel = (key: string): boolean => !isReservedLabel(key) && !key.startsWith('tenantry.dev/') && key !== MANAGED_BY_LABEL

/** Of the cluster's DNS Service: the tenth address of the first service network. null: it has none that can be read. */
export function dnsAddress(cluster: KubeObject): string | null {
  const services = parseCidr(String(listIn(cluster, 'spec', 'clusterNetwork', 'services', 'cidrBlocks')[0] ?? ''))
  return services === null ? null : formatAddress(services.first + 10)
}

/** Both contracts of Kamaji's provider: what is asked of the control plane has the same fields in both. */
export function readPlane({ controlPlane, cluster }: Pick<LivePlane, 'controlPlane' | 'cluster'>): PlaneSpec {
  const spec = recordIn(controlPlane, 'spec')
  const texts = (...path: readonly string[]): Record<string, string> => ({ ...textsIn(spec, ...path) })
  const words = (...path: readonly string[]): string[] => listIn(spec, ...path).filter((word): word is string => typeof word === 'string')
  const yaml = (...path: readonly string[]): string => {
    const value = dig(spec, ...path)
    return value === undefined || value === null || canonicalJson(value) === '{}' || canonicalJson(value) === '[]' ? '' : stringify(value, { lineWidth: 0 }).trimEnd()
  }
  const types = words('kubelet', 'preferredAddressTypes').filter((type): type is (typeof ADDRESS_TYPES)[number] => ADDRESS_TYPES.some((known) => known === type))
  const type = stringIn(spec, 'network', 'serviceType')
  return {
    controlPlane: {
      replicas: numberIn(spec, 'replicas') ?? REPLICAS,
      advanced: {
        labels: Object.fromEntries(Object.entries(textsIn(cluster.metadata, 'labels')).filter(([key]) => isOwnLabel(key))),
        extraArgs: { apiServer: [...meantArgs(words('apiServer', 'extraArgs'))], controllerManager: words('controllerManager', 'extraArgs'), scheduler: words('scheduler', 'extraArgs') },
        dataStore: { name: stringIn(spec, 'dataStoreName') ?? '' },
        addons: { coreDNS: isThere(spec, 'coreDNS'), kubeProxy: isThere(spec, 'kubeProxy'), konnectivity: isThere(spec, 'konnectivity') },
        kubelet: {
          cgroupfs: stringIn(spec, 'kubelet', 'cgroupfs') === 'cgroupfs' ? 'cgroupfs' : 'systemd',
          preferredAddressTypes: types.length === 0 ? [...NOTHING_ADVANCED.kubelet.preferredAddressTypes] : types,
        },
        deployment: {
          labels: texts('deployment', 'additionalMetadata', 'labels'),
          annotations: texts('deployment', 'additionalMetadata', 'annotations'),
          podLabels: texts('deployment', 'podAdditionalMetadata', 'labels'),
          podAnnotations: texts('deployment', 'podAdditionalMetadata', 'annotations'),
          nodeSelector: texts('deployment', 'nodeSelector'),
          affinity: yaml('deployment', 'affinity'),
          tolerations: yaml('deployment', 'tolerations'),
          topologySpread: yaml('deployment', 'topologySpreadConstraints'),
        },
        service: { type: SERVICE_TYPES.find((known) => known === type) ?? 'LoadBalancer', annotations: texts('network', 'serviceAnnotations'), labels: texts('network', 'serviceLabels') },
        certSANs: words('network', 'certSANs'),
        serviceDomain: stringIn(cluster, 'spec', 'clusterNetwork', 'serviceDomain') ?? SERVICE_DOMAIN,
        apiServerPort: numberIn(cluster, 'spec', 'clusterNetwork', 'apiServerPort') ?? API_PORT,
      },
    },
  }
}

/** An empty struct means "on, with defaults". */
const isThere = (spec: unknown, addon: string): boolean => {
  const found = dig(spec, 'addons', addon)
  return found !== undefined && found !== null
}

/** What create asks, and what the provider writes itself. */
const OTHERS_KNOWN = ['version', 'controlPlaneEndpoint', 'dataStoreName', 'dataStoreSchema', 'dataStoreUsername', 'network.serviceType', 'network.serviceAddress', 'network.dnsServiceIPs']
const KNOWN = [...OTHERS_KNOWN, ...PLANE_FIELDS.flatMap(({ at }) => (at === null ? [] : [at.join('.')]))]
const USUAL_REGISTRY = 'registry.k8s.io'

/** Fields of the KamajiControlPlane that the form has no place for: a change keeps them. */
export function unknownInPlane({ spec }: KubeObject): readonly string[] {
  return [...walk(spec, '')]
}

function* walk(value: unknown, at: string): Generator<string> {
  for (const [key, field] of Object.entries((value ?? {}) as object)) {
    const path = at === '' ? key : `${at}.${key}`
    if (KNOWN.includes(path) || isEmpty(field) || (path === 'registry' && field === USUAL_REGISTRY)) continue
    if (KNOWN.some((known) => known.startsWith(`${path}.`)) && typeof field === 'object') yield* walk(field, path)
    else yield path
  }
}

/** Go writes structs of which nothing is set. */
const isEmpty = (value: unknown): boolean => value === null || value === '' || (typeof value === 'object' && Object.values(value).every(isEmpty))
