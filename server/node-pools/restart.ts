import 'server-only'
import { randomUUID } from 'node:crypto'
import { stringIn } from '@/lib/kubernetes/dig'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { restartIntent, type RestartIntent, type RestartPoolInput } from '@/server/inputs'
import { carryOut, namesOf } from '@/server/node-pools/carry-out'
import { readsOf } from '@/server/node-pools/change'
import { deploymentOf, findPool } from '@/server/node-pools/find'
import { assertAddresses, prepareRestart, type Prepared } from '@/server/node-pools/prepare'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** Makes every machine of a pool anew, by its strategy (rollout.after). @throws AppError 'conflict' | 'invalid' before anything is written */
export async function restartPool(ctx: TenantContext, { cluster: name, pool, uid }: RestartPoolInput): Promise<null> {
  const cluster = ctx.cluster(name)
  return audited(ctx, 'change:node-pool', cluster ? `MachineDeployment/${deploymentOf(cluster, pool)}` : `Cluster/${name}`, async () => {
    requireLive(ctx)
    const after = new Date()
    const prepared = await prepareRestart(ctx, runtime().asUser(ctx.identity), { cluster: name, pool, uid }, after)
    assertAddresses(prepared)
    const intent: RestartIntent = { pool, uid: prepared.group?.[0].deployment.metadata.uid ?? '', after: after.toISOString() }
    const at = { id: randomUUID(), cluster: name, clusterUid: prepared.cluster.uid }
    const { user: who, groups } = ctx.session
    const row = { ...at, tenant: ctx.tenant, kind: 'restart', who, groups, hash: hashOf(prepared.plan.objects), spec: intent, missing: namesOf(prepared.plan) } as const
    await withOperation(row, (lease) => write(ctx, at, lease, prepared, intent))
    return null
  })
}

/** Goes on with a restart whose replica is gone, with its own moment; one that was asked for later does its work. */
export async function resumeRestart(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = restartIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const client = runtime().asUser(ctx.identity)
  const { group } = await findPool(ctx, client, row.cluster, intent.data.pool)
  const restarted = group.every(({ deployment }) => {
    const now = stringIn(deployment, 'spec', 'rollout', 'after') ?? stringIn(deployment, 'spec', 'rolloutAfter')
    // The API has whole seconds.
    return now !== null && Date.parse(now) + 1_000 > Date.parse(intent.data.after)
  })
  if (restarted) return noteRestart(ctx, row, intent.data)
  const prepared = await prepareRestart(ctx, client, { cluster: row.cluster, ...intent.data }, new Date(intent.data.after))
  lease.assertHeld()
  await write(ctx, row, lease, prepared, intent.data)
}

async function write(ctx: Asker, at: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, lease: Lease, { group, plan }: Prepared, intent: RestartIntent): Promise<void> {
  await carryOut(runtime().asUser(ctx.identity), lease, { tenant: ctx.tenant, objects: plan.objects, reads: readsOf(group), scales: [], removes: [] })
  noteRestart(ctx, at, intent)
}

const noteRestart = (ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { pool }: RestartIntent): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `All machines of pool ${pool} are to be made anew` })
