import 'server-only'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { renderCluster } from '@/lib/manifests/render'
import { applyAddOns } from '@/server/addons/apply'
import { admittedOffer } from '@/server/clusters/check'
import { addOnsOf, addOnSteps } from '@/server/clusters/create'
import { ownCluster, withUnfinished, type Unfinished } from '@/server/clusters/unfinished'
import { failure } from '@/server/failure'
import type { OperationInput } from '@/server/inputs'
import { applyAll, dryRunAll, nameOf } from '@/server/operations/apply'
import { adoptNodeSecrets } from '@/server/node-secrets/node-secrets'
import type { Asker } from '@/server/operations/asker'
import type { Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * Goes on with a create that stopped in the middle: the whole set is applied again, which changes nothing where it exists.
 * @throws AppError as createCluster does
 */
export async function continueCreate(ctx: TenantContext, { operationId }: OperationInput): Promise<{ operationId: string }> {
  await withUnfinished(ctx, 'create:cluster', operationId, { as: 'running' }, (unfinished, lease) => goOn(ctx, unfinished, lease))
  return { operationId }
}

async function goOn(ctx: Asker, unfinished: Unfinished, lease: Lease): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const existing = await ownCluster(ctx, client, unfinished)
  const { asked, objectsOf } = intentOf(ctx, unfinished, existing)
  const objects = objectsOf(withLiveSize(ctx, asked))
  await dryRunAll(client, objects)
  const addOns = await addOnsOf(ctx, asked)
  const { clusterUid } = await applyAll(client, lease, objects, unfinished.applied, addOnSteps(addOns))
  await applyAddOns(lease, addOns, { name: asked.name, uid: clusterUid }, objects.map(nameOf))
  await adoptNodeSecrets(ctx.tenant, asked.pool.node, { name: unfinished.cluster, uid: clusterUid })
  noteAct(ctx, { key: `${unfinished.id}:continued`, clusterUid, cluster: unfinished.cluster, subject: null, text: `The creation of ${unfinished.cluster} went on` })
}

/**
 * What was asked for, as today's rules and offer have it.
 * @throws AppError 'conflict' | 'invalid' when it cannot go on
 */
export function intentOf(ctx: Asker, { id, cluster, spec }: Unfinished, existing: KubeObject | null): { asked: ClusterSpec; objectsOf: (spec: ClusterSpec) => readonly KubeObject[] } {
  if (existing?.metadata.deletionTimestamp) throw failure('conflict', `${cluster} is being deleted; a create cannot go on in it.`)
  const asked = clusterSpec.safeParse(spec)
  if (!asked.success) throw failure('conflict', `The rules have changed since ${cluster} was asked for; it cannot go on. Remove it and create it anew.`)
  const offer = admittedOffer(ctx, asked.data)
  return { asked: asked.data, objectsOf: (of) => renderCluster(of, { tenant: ctx.tenant, offer, operationId: id }) }
}

/** ADR 4: whoever scaled the pool since keeps that size. */
export function withLiveSize(ctx: Asker, spec: ClusterSpec): ClusterSpec {
  const pool = ctx.cluster(spec.name)?.pools.find(({ name }) => name === spec.pool.name)
  return pool ? { ...spec, pool: { ...spec.pool, replicas: pool.desired } } : spec
}
