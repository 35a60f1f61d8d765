import 'server-only'
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '@/lib/kubernetes/object'
import { groupSize, planGroupRemove } from '@/lib/node-pool/group'
import { isFixedPool } from '@/lib/node-pool/device'
import { baseOf, bootstrapTemplateOf, machineTemplateOf } from '@/lib/node-pool/live'
import { NODE_POOL_LABEL } from '@/lib/manifests/labels'
import { audited } from '@/server/audit/audited'
import type { OperationRow } from '@/server/db/operations'
import { failure, invalid } from '@/server/failure'
import { removeIntent, type RemoveIntent, type RemovePoolInput } from '@/server/inputs'
import { knownKind, type KindName } from '@/server/management/kinds'
import { carryOut } from '@/server/node-pools/carry-out'
import { deploymentOf, findPool } from '@/server/node-pools/find'
import { tidyLater } from '@/server/node-pools/tidy'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Removes a pool with its machines, each drained first. Of the last one the templates stay, for the next one to begin from.
 * @throws AppError 'invalid' when the typed name is another one; 'conflict' for another pool of that name
 */
export async function removePool(ctx: TenantContext, { cluster: name, pool, uid, typedName }: RemovePoolInput): Promise<null> {
  const cluster = ctx.cluster(name)
  return audited(ctx, 'change:node-pool', cluster ? `MachineDeployment/${deploymentOf(cluster, pool)}` : `Cluster/${name}`, async () => {
    requireLive(ctx)
    if (typedName !== pool) throw invalid({ typedName: `Type ${pool} to remove it.` })
    const client = runtime().asUser(ctx.identity)
    const found = await findPool(ctx, client, name, pool)
    if (uid !== null && found.live.deployment.metadata.uid !== uid) throw failure('conflict', `Pool ${pool} was removed and made again since this page was loaded. Nothing was written.`)
    const { removes } = planGroupRemove(found.group)
    const templates = templatesOfPool(found.live.deployment, [machineTemplateOf(found.live), bootstrapTemplateOf(found.live), ...found.live.machineTemplates, ...found.live.bootstrapTemplates])
    const fixed = (found.live.addressPools ?? []).filter(({ metadata }) => isFixedPool(baseOf(found.live.deployment), metadata.name))
    const intent: RemoveIntent = { pool, removes: [...removes], templates: [...templates, ...fixed].map(({ kind, metadata }) => ({ kind, name: metadata.name, uid: metadata.uid ?? '' })), from: groupSize(found.group) }
    const at = { id: randomUUID(), cluster: name, clusterUid: found.cluster.uid }
    const { user: who, groups } = ctx.session
    await withOperation({ ...at, tenant: ctx.tenant, kind: 'remove', who, groups, hash: found.live.deployment.metadata.uid ?? '', spec: intent, missing: [] }, (lease) => write(ctx, at, lease, intent, [...templates, ...fixed]))
    return null
  })
}

/** Goes on with a removal whose replica is gone: of those very objects, by their uids. */
export async function resumeRemove(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = removeIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (lease.looksOnly && (await areGone(ctx, intent.data.removes))) return noteRemove(ctx, row, intent.data)
  lease.assertHeld()
  await write(ctx, row, lease, intent.data, [])
}

/** Or leaving: what was asked for was done. */
async function areGone({ identity, tenant }: Asker, removes: RemoveIntent['removes']): Promise<boolean> {
  const client = runtime().asUser(identity)
  const found = await Promise.all(removes.map(({ kind, name }) => client.get(knownKind(kind).kind as KindName, tenant, name)))
  return found.every((object, index) => object === null || object.metadata.uid !== removes[index]?.uid || object.metadata.deletionTimestamp !== undefined)
}

async function write(ctx: Asker, at: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, lease: Lease, intent: RemoveIntent, templates: readonly KubeObject[]): Promise<void> {
  await carryOut(runtime().asUser(ctx.identity), lease, { tenant: ctx.tenant, objects: [], scales: [], removes: intent.removes })
  noteRemove(ctx, at, intent)
  await tidyLater(ctx, at, templates)
}

const noteRemove = (ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { pool }: RemoveIntent): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Removal of pool ${pool} was asked for` })

/** Also superseded ones; each once. */
function templatesOfPool(deployment: KubeObject, templates: readonly (KubeObject | null)[]): readonly KubeObject[] {
  const pool = deployment.metadata.labels?.[NODE_POOL_LABEL]
  const cluster = deployment.metadata.labels?.['cluster.x-k8s.io/cluster-name']
  const own = templates.filter((template) => template !== null).filter(({ metadata }) => pool !== undefined && metadata.labels?.[NODE_POOL_LABEL] === pool && metadata.labels['cluster.x-k8s.io/cluster-name'] === cluster)
  return [...new Map(own.map((template) => [`${template.kind}/${template.metadata.name}`, template])).values()]
}
