import { policyVersion, withPolicyArgs } from '@/lib/addons/policy-version'
import type { Advanced } from '@/lib/cluster/advanced'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import { canonicalSpan } from '@/lib/ip-pool/ip'
import { formatAddress, formatCidr, parseCidr } from '@/lib/ip-pool/ipv4'
import { canonicalRange } from '@/lib/ip-pool/range'
import type { KubeObject } from '@/lib/kubernetes/object'
import { ZONE_LABEL } from '@/lib/zone/option'
import { advancedFields, networkFields } from '@/lib/manifests/control-plane'
import { API, metadata, OPERATION_ANNOTATION, reference } from '@/lib/manifests/labels'

export interface RenderContext {
  readonly tenant: string
  readonly offer: VSphereOffer
  readonly operationId: string
}

const place = (spec: ClusterSpec, context: RenderContext) => ({ tenant: context.tenant, cluster: spec.name })
const canonicalCidr = (text: string): string => {
  const cidr = parseCidr(text.trim())
  return cidr === null ? text.trim() : formatCidr(cidr)
}
const endpointOf = ({ endpoint }: ClusterSpec) => (endpoint.kind === 'fixed' ? { host: endpoint.host.trim(), port: endpoint.port } : null)

/** Kamaji serves the API at this port; it must equal the endpoint's. */
export const apiPortOf = (spec: ClusterSpec): number => endpointOf(spec)?.port ?? spec.controlPlane.advanced.apiServerPort

export function cluster(spec: ClusterSpec, context: RenderContext): KubeObject {
  return {
    apiVersion: API.cluster,
    kind: 'Cluster',
    metadata: metadata(place(spec, context), spec.name, { labels: spec.controlPlane.advanced.labels, annotations: { [OPERATION_ANNOTATION]: context.operationId } }),
    spec: {
      clusterNetwork: {
        apiServerPort: apiPortOf(spec),
        pods: { cidrBlocks: [canonicalCidr(spec.networks.pods)] },
        services: { cidrBlocks: [canonicalCidr(spec.networks.services)] },
        serviceDomain: spec.controlPlane.advanced.serviceDomain,
      },
      controlPlaneRef: reference('KamajiControlPlane', API.controlPlane, spec.name),
      infrastructureRef: reference('VSphereCluster', API.infrastructure, spec.name),
    },
  }
}

/** A pool of a cluster's own. Without a gateway there is none in the spec: the webhook refuses an empty one. */
export const addressPool = (at: { readonly tenant: string; readonly cluster: string }, name: string, pool: { readonly addresses: readonly string[]; readonly prefix: number; readonly gateway: string | null }): KubeObject => ({
  apiVersion: API.ipam,
  kind: 'InClusterIPPool',
  metadata: metadata(at, name),
  spec: { addresses: pool.addresses, prefix: pool.prefix, ...(pool.gateway === null ? {} : { gateway: pool.gateway }) },
})

/** null where machines get their addresses by DHCP. */
export function ipPool(spec: ClusterSpec, context: RenderContext): KubeObject | null {
  const { addresses } = spec
  if (addresses.kind !== 'pool') return null
  return addressPool(place(spec, context), spec.name, { addresses: [canonicalRange(addresses.range)], prefix: addresses.prefix, gateway: addresses.gateway.trim() })
}

/** The pool of IPv6 addresses beside it. */
export const ipv6PoolName = (cluster: string): string => `${cluster}-v6`

export function ipv6Pool(spec: ClusterSpec, context: RenderContext): KubeObject | null {
  if (spec.addresses.kind !== 'pool' || spec.addresses.ipv6 === undefined) return null
  const { range, prefix, gateway } = spec.addresses.ipv6
  return addressPool(place(spec, context), ipv6PoolName(spec.name), { addresses: [canonicalSpan(range)], prefix, gateway: gateway.trim() })
}

/**
 * Without a fixed endpoint Kamaji's provider fills in `controlPlaneEndpoint` once the load balancer has an address; a set one
 * must be what it finds, or it says "provisioned with a mismatching host/port" (kamajicontrolplane_controller_cluster_patch.go).
 */
export function vsphereCluster(spec: ClusterSpec, context: RenderContext): KubeObject {
  const endpoint = endpointOf(spec)
  const zones = spec.pool.zones ?? []
  return {
    apiVersion: API.infrastructure,
    kind: 'VSphereCluster',
    metadata: metadata(place(spec, context), spec.name),
    spec: {
      server: context.offer.server,
      // v1beta2 refuses an empty one.
      ...(context.offer.thumbprint === undefined ? {} : { thumbprint: context.offer.thumbprint }),
      identityRef: { kind: 'VSphereClusterIdentity', name: spec.identity },
      ...(endpoint === null ? {} : { controlPlaneEndpoint: endpoint }),
      // For status.failureDomains alone: machines are placed by their own failureDomain. Not `{}`: that selects every zone of the
      // vCenter, and one that is not ready would hold this cluster (CAPV vspherecluster_reconciler.go, reconcileDeploymentZones).
      ...(zones.length === 0 ? {} : { failureDomainSelector: { matchExpressions: [{ key: ZONE_LABEL, operator: 'In', values: zones.toSorted() }] } }),
    },
  }
}

export function controlPlane(spec: ClusterSpec, context: RenderContext): KubeObject {
  const { replicas } = spec.controlPlane
  const advanced = withAddOns(spec)
  const services = parseCidr(spec.networks.services.trim())
  // Kamaji's own default is 10.96.0.10, and it refuses a service network without it ("does not contain the DNS Service IP").
  const dns = services === null ? null : formatAddress(services.first + 10)
  return {
    apiVersion: API.controlPlane,
    kind: 'KamajiControlPlane',
    metadata: metadata(place(spec, context), spec.name, { labels: advanced.labels }),
    spec: { version: spec.version, replicas, ...advancedFields(advanced, dns), network: networkFields(advanced, endpointOf(spec)?.host ?? null, dns) },
  }
}

/** With what an add-on takes of the API server. */
function withAddOns({ addOns, version, controlPlane: { advanced } }: ClusterSpec): Advanced {
  if (!addOns.proxy.enabled || policyVersion(version) !== 'v1beta1') return advanced
  // Arguments that switch it off are refused by a rule.
  return { ...advanced, extraArgs: { ...advanced.extraArgs, apiServer: [...(withPolicyArgs(advanced.extraArgs.apiServer) ?? advanced.extraArgs.apiServer)] } }
}
