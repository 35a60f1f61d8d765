import 'server-only'
import { AppError, isAppError } from '@/lib/errors'
import { wantedAddOns } from '@/lib/addons/spec'
import { stepOf } from '@/lib/addons/names'
import { applyAddOns } from '@/server/addons/apply'
import { assertFree } from '@/server/clusters/check'
import { intentOf, withLiveSize } from '@/server/clusters/continue'
import { addOnsOf, addOnSteps, hashOf, noteAsked } from '@/server/clusters/create'
import { ownCluster, unfinishedOf } from '@/server/clusters/unfinished'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import type { KindName } from '@/server/management/kinds'
import { adoptNodeSecrets } from '@/server/node-secrets/node-secrets'
import { applyAll, dryRunAll, nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import type { Lease } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'

/**
 * Goes on with a create whose replica is gone, without its person: only where exactly what they asked for would be written.
 * @throws AppError 'interrupted' when something exists, or the set would be another one now: the person decides
 * @throws AppError of the refusal when nothing exists
 */
export async function resumeCreate(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const unfinished = unfinishedOf(row)
  const existing = await ownCluster(ctx, client, unfinished)
  const { applied, missing } = row
  const leave = (reason: AppError): AppError =>
    new AppError({ code: 'interrupted', message: reason.view.message, progress: { operationId: row.id, exist: applied, missing } }, { cause: reason })
  try {
    if (!existing && applied.length > 0) throw failure('conflict', `${row.cluster} was deleted while its creation had stopped in the middle.`)
    const { asked, objectsOf } = intentOf(ctx, unfinished, existing)
    const asMeant = objectsOf(asked)
    const changed = 'What this tenant is offered, or what the portal makes of it, has changed since this was asked for. Continuing writes the set of today.'
    if (hashOf(asMeant) !== row.hash) throw leave(failure('conflict', changed))
    if (lease.looksOnly) {
      const found = await Promise.all(asMeant.map(({ kind, metadata }) => client.get(kind as KindName, ctx.tenant, metadata.name)))
      const unnoted = wantedAddOns(asked.addOns).some(({ name }) => !applied.includes(stepOf(name)))
      if (!existing || found.includes(null) || unnoted) lease.assertHeld()
      return noteAsked(ctx, { id: row.id, cluster: row.cluster, clusterUid: existing?.metadata.uid ?? '' })
    }
    if (!existing) await assertFree(ctx, client, asMeant)
    const objects = objectsOf(withLiveSize(ctx, asked))
    await dryRunAll(client, objects)
    const addOns = await addOnsOf(ctx, asked)
    const { clusterUid } = await applyAll(client, lease, objects, applied, addOnSteps(addOns))
    await adoptNodeSecrets(ctx.tenant, asked.pool.node, { name: row.cluster, uid: clusterUid })
    await applyAddOns(lease, addOns, { name: asked.name, uid: clusterUid }, objects.map(nameOf))
    noteAsked(ctx, { id: row.id, cluster: row.cluster, clusterUid })
  } catch (error) {
    const nothing = !existing && applied.length === 0
    // What may only be looked at may have been written without having been noted: the person decides.
    if ((nothing && !lease.looksOnly) || lease.gone || !isAppError(error) || error.view.code === 'interrupted') throw error
    throw leave(error)
  }
}
