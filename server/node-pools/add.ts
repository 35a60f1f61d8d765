import 'server-only'
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '@/lib/kubernetes/object'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import { plural } from '@/lib/text'
import type { PoolSize } from '@/lib/node-pool/spec'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { addIntent, type AddIntent, type AddPoolInput } from '@/server/inputs'
import type { KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { carryOut, namesOf } from '@/server/node-pools/carry-out'
import { assertAddresses, prepareAdd } from '@/server/node-pools/prepare'
import { poolFieldOf } from '@/server/node-pools/fields'
import { applyAll, nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { assertTyped, keepNodeSecret } from '@/server/node-secrets/node-secrets'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/**
 * A further pool of a cluster that is there.
 * @throws AppError 'invalid' | 'name-taken' | 'conflict' | 'refused' before anything is written; 'interrupted' in the middle
 */
export async function addPool(ctx: TenantContext, { cluster: name, spec, secrets }: AddPoolInput): Promise<null> {
  return audited(ctx, 'change:node-pool', `MachineDeployment/${machineDeploymentName(name, spec.name)}`, async () => {
    requireLive(ctx)
    const client = runtime().asUser(ctx.identity)
    const prepared = await prepareAdd(ctx, client, { cluster: name, spec })
    assertAddresses(prepared)
    assertTyped(spec.node, prepared.node, secrets, 'node')
    const { objects } = prepared.plan
    await assertFreeName(client, ctx.tenant, objects)
    const intent: AddIntent = { pool: spec.name, size: spec.size, to: sizeOf(spec.size), objects }
    const at = { id: randomUUID(), cluster: name, clusterUid: prepared.cluster.uid }
    if (secrets) await requirePermission(ctx, 'change:node-pool', 'now')
    await keepNodeSecret({ tenant: ctx.tenant, cluster: name }, spec.node, secrets, prepared.cluster)
    const { user: who, groups } = ctx.session
    const row = { ...at, tenant: ctx.tenant, kind: 'add', who, groups, hash: hashOf(objects), spec: intent, missing: namesOf({ objects }) } as const
    await withOperation(row, async (lease) => {
      // From here on nobody else adds one of this name; who was a moment sooner may just have done so.
      await assertFreeName(client, ctx.tenant, objects)
      await carryOut(client, lease, { tenant: ctx.tenant, objects, scales: [], removes: [] })
      noteAdded(ctx, at, intent)
    })
    return null
  })
}

/** Goes on with what its replica left: what is there stays as it is, since somebody may have changed it. */
export async function resumeAdd(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = addIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const client = runtime().asUser(ctx.identity)
  const objects = intent.data.objects as unknown as readonly KubeObject[]
  const found = await Promise.all(objects.map(({ kind, metadata }) => client.get(kind as KindName, ctx.tenant, metadata.name)))
  const missing = objects.filter((_, index) => !found[index])
  if (missing.some(({ kind }) => kind === 'MachineDeployment') && row.applied.some((name) => name.startsWith('MachineDeployment/'))) {
    throw failure('conflict', `Pool ${intent.data.pool} was removed while its making had stopped in the middle.`)
  }
  await Promise.all(missing.map((object) => client.dryRunApply(object, poolFieldOf)))
  await applyAll(client, lease, missing, row.applied.filter((name) => !missing.some((object) => nameOf(object) === name)))
  noteAdded(ctx, row, intent.data)
}

const noteAdded = (ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { pool, to }: AddIntent): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Pool ${pool} was asked for, with ${plural(to, 'machine')}` })

const sizeOf = (size: PoolSize): number => (size.kind === 'fixed' ? size.replicas : size.min)

/** An apply would take over what is there under the name. Templates are named by content: the same one may be there. */
async function assertFreeName(client: UserClient, tenant: string, objects: readonly KubeObject[]): Promise<void> {
  const named = objects.filter(({ kind }) => kind === 'MachineDeployment' || kind === 'MachineHealthCheck')
  const found = await Promise.all(named.map(({ kind, metadata }) => client.get(kind as KindName, tenant, metadata.name)))
  const taken = found.find((object) => object !== null)
  if (!taken) return
  const sentence = `The ${taken.kind} ${taken.metadata.name} exists already${taken.metadata.deletionTimestamp ? ' and is being deleted' : ''}. Choose another name${taken.metadata.deletionTimestamp ? ', or wait until it is gone' : ''}.`
  throw failure('name-taken', sentence, { fields: { name: sentence } })
}
