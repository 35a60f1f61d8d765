import 'server-only'
import { randomUUID } from 'node:crypto'
import { listed } from '@/lib/text'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import { type PreparedPlane, preparePlane } from '@/server/control-plane/prepare'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { type ChangePlaneInput, planeIntent, type PlaneIntent } from '@/server/inputs'
import { applyAll, nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import { type Lease, withOperation } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Makes a hosted control plane the wanted one. Nothing is written before every object has passed a dry run as the person.
 * @throws AppError as preparePlane does, before anything is written; 'interrupted' when it stopped in the middle: the same change
 * asked for again goes on from there
 */
export async function changeControlPlane(ctx: TenantContext, { cluster: name, uid, seen, spec }: ChangePlaneInput): Promise<null> {
  return audited(ctx, 'change:control-plane', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const prepared = await preparePlane(ctx, runtime().asUser(ctx.identity), { cluster: name, uid, seen, spec })
    const { changes, objects } = prepared.plan
    if (changes.length === 0) return null
    const words = listed(changes.map(({ words: field, from, to }) => `${field} from ${from} to ${to}`), 3)
    const intent: PlaneIntent = { uid, seen, spec, words }
    const at = { id: randomUUID(), cluster: name, clusterUid: prepared.cluster.uid }
    const { user: who, groups } = ctx.session
    const row = { ...at, tenant: ctx.tenant, kind: 'controlPlane', who, groups, hash: hashOf(objects), spec: intent, missing: objects.map(nameOf) } as const
    await withOperation(row, (lease) => write(ctx, at, lease, prepared, intent))
    return null
  })
}

/** Goes on with a change whose replica is gone: from whatever of it is there, as long as nobody changed the same fields since. */
export async function resumeChangePlane(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = planeIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const prepared = await preparePlane(ctx, runtime().asUser(ctx.identity), { cluster: row.cluster, ...intent.data })
  if (prepared.plan.changes.length > 0) lease.assertHeld()
  await write(ctx, row, lease, prepared, intent.data, row.applied)
}

type At = Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>

async function write(ctx: Asker, { id, cluster, clusterUid }: At, lease: Lease, { live, plan }: PreparedPlane, { words }: PlaneIntent, before: readonly string[] = []): Promise<void> {
  await applyAll(runtime().asUser(ctx.identity), lease, plan.objects, before, [], [live.controlPlane, live.cluster])
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: 'control plane', text: `Control plane: ${words}` })
}
