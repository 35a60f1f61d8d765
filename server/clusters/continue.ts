import 'server-only'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { renderCluster } from '@/lib/manifests/render'
import { admittedOffer } from '@/server/clusters/check'
import { ownCluster, withUnfinished, type Unfinished } from '@/server/clusters/unfinished'
import { failure } from '@/server/failure'
import type { OperationInput } from '@/server/inputs'
import { applyAll, dryRunAll } from '@/server/operations/apply'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * Goes on with a create that stopped in the middle: the whole set is applied again, which changes nothing where it exists.
 * @throws AppError as createCluster does
 */
export async function continueCreate(ctx: TenantContext, { operationId }: OperationInput): Promise<{ operationId: string }> {
  await withUnfinished(ctx, 'create:cluster', operationId, (unfinished) => goOn(ctx, unfinished))
  return { operationId }
}

async function goOn(ctx: TenantContext, unfinished: Unfinished): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const existing = await ownCluster(ctx, client, unfinished)
  if (existing?.metadata.deletionTimestamp) throw failure('conflict', `${unfinished.cluster} is being deleted; a create cannot go on in it.`)
  const asked = clusterSpec.safeParse(unfinished.spec)
  if (!asked.success) throw failure('conflict', `The rules have changed since ${unfinished.cluster} was asked for; it cannot go on. Remove it and create it anew.`)
  const spec = withLiveSize(ctx, asked.data)
  const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId: unfinished.id })
  await dryRunAll(client, objects)
  const { clusterUid } = await applyAll(client, unfinished.id, objects)
  noteAct(ctx, { key: `${unfinished.id}:continued`, clusterUid, cluster: spec.name, subject: null, text: `The creation of ${spec.name} went on` })
}

/** ADR 4: whoever scaled the pool since keeps that size. */
function withLiveSize(ctx: TenantContext, spec: ClusterSpec): ClusterSpec {
  const pool = ctx.cluster(spec.name)?.pools.find(({ name }) => name === spec.pool.name)
  return pool ? { ...spec, pool: { ...spec.pool, replicas: pool.desired } } : spec
}
