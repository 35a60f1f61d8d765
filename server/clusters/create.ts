import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import type { KubeObject } from '@/lib/kubernetes/object'
import { renderCluster } from '@/lib/manifests/render'
import { audited } from '@/server/audit/audited'
import { admittedOffer, assertFree } from '@/server/clusters/check'
import { insertOperation, updateOperation } from '@/server/db/operations'
import { failure } from '@/server/failure'
import type { CreateInput } from '@/server/inputs'
import { applyAll, dryRunAll, nameOf } from '@/server/operations/apply'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Makes a cluster with its first pool. Nothing is written before every object has passed a dry run as the person.
 * @throws AppError 'invalid' | 'name-taken' | 'forbidden' | 'refused' before anything exists
 * @throws AppError 'interrupted' with the progress when it stopped in the middle: see continueCreate and removeLeftovers
 */
export async function createCluster(ctx: TenantContext, { spec }: CreateInput): Promise<{ operationId: string }> {
  return audited(ctx, 'create:cluster', `Cluster/${spec.name}`, async () => {
    requireLive(ctx)
    const { db, asUser } = runtime()
    const client = asUser(ctx.identity)
    const operationId = randomUUID()
    const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId })
    await assertFree(ctx, client, objects)
    await dryRunAll(client, objects)
    const row = { id: operationId, tenant: ctx.tenant, cluster: spec.name, kind: 'create', who: ctx.session.user, hash: hashOf(objects), spec, missing: objects.map(nameOf) } as const
    if (!(await insertOperation(db, row))) {
      const sentence = `A create of ${spec.name} is under way or was interrupted. Continue or remove it first.`
      throw failure('name-taken', sentence, { fields: { name: sentence } })
    }
    // The row keeps other creates of the name out from here on. One that ended since the first look has left a cluster, which
    // an apply would take over: same field manager, no conflict.
    await assertFree(ctx, client, objects).catch(async (error: unknown) => {
      await updateOperation(db, operationId, { state: 'failed', error: 'Nothing was written.' })
      throw error
    })
    const { clusterUid } = await applyAll(client, operationId, objects)
    noteAct(ctx, { key: `${operationId}:asked`, clusterUid, cluster: spec.name, subject: null, text: `${spec.name} was asked for` })
    return { operationId }
  })
}

const hashOf = (objects: readonly KubeObject[]): string => createHash('sha256').update(JSON.stringify(objects)).digest('hex')
