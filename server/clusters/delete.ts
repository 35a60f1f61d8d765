import 'server-only'
import { randomUUID } from 'node:crypto'
import { audited } from '@/server/audit/audited'
import { endUnfinished, insertOperation, updateOperation } from '@/server/db/operations'
import { invalid, notFound } from '@/server/failure'
import type { DeleteInput } from '@/server/inputs'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Deletes a cluster with its machines. Only the Cluster is deleted: Cluster API does the rest in its order, and garbage
 * collection takes pool and templates.
 * @throws AppError 'invalid' when the typed name is another one
 */
export async function deleteCluster(ctx: TenantContext, { cluster: name, typedName }: DeleteInput): Promise<null> {
  const { db, asUser } = runtime()
  return audited(ctx, 'delete:cluster', `Cluster/${name}`, async () => {
    requireLive(ctx)
    if (typedName !== name) throw invalid({ typedName: `Type ${name} to delete it.` })
    const cluster = ctx.cluster(name)
    if (!cluster) throw notFound(`The cluster ${JSON.stringify(name)}`)
    const id = randomUUID()
    await insertOperation(db, { id, tenant: ctx.tenant, cluster: name, kind: 'delete', who: ctx.session.user, hash: cluster.uid, spec: {}, missing: [] })
    try {
      // The uid guards a cluster made anew under the name while the person typed it.
      await asUser(ctx.identity).delete('Cluster', ctx.tenant, name, cluster.uid)
    } catch (error) {
      await updateOperation(db, id, { state: 'failed', error: (error as Error).message })
      throw error
    }
    await updateOperation(db, id, { state: 'done', clusterUid: cluster.uid })
    noteAct(ctx, { key: `${id}:asked`, clusterUid: cluster.uid, cluster: name, subject: null, text: 'Deletion was asked for' })
    await endUnfinished(db, ctx.tenant, name, `Deleted by ${ctx.session.user}.`)
    return null
  })
}
