import type { KubeObject, ObjectMeta } from '@/lib/kubernetes/object'
import { SKIP_DRAIN, SKIP_VOLUME_DETACH } from '@/lib/doctor/annotations'
import { HELM_RELEASE } from '@/lib/adopt/origin'
import { OFFER_ANNOTATION } from '@/lib/identity/offer'
import { OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import { dig } from '@/server/management/parse/raw'

/** Annotations that something reads; all others go, `last-applied-configuration` (the whole object again) first of all. */
const ANNOTATIONS: readonly string[] = [OFFER_ANNOTATION, OPERATION_ANNOTATION, HELM_RELEASE, 'cluster.x-k8s.io/paused', 'cluster.x-k8s.io/delete-machine', SKIP_DRAIN, SKIP_VOLUME_DETACH]

type Path = readonly string[]
const path = (text: string): Path => text.split('.')

/** Fields besides metadata that the parser reads of each kind. A kind that is not listed keeps everything. */
const KEPT: Readonly<Record<string, readonly Path[]>> = Object.fromEntries(
  Object.entries({
    Cluster: ['spec', 'status'],
    KamajiControlPlane: ['spec.version', 'spec.replicas', 'spec.controlPlaneEndpoint', 'spec.controllerManager.extraArgs', 'status'],
    TenantControlPlane: ['spec.dataStore', 'status.storage.dataStoreName', 'status.kubernetesResources.version.status'],
    VSphereCluster: ['spec.server', 'spec.identityRef', 'spec.controlPlaneEndpoint', 'status.conditions', 'status.v1beta2', 'status.deprecated', 'status.failureReason', 'status.failureMessage'],
    MachineDeployment: ['spec.clusterName', 'spec.replicas', 'spec.rollout', 'spec.strategy', 'spec.template.spec.version', 'spec.template.spec.failureDomain', 'spec.template.spec.infrastructureRef', 'status'],
    MachineSet: ['spec.clusterName', 'spec.replicas', 'status.conditions', 'status.v1beta2', 'status.deprecated', 'status.replicas'],
    Machine: ['spec.clusterName', 'spec.version', 'spec.failureDomain', 'spec.bootstrap.configRef', 'spec.infrastructureRef', 'spec.providerID', 'spec.deletion', 'status'],
    VSphereMachineTemplate: ['spec'],
    VSphereMachine: ['spec.providerID', 'status.conditions', 'status.v1beta2', 'status.deprecated', 'status.failureReason', 'status.failureMessage'],
    VSphereVM: ['status.conditions', 'status.v1beta2', 'status.deprecated', 'status.addresses', 'status.ready', 'status.failureReason', 'status.failureMessage'],
    // Its files and commands may be large, and may hold secrets.
    KubeadmConfig: ['status.conditions', 'status.v1beta2', 'status.ready'],
    KubeadmConfigTemplate: [],
    IPAddressClaim: ['spec.clusterName', 'spec.poolRef', 'status.addressRef', 'status.conditions'],
    InClusterIPPool: ['spec', 'status'],
    VSphereClusterIdentity: ['spec', 'status'],
    VSphereDeploymentZone: ['spec', 'status.ready', 'status.conditions', 'status.v1beta2', 'status.deprecated'],
    VSphereFailureDomain: ['spec'],
    Namespace: [],
  }).map(([kind, texts]) => [kind, texts.map(path)]),
)

/** An object without what nobody reads: an informer holds thousands of them for as long as the portal runs. */
export function trimObject(raw: KubeObject): KubeObject {
  const kept = KEPT[raw.kind]
  const { apiVersion, kind } = raw
  const metadata = trimMetadata(raw.metadata)
  if (kept === undefined) return { ...raw, metadata }
  const fields: Record<string, unknown> = {}
  for (const keys of kept) copy(raw, fields, keys)
  // nodeInfo is half of a Machine and shown nowhere.
  const status = fields['status']
  if (kind === 'Machine' && typeof status === 'object' && status !== null) fields['status'] = Object.fromEntries(Object.entries(status).filter(([key]) => key !== 'nodeInfo'))
  return { ...fields, apiVersion, kind, metadata }
}

function trimMetadata(raw: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, finalizers, ownerReferences } = raw
  const annotations = Object.fromEntries(ANNOTATIONS.flatMap((key) => (raw.annotations?.[key] === undefined ? [] : [[key, raw.annotations[key]]])))
  const generation = dig(raw, 'generation')
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(typeof generation === 'number' ? { generation } : {}),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(labels === undefined ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
  }
}

function copy(from: unknown, to: Record<string, unknown>, [key = '', ...rest]: Path): void {
  const value = dig(from, key)
  if (value === undefined || value === null) return
  if (rest.length === 0) {
    to[key] = value
    return
  }
  const inner = { ...((to[key] as Record<string, unknown> | undefined) ?? {}) }
  copy(value, inner, rest)
  if (Object.keys(inner).length > 0) to[key] = inner
}
