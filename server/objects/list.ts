import 'server-only'
import { ADD_ON_LABEL } from '@/lib/addons/names'
import { isAppError } from '@/lib/errors'
import { stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { describeObjects } from '@/lib/manifests/describe'
import { desiredObjects, inOrder, isAddOnKind, isAsked, OBJECT_KINDS, referencesOf, type ObjectKind } from '@/lib/manifests/export'
import { CLUSTER_NAME_LABEL } from '@/lib/manifests/labels'
import type { ClusterObjects } from '@/lib/manifests/object-row'
import { notFound } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** Lists under way at once: a page is no reason to flood the API server. */
const AT_ONCE = 4
/** What Kubernetes takes as the value of a label. */
const LABEL_VALUE = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/

export interface Found {
  /** In the order of OBJECT_KINDS. */
  readonly objects: readonly KubeObject[]
  /** Kinds that the person may not list. */
  readonly forbidden: readonly ObjectKind[]
}

/**
 * Every object of a cluster that the person may read, asked for as the person; also what outlived its Cluster. Nothing is kept
 * or watched: this is read when somebody asks. Empty when there is nothing of that name.
 */
export async function findObjects(client: UserClient, tenant: string, cluster: string): Promise<Found> {
  // Nothing has such a name, and a selector could be made of it.
  if (!LABEL_VALUE.test(cluster)) return { objects: [], forbidden: [] }
  const forbidden: ObjectKind[] = []
  const read = async (kind: ObjectKind): Promise<Candidates> => {
    try {
      if (kind === 'Cluster') {
        const found = await client.get('Cluster', tenant, cluster)
        return { own: found ? [found] : [], unlabelled: [] }
      }
      if (isAddOnKind(kind)) return { own: await client.list(kind, tenant, `${CLUSTER_NAME_LABEL}=${cluster},${ADD_ON_LABEL}`), unlabelled: [] }
      const own = await client.list(kind, tenant, `${CLUSTER_NAME_LABEL}=${cluster}`)
      return { own, unlabelled: await client.list(kind, tenant, `!${CLUSTER_NAME_LABEL}`) }
    } catch (error) {
      const code = isAppError(error) ? error.view.code : null
      // A list is refused only where its provider is not installed: there is none of the kind then.
      if (code !== 'forbidden' && code !== 'refused') throw error
      if (code === 'forbidden') forbidden.push(kind)
      return { own: [], unlabelled: [] }
    }
  }
  const candidates = await inTurns(OBJECT_KINDS, read)
  return { objects: inOrder(belonging(cluster, candidates)), forbidden }
}

/** @throws AppError 'not-found' when there is nothing of that name */
export async function listObjects(ctx: TenantContext, cluster: string): Promise<ClusterObjects> {
  const { objects, forbidden } = await findObjects(runtime().asUser(ctx.identity), ctx.tenant, cluster)
  if (objects.length === 0 && forbidden.length === 0) throw notFound(`The cluster ${JSON.stringify(cluster.slice(0, 63))}`)
  const desired = new Set(desiredObjects(objects))
  const what = describeObjects(objects)
  const rows = objects.map((object, index) => ({
    kind: object.kind,
    name: object.metadata.name,
    what: what[index]?.what ?? object.kind,
    part: isAsked(object.kind) ? ('asked' as const) : isAddOnKind(object.kind) ? ('add-on' as const) : ('made' as const),
    exported: desired.has(object),
    createdAt: object.metadata.creationTimestamp ?? null,
    leaving: object.metadata.deletionTimestamp !== undefined,
  }))
  return { rows, forbidden, whole: objects.some(({ kind }) => kind === 'Cluster') }
}

interface Candidates {
  /** By the cluster's label. */
  readonly own: readonly KubeObject[]
  /** Without any cluster's label: made by hand or by another tool; theirs by owner, by name or by `spec.clusterName`. */
  readonly unlabelled: readonly KubeObject[]
}

function belonging(cluster: string, candidates: readonly Candidates[]): readonly KubeObject[] {
  const found = new Set(candidates.flatMap(({ own }) => own))
  const others = new Set(candidates.flatMap(({ unlabelled }) => unlabelled))
  for (let before = -1; before !== found.size; ) {
    before = found.size
    const uids = new Set([...found].map(({ metadata }) => metadata.uid))
    const named = new Set([...found].flatMap(referencesOf))
    for (const object of others) {
      const owned = object.metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) ?? false
      // Once its KamajiControlPlane is gone, a hosted control plane has nothing but that one's name, which is the cluster's.
      const hosted = object.kind === 'TenantControlPlane' && object.metadata.name === cluster
      if (!owned && !hosted && !named.has(`${object.kind}/${object.metadata.name}`) && stringIn(object, 'spec', 'clusterName') !== cluster) continue
      others.delete(object)
      found.add(object)
    }
  }
  return [...found]
}

async function inTurns<Item, Value>(items: readonly Item[], run: (item: Item) => Promise<Value>): Promise<readonly Value[]> {
  const results: Value[] = []
  const waiting = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await run(next[1])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
