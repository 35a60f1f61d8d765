import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { audited } from '@/server/audit/audited'
import { admittedOffer } from '@/server/clusters/check'
import { ownCluster, takeUnfinished, type Unfinished } from '@/server/clusters/unfinished'
import { updateOperation } from '@/server/db/operations'
import type { OperationInput } from '@/server/inputs'
import type { KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** Takes away what an interrupted create left: the Cluster with all that it owns, then what it does not own yet. */
export async function removeLeftovers(ctx: TenantContext, { operationId }: OperationInput): Promise<null> {
  requireLive(ctx)
  const { db, asUser } = runtime()
  const unfinished = await takeUnfinished(ctx, operationId)
  return audited(ctx, 'delete:cluster', `Cluster/${unfinished.spec.name}`, async () => {
    try {
      await remove(ctx, asUser(ctx.identity), unfinished)
    } catch (error) {
      await updateOperation(db, operationId, { state: 'interrupted' })
      throw error
    }
    await updateOperation(db, operationId, { state: 'failed', error: `Removed by ${ctx.session.user}.` })
    return null
  })
}

async function remove(ctx: TenantContext, client: UserClient, unfinished: Unfinished): Promise<void> {
  const { spec, id } = unfinished
  const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId: id })
  const cluster = await ownCluster(ctx, client, unfinished)
  // Cluster API takes down workers, control plane and infrastructure in its own order; only the Cluster is deleted.
  if (cluster) await client.delete('Cluster', ctx.tenant, spec.name, cluster.metadata.uid)
  const loose = objects.filter((object) => object.kind !== 'Cluster' && (needsOwner(object) || !cluster))
  for (const object of loose.toReversed()) await removeUnowned(ctx, client, object)
}

/** An object with an owner goes with it; one that is not ours to begin with stays. */
async function removeUnowned(ctx: TenantContext, client: UserClient, { kind, metadata }: KubeObject): Promise<void> {
  const found = await client.get(kind as KindName, ctx.tenant, metadata.name)
  if (!found || (found.metadata.ownerReferences ?? []).length > 0) return
  if (found.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'tenantry') return
  await client.delete(kind as KindName, ctx.tenant, metadata.name, found.metadata.uid)
}
