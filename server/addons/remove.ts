import 'server-only'
import { randomUUID } from 'node:crypto'
import { objectsOfAddOn } from '@/lib/addons/removal'
import type { AddOnName } from '@/lib/addons/spec'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import { takePolicyOut } from '@/server/addons/pod-proxy'
import { intentOf, resumeSave } from '@/server/addons/save'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import { addOnSince, type OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import type { AddOnIntent, RemoveAddOnInput } from '@/server/inputs'
import { findCluster } from '@/server/node-pools/find'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/**
 * Takes an add-on away from the management cluster, with its copy of the sign-in. What it put into the tenant cluster stays there, since Pods may
 * have its volumes mounted; but the proxy's policy, which goes first.
 * @throws AppError 'forbidden' | 'refused'; 'not-ready' where the policy cannot be taken out
 */
export async function removeAddOn(ctx: TenantContext, { cluster: name, addOn }: RemoveAddOnInput): Promise<null> {
  return audited(ctx, 'change:add-ons', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const cluster = findCluster(ctx, name)
    await requirePermission(ctx, 'change:add-ons', 'now')
    const at = { id: randomUUID(), cluster: name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    const intent: AddOnIntent = { act: 'remove', addOn }
    await withOperation({ ...at, tenant: ctx.tenant, kind: 'addon', who, groups, hash: hashOf([]), spec: intent, missing: [] }, (lease) => remove(ctx, at, lease, addOn))
    return null
  })
}

/**
 * Goes on with an add-on whose replica is gone: of that very Cluster, not of one that has its name since, and while nobody has decided otherwise.
 * @throws AppError 'conflict' otherwise
 */
export async function resumeAddOn(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = intentOf(row)
  const addOn = intent.act === 'save' ? intent.settings.name : intent.addOn
  if (await addOnSince(runtime().db, row, addOn)) throw failure('conflict', `${ADD_ON_WORDS[addOn].title} was changed or removed since: what was asked for before it is not carried out.`)
  if (intent.act === 'save') return resumeSave(ctx, row, lease, intent)
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  await requirePermission(ctx, 'change:add-ons', 'now')
  await remove(ctx, row, lease, addOn)
}

async function remove(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, lease: Lease, addOn: AddOnName): Promise<void> {
  if (addOn === 'proxy') await takePolicyOut(ctx, findCluster(ctx, cluster), lease)
  for (const { kind, name } of objectsOfAddOn(addOn, cluster)) {
    lease.assertHeld()
    await runtime().own.delete(kind, ctx.tenant, name)
  }
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: null, text: `Add-on ${ADD_ON_WORDS[addOn].title} was removed` })
}
