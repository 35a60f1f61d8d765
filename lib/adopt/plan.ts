import { dig, recordIn, stringIn, textsIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { desiredObjects, desiredState } from '@/lib/manifests/export'
import { canonicalJson } from '@/lib/manifests/hash'
import { CLUSTER_NAME_LABEL, LAST_APPLIED, MANAGED_BY_LABEL, NODE_POOL_LABEL, withOwner } from '@/lib/manifests/labels'
import { managedFieldsWithout, managersOf, otherOwners } from '@/lib/manifests/ownership'
import { bootstrapRef, machineRef, poolNameOf } from '@/lib/node-pool/live'
import { listed } from '@/lib/text'

/** Programs by which a person writes: they hold what they set until somebody says otherwise, and do not write it again by themselves. */
const HAND_TOOLS = [/^helm$/i, /^kubectl/, /^terraform/i, /^before-first-apply$/]
/** Controllers that write back what a repository says, within minutes: two masters would fight. */
const GITOPS = /argo-?cd|kustomize-controller|helm-controller|flux|fleet/i
const GITOPS_MARKS: readonly (readonly [tool: string, key: string])[] = [
  ['Argo CD', 'argocd.argoproj.io/tracking-id'], ['Flux', 'kustomize.toolkit.fluxcd.io/name'], ['Flux', 'helm.toolkit.fluxcd.io/name'], ['Fleet', 'objectset.rio.cattle.io/id'],
]

/** One object of a cluster that is taken over. */
export interface AdoptedObject {
  readonly live: KubeObject
  /** Who lets go of it. */
  readonly from: readonly string[]
  /** What is there already, to be applied as the portal: nothing of it has another value. */
  readonly same: KubeObject
  /** Applied once the others have let go: the same with the portal's marks, and its owner. */
  readonly marked: KubeObject
}

export interface AdoptionPlan {
  /** In the order in which they are taken over; the Cluster is last, so its mark says that all is done. */
  readonly objects: readonly AdoptedObject[]
  /** Why it cannot be taken over, in sentences; empty when it can. */
  readonly reasons: readonly string[]
}

/**
 * What it takes to take over a cluster that was made by a chart or by hand: the portal becomes the owner of the fields that it
 * would set itself, with the values that they have. No spec changes, so no machine is replaced.
 * @param all objects of the cluster, managedFields included
 * @param rendered a MachineDeployment as the portal would apply it: of one, exactly these fields are taken over, since a later apply
 *   takes away what an earlier one set and it leaves out
 */
export function planAdoption(all: readonly KubeObject[], rendered: (deployment: KubeObject) => KubeObject): AdoptionPlan {
  const objects = desiredObjects(all)
  const cluster = objects.find(({ kind }) => kind === 'Cluster')
  if (cluster === undefined) return { objects: [], reasons: ['The Cluster itself cannot be read.'] }
  const pools = poolsOf(objects)
  const owner = { name: cluster.metadata.name, uid: cluster.metadata.uid ?? '' }
  const adopted = [...objects.filter((object) => object !== cluster), cluster].map((live): AdoptedObject => {
    const same = sameOf(live, objects, rendered)
    const pool = pools.get(`${live.kind}/${live.metadata.name}`)
    const labels: Readonly<Record<string, string>> = { ...textsIn(same.metadata, 'labels'), [MANAGED_BY_LABEL]: 'tenantry', ...(pool === undefined ? {} : { [NODE_POOL_LABEL]: pool }) }
    const marked = withAt(same, ['metadata', 'labels'], labels)
    // Nobody else makes it the cluster's own, and it would be left behind.
    const owned = live.kind === 'InClusterIPPool' && labels[CLUSTER_NAME_LABEL] === owner.name ? withOwner(marked, owner) : marked
    return { live, from: managersOf(live).filter(isHandTool), same, marked: owned }
  })
  return { objects: adopted, reasons: reasonsOf(cluster, adopted) }
}

const isHandTool = (manager: string): boolean => HAND_TOOLS.some((tool) => tool.test(manager))

/** The short name of the pool that an object is of, by `Kind/name`; a template of two pools is of none. */
function poolsOf(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const pools = new Map<string, string>()
  const shared = new Set<string>()
  for (const deployment of objects.filter(({ kind }) => kind === 'MachineDeployment')) {
    pools.set(`${deployment.kind}/${deployment.metadata.name}`, poolNameOf(deployment))
    for (const reference of [machineRef(deployment), bootstrapRef(deployment)]) {
      const name = `${reference?.kind}/${reference?.name}`
      if (pools.has(name)) shared.add(name)
      pools.set(name, poolNameOf(deployment))
    }
  }
  for (const name of shared) pools.delete(name)
  return pools
}

function sameOf(live: KubeObject, all: readonly KubeObject[], rendered: (deployment: KubeObject) => KubeObject): KubeObject {
  const { apiVersion, kind, metadata: { name, namespace } } = live
  const cluster = textsIn(live.metadata, 'labels')[CLUSTER_NAME_LABEL]
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(cluster === undefined ? {} : { labels: { [CLUSTER_NAME_LABEL]: cluster } }) }
  switch (kind) {
    case 'MachineDeployment': {
      const ours = rendered(live)
      const annotations = shared(live.metadata.annotations, ours.metadata.annotations)
      return { apiVersion, kind, metadata: { ...metadata, ...(annotations === undefined ? {} : { annotations: annotations as Record<string, string> }) }, spec: recordIn({ spec: shared(live.spec, ours.spec) }, 'spec') }
    }
    // Their content never changes: a change makes another template.
    case 'VSphereMachineTemplate':
    case 'KubeadmConfigTemplate':
      return { apiVersion, kind, metadata }
    // What a later change of the ranges applies (server/addresses/change.ts): anything else that we owned it would take away.
    case 'InClusterIPPool':
      return { apiVersion, kind, metadata, spec: recordIn({ spec: shared(live.spec, { addresses: [], prefix: 0, gateway: '' }) }, 'spec') }
    default: {
      const { spec } = desiredState(live, all)
      return { apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) }
    }
  }
}

