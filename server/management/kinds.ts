import 'server-only'

/** A kind that the portal knows: its address, and the versions for which there is a parser or renderer, newest first. */
export interface KindInfo {
  readonly kind: string
  readonly group: string
  readonly versions: readonly string[]
  readonly plural: string
  readonly namespaced: boolean
  /** Field selector: the others of the kind are neither listed nor watched. */
  readonly only?: string
}

const one = (group: string, versions: readonly string[], kind: string, plural: string, namespaced = true): KindInfo => ({
  kind, group, versions, plural, namespaced,
})

const CORE = 'cluster.x-k8s.io'
const INFRA = 'infrastructure.cluster.x-k8s.io'
const IPAM = 'ipam.cluster.x-k8s.io'
const RBAC = 'rbac.authorization.k8s.io'
/** Rendered in v1beta2; where only v1beta1 is served the door writes that (user-client.ts), and the tolerant parser reads it (server/management/parse). */
const CONTRACTS = ['v1beta2', 'v1beta1'] as const

export const KINDS = {
  Namespace: one('', ['v1'], 'Namespace', 'namespaces', false),
  RoleBinding: one(RBAC, ['v1'], 'RoleBinding', 'rolebindings'),
  ClusterRoleBinding: one(RBAC, ['v1'], 'ClusterRoleBinding', 'clusterrolebindings', false),
  Cluster: one(CORE, CONTRACTS, 'Cluster', 'clusters'),
  MachineDeployment: one(CORE, CONTRACTS, 'MachineDeployment', 'machinedeployments'),
  MachineSet: one(CORE, CONTRACTS, 'MachineSet', 'machinesets'),
  Machine: one(CORE, CONTRACTS, 'Machine', 'machines'),
  MachineHealthCheck: one(CORE, CONTRACTS, 'MachineHealthCheck', 'machinehealthchecks'),
  KamajiControlPlane: one('controlplane.cluster.x-k8s.io', ['v1alpha2', 'v1alpha1'], 'KamajiControlPlane', 'kamajicontrolplanes'),
  /** Kamaji's own, one for each KamajiControlPlane: read, never written. It may outlive its Cluster. */
  TenantControlPlane: one('kamaji.clastix.io', ['v1alpha1'], 'TenantControlPlane', 'tenantcontrolplanes'),
  VSphereCluster: one(INFRA, CONTRACTS, 'VSphereCluster', 'vsphereclusters'),
  VSphereMachine: one(INFRA, CONTRACTS, 'VSphereMachine', 'vspheremachines'),
  VSphereMachineTemplate: one(INFRA, CONTRACTS, 'VSphereMachineTemplate', 'vspheremachinetemplates'),
  VSphereVM: one(INFRA, CONTRACTS, 'VSphereVM', 'vspherevms'),
  VSphereClusterIdentity: one(INFRA, CONTRACTS, 'VSphereClusterIdentity', 'vsphereclusteridentities', false),
  VSphereDeploymentZone: one(INFRA, CONTRACTS, 'VSphereDeploymentZone', 'vspheredeploymentzones', false),
  VSphereFailureDomain: one(INFRA, CONTRACTS, 'VSphereFailureDomain', 'vspherefailuredomains', false),
  KubeadmConfig: one('bootstrap.cluster.x-k8s.io', CONTRACTS, 'KubeadmConfig', 'kubeadmconfigs'),
  KubeadmConfigTemplate: one('bootstrap.cluster.x-k8s.io', CONTRACTS, 'KubeadmConfigTemplate', 'kubeadmconfigtemplates'),
  InClusterIPPool: one(IPAM, ['v1alpha2'], 'InClusterIPPool', 'inclusterippools'),
  GlobalInClusterIPPool: one(IPAM, ['v1alpha2'], 'GlobalInClusterIPPool', 'globalinclusterippools', false),
  IPAddressClaim: one(IPAM, CONTRACTS, 'IPAddressClaim', 'ipaddressclaims'),
  IPAddress: one(IPAM, CONTRACTS, 'IPAddress', 'ipaddresses'),
  // Of add-ons. Read when somebody looks, and written by the portal as itself: server/management/portal-client.ts.
  Deployment: one('apps', ['v1'], 'Deployment', 'deployments'),
  Secret: one('', ['v1'], 'Secret', 'secrets'),
  ConfigMap: one('', ['v1'], 'ConfigMap', 'configmaps'),
  ServiceAccount: one('', ['v1'], 'ServiceAccount', 'serviceaccounts'),
  Service: one('', ['v1'], 'Service', 'services'),
  /** Of the Prometheus Operator, where there is one. */
  ServiceMonitor: one('monitoring.coreos.com', ['v1'], 'ServiceMonitor', 'servicemonitors'),
  ClusterResourceSet: one('addons.cluster.x-k8s.io', CONTRACTS, 'ClusterResourceSet', 'clusterresourcesets'),
  Event: { ...one('', ['v1'], 'Event', 'events'), only: 'type=Warning' },
} as const satisfies Record<string, KindInfo>

export type KindName = keyof typeof KINDS

/** Kinds of the live cache. Templates of kubeadm are written, never shown. */
export const WATCHED: readonly KindName[] = [
  'Namespace', 'RoleBinding', 'ClusterRoleBinding', 'Cluster', 'KamajiControlPlane', 'TenantControlPlane', 'VSphereCluster', 'MachineDeployment', 'MachineSet',
  'Machine', 'MachineHealthCheck', 'VSphereMachine', 'VSphereVM', 'VSphereMachineTemplate', 'KubeadmConfig', 'InClusterIPPool', 'GlobalInClusterIPPool',
  'IPAddressClaim', 'IPAddress', 'VSphereClusterIdentity', 'VSphereDeploymentZone', 'VSphereFailureDomain', 'Event',
]

export function knownKind(kind: string): KindInfo {
  const info = (KINDS as Record<string, KindInfo>)[kind]
  if (!info) throw new Error(`The portal does not know the kind ${kind}`)
  return info
}

/** Path of a collection or object. Names are encoded: a name with a slash must not reach another resource. */
export function resourcePath(info: KindInfo, version: string, at: { namespace?: string | undefined; name?: string; subresource?: string } = {}): string {
  const root = info.group === '' ? `/api/${version}` : `/apis/${info.group}/${version}`
  const scope = info.namespaced && at.namespace !== undefined ? `/namespaces/${segment(at.namespace)}` : ''
  const object = at.name !== undefined ? `/${segment(at.name)}` : ''
  const sub = at.subresource !== undefined ? `/${at.subresource}` : ''
  return `${root}${scope}/${info.plural}${object}${sub}`
}

/** @throws Error for what a URL would read as "here" or "above" even when encoded */
export function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new Error('An empty or dotted name in a path')
  return encodeURIComponent(name)
}
