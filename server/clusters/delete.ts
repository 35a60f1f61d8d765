import 'server-only'
import { randomUUID } from 'node:crypto'
import { audited } from '@/server/audit/audited'
import { endUnfinished, type OperationRow } from '@/server/db/operations'
import { invalid, notFound } from '@/server/failure'
import type { DeleteInput } from '@/server/inputs'
import { log } from '@/server/log'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

interface Deletion {
  readonly id: string
  readonly cluster: string
  readonly clusterUid: string
}

/**
 * Deletes a cluster with its machines. Only the Cluster is deleted: Cluster API does the rest in its order, and garbage
 * collection takes pool and templates.
 * @throws AppError 'invalid' when the typed name is another one
 */
export async function deleteCluster(ctx: TenantContext, { cluster: name, typedName }: DeleteInput): Promise<null> {
  return audited(ctx, 'delete:cluster', `Cluster/${name}`, async () => {
    requireLive(ctx)
    if (typedName !== name) throw invalid({ typedName: `Type ${name} to delete it.` })
    const cluster = ctx.cluster(name)
    if (!cluster) throw notFound(`The cluster ${JSON.stringify(name)}`)
    const deletion = { id: randomUUID(), cluster: name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    await withOperation({ ...deletion, tenant: ctx.tenant, kind: 'delete', who, groups, hash: cluster.uid, spec: {}, missing: [] }, async (lease) => {
      lease.assertHeld()
      // The uid guards a cluster made anew under the name while the person typed it.
      await runtime().asUser(ctx.identity).delete('Cluster', ctx.tenant, name, cluster.uid)
      // Said and done: a database that fails now must not make a failure of it. The row stays running then, and a resume does the rest.
      await deleted(ctx, deletion, new Date()).catch((error: unknown) => log.error({ event: 'operation.end', id: deletion.id, err: error }, 'the create of a deleted cluster could not be ended'))
    })
    return null
  })
}

/** Goes on with a deletion whose replica is gone: of that very Cluster, not of one that has its name since. */
export async function resumeDelete(ctx: Asker, { id, cluster, hash: clusterUid, createdAt }: OperationRow, lease: Lease): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const found = await client.get('Cluster', ctx.tenant, cluster)
  if (found?.metadata.uid === clusterUid && !found.metadata.deletionTimestamp) {
    lease.assertHeld()
    await client.delete('Cluster', ctx.tenant, cluster, clusterUid)
  }
  await deleted(ctx, { id, cluster, clusterUid }, createdAt)
}

async function deleted(ctx: Asker, { id, cluster, clusterUid }: Deletion, askedAt: Date): Promise<void> {
  noteAct(ctx, { key: `${id}:asked`, clusterUid, cluster, subject: null, text: 'Deletion was asked for' })
  await endUnfinished(runtime().db, ctx.tenant, cluster, { before: askedAt, error: `Deleted by ${ctx.session.user}.` })
}