/** The fields that both have, with the values of the first; lists are taken whole. */
function shared(live: unknown, ours: unknown): unknown {
  if (live === undefined || ours === undefined) return undefined
  if (!isRecord(live) || !isRecord(ours)) return live
  const both = Object.keys(ours).flatMap((key) => {
    const value = shared(live[key], ours[key])
    return value === undefined ? [] : [[key, value] as const]
  })
  return both.length === 0 && Object.keys(live).length > 0 ? undefined : Object.fromEntries(both)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function reasonsOf(cluster: KubeObject, objects: readonly AdoptedObject[]): readonly string[] {
  const reasons: string[] = []
  if (dig(cluster, 'spec', 'topology') !== undefined) reasons.push('It is made from a ClusterClass, whose controller sets every field again.')
  const planned = [['controlPlaneRef', 'KamajiControlPlane'], ['infrastructureRef', 'VSphereCluster']] as const
  for (const [field, kind] of planned) {
    const found = stringIn(cluster, 'spec', field, 'kind')
    if (found !== kind) reasons.push(`Its ${field === 'controlPlaneRef' ? 'control plane' : 'infrastructure'} is ${found ?? 'missing'}; only ${kind} can be changed here.`)
  }
  const marks = objects.flatMap(({ live }) => GITOPS_MARKS.filter(([, key]) => live.metadata.annotations?.[key] !== undefined || live.metadata.labels?.[key] !== undefined).map(([tool]) => tool))
  const controllers = [...new Set([...marks, ...objects.flatMap(({ live }) => managersOf(live).filter((manager) => GITOPS.test(manager)))])]
  if (controllers.length > 0) reasons.push(`${listed(controllers, 4)} writes it from a repository and would change it back. Take it out of there first, so that it keeps its objects, or go on changing it there.`)
  const labelled = objects.flatMap(({ live, from }) => (live.metadata.labels?.[MANAGED_BY_LABEL] === 'tenantry' ? [] : otherOwners(live, ['metadata', 'labels', MANAGED_BY_LABEL]).filter((manager) => !from.includes(manager) && !GITOPS.test(manager))))
  if (labelled.length > 0) reasons.push(`${listed([...new Set(labelled)], 4)} marks it as its own.`)
  return reasons
}

/** What a dry run of `same` must not do, in words; null when the object would be what it is. */
export function differenceOf({ live, same }: AdoptedObject, answered: KubeObject): string | null {
  const changed = canonicalJson(answered.spec ?? {}) !== canonicalJson(live.spec ?? {}) || dig(answered.metadata, 'generation') !== dig(live.metadata, 'generation')
  return changed ? `${same.kind} ${same.metadata.name} would not stay as it is.` : null
}

/**
 * JSON merge patch by which the others let go: of their fields, and of what kubectl would compare with.
 * @param object as the portal's apply gave it back
 */
export function letGoPatch(object: KubeObject, from: readonly string[]): Readonly<Record<string, unknown>> {
  const { uid, resourceVersion, annotations } = object.metadata
  return {
    metadata: {
      uid, resourceVersion, managedFields: managedFieldsWithout(object, from),
      ...(annotations?.[LAST_APPLIED] === undefined ? {} : { annotations: { [LAST_APPLIED]: null } }),
    },
  }
}
