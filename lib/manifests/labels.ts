import type { KubeObject, ObjectMeta } from '@/lib/kubernetes/object'

export const CLUSTER_NAME_LABEL = 'cluster.x-k8s.io/cluster-name'
export const DEPLOYMENT_NAME_LABEL = 'cluster.x-k8s.io/deployment-name'
/** On a Machine: the first of its MachineSet to go when that gets smaller. */
export const DELETE_MACHINE_ANNOTATION = 'cluster.x-k8s.io/delete-machine'
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by'
/** Short name of the pool (`general`) on its MachineDeployment, templates and Machines. */
export const NODE_POOL_LABEL = 'tenantry.dev/node-pool'
/** On the Cluster: the operation that made it, by which an interrupted create finds what it began. */
export const OPERATION_ANNOTATION = 'tenantry.dev/operation'
/** The whole object again, as kubectl applied it or as another version of its API has it: what is left out of the object is in there. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
export const CONVERSION_DATA = 'cluster.x-k8s.io/conversion-data'

export const API = {
  cluster: 'cluster.x-k8s.io/v1beta2',
  bootstrap: 'bootstrap.cluster.x-k8s.io/v1beta2',
  infrastructure: 'infrastructure.cluster.x-k8s.io/v1beta2',
  controlPlane: 'controlplane.cluster.x-k8s.io/v1alpha2',
  ipam: 'ipam.cluster.x-k8s.io/v1alpha2',
} as const

/** A v1beta2 reference: by group, without a version. */
export const reference = (kind: string, apiVersion: string, name: string) => ({ apiGroup: apiVersion.split('/')[0] ?? '', kind, name })

export function metadata(place: { tenant: string; cluster: string }, name: string, extra: { labels?: Record<string, string>; annotations?: Record<string, string> } = {}): ObjectMeta {
  return {
    name,
    namespace: place.tenant,
    labels: { [CLUSTER_NAME_LABEL]: place.cluster, [MANAGED_BY_LABEL]: 'tenantry', ...extra.labels },
    ...(extra.annotations === undefined ? {} : { annotations: extra.annotations }),
  }
}

/** Kinds that Cluster API makes the Cluster's own by itself; all others need `withOwner` to go with the cluster. */
const OWNED_BY_CLUSTER_API: ReadonlySet<string> = new Set(['Cluster', 'KamajiControlPlane', 'VSphereCluster', 'MachineDeployment'])
export const needsOwner = (object: Pick<KubeObject, 'kind'>): boolean => !OWNED_BY_CLUSTER_API.has(object.kind)

/**
 * The object as the cluster's own, so that garbage collection takes it with the Cluster: nobody else removes pool and
 * templates. Not `blockOwnerDeletion`: it needs a right on the Cluster's finalizers that tenants do not have.
 */
export function withOwner(object: KubeObject, cluster: { readonly uid: string; readonly name: string }): KubeObject {
  const owner = { apiVersion: API.cluster, kind: 'Cluster', name: cluster.name, uid: cluster.uid }
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== cluster.uid)
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, owner] } }
}
