import 'server-only'
import { isAppError } from '@/lib/errors'
import { renderCluster } from '@/lib/manifests/render'
import { audited } from '@/server/audit/audited'
import { admittedOffer } from '@/server/clusters/check'
import { ownCluster, takeUnfinished, type Unfinished } from '@/server/clusters/unfinished'
import { updateOperation } from '@/server/db/operations'
import { failure } from '@/server/failure'
import type { OperationInput } from '@/server/inputs'
import { applyAll, dryRunAll } from '@/server/operations/apply'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Goes on with a create that stopped in the middle: the whole set is applied again, which changes nothing where it exists.
 * @throws AppError as createCluster does
 */
export async function continueCreate(ctx: TenantContext, { operationId }: OperationInput): Promise<{ operationId: string }> {
  requireLive(ctx)
  const { db } = runtime()
  const unfinished = await takeUnfinished(ctx, operationId)
  return audited(ctx, 'create:cluster', `Cluster/${unfinished.spec.name}`, async () => {
    try {
      await goOn(ctx, unfinished)
      return { operationId }
    } catch (error) {
      // applyAll has noted its own end; what failed before it leaves the operation as it was.
      if (!isAppError(error) || error.view.code !== 'interrupted') await updateOperation(db, operationId, { state: 'interrupted' })
      throw error
    }
  })
}

async function goOn(ctx: TenantContext, unfinished: Unfinished): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const existing = await ownCluster(ctx, client, unfinished)
  if (existing?.metadata.deletionTimestamp) throw failure('conflict', `${unfinished.spec.name} is being deleted; a create cannot go on in it.`)
  const spec = withLiveSize(ctx, unfinished.spec)
  const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId: unfinished.id })
  await dryRunAll(client, objects)
  const { clusterUid } = await applyAll(client, unfinished.id, objects)
  noteAct(ctx, { key: `${unfinished.id}:continued`, clusterUid, cluster: spec.name, subject: null, text: `The creation of ${spec.name} went on` })
}

/** ADR 4: whoever scaled the pool since keeps that size. */
function withLiveSize(ctx: TenantContext, spec: Unfinished['spec']): Unfinished['spec'] {
  const pool = ctx.cluster(spec.name)?.pools.find(({ name }) => name === spec.pool.name)
  return pool ? { ...spec, pool: { ...spec.pool, replicas: pool.desired } } : spec
}
