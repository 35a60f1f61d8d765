import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { stepOf } from '@/lib/addons/names'
import { clusterAddOns } from '@/lib/cluster/add-ons'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isAppError } from '@/lib/errors'
import { apiPortOf } from '@/lib/manifests/cluster-objects'
import { canonicalJson } from '@/lib/manifests/hash'
import { renderCluster } from '@/lib/manifests/render'
import { applyAddOns } from '@/server/addons/apply'
import { prepareAddOns, type PreparedAddOns } from '@/server/addons/prepare'
import { NO_NODE_CONFIG } from '@/lib/node-config/spec'
import { audited } from '@/server/audit/audited'
import { admittedOffer, assertFree, assertRoom } from '@/server/clusters/check'
import type { CreateInput } from '@/server/inputs'
import { applyAll, dryRunAll, nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import { withOperation } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { adoptNodeSecrets, assertTyped, dropNodeSecrets, keepNodeSecret } from '@/server/node-secrets/node-secrets'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/**
 * Makes a cluster with its first pool. Nothing is written before every object has passed a dry run as the person.
 * @throws AppError 'invalid' | 'name-taken' | 'forbidden' | 'refused' before anything exists
 * @throws AppError 'interrupted' with the progress when it stopped in the middle: see continueCreate and removeLeftovers
 */
export async function createCluster(ctx: TenantContext, { spec, secrets }: CreateInput): Promise<{ operationId: string }> {
  return audited(ctx, 'create:cluster', `Cluster/${spec.name}`, async () => {
    requireLive(ctx)
    assertTyped(spec.pool.node, NO_NODE_CONFIG, secrets, 'pool.node')
    const client = runtime().asUser(ctx.identity)
    const operationId = randomUUID()
    const objects = renderCluster(spec, { tenant: ctx.tenant, offer: admittedOffer(ctx, spec), operationId })
    assertRoom(ctx, spec)
    await assertFree(ctx, client, objects)
    await dryRunAll(client, objects)
    const addOns = await addOnsOf(ctx, spec)
    const { user: who, groups } = ctx.session
    const row = { id: operationId, tenant: ctx.tenant, cluster: spec.name, clusterUid: null, kind: 'create', who, groups, hash: hashOf(objects), spec, missing: [...objects.map(nameOf), ...addOnSteps(addOns)] } as const
    await withOperation(row, async (lease) => {
      // The row keeps other creates of the name out from here on. One that ended since the first look has left a cluster, which
      // an apply would take over: same field manager, no conflict.
      await assertFree(ctx, client, objects)
      if (secrets) await requirePermission(ctx, 'create:cluster', 'now')
      await keepNodeSecret({ tenant: ctx.tenant, cluster: spec.name }, spec.pool.node, secrets, null)
      const { clusterUid } = await applyAll(client, lease, objects, [], addOnSteps(addOns)).catch(async (error: unknown) => {
        if (!isAppError(error) || error.view.code !== 'interrupted') await dropNodeSecrets(ctx.tenant, spec.pool.node)
        throw error
      })
      await adoptNodeSecrets(ctx.tenant, spec.pool.node, { name: spec.name, uid: clusterUid })
      await applyAddOns(lease, addOns, { name: spec.name, uid: clusterUid }, objects.map(nameOf))
      noteAsked(ctx, { id: operationId, cluster: spec.name, clusterUid })
    })
    return { operationId }
  })
}

/** Of a new cluster, with everything checked that can be checked before the first write. @throws AppError as prepareAddOns does */
export const addOnsOf = (ctx: Asker, spec: ClusterSpec): Promise<PreparedAddOns> =>
  prepareAddOns(ctx, { cluster: spec.name, kubernetes: spec.version, identity: spec.identity, datacenter: spec.placement.datacenter, apiPort: apiPortOf(spec) }, clusterAddOns(spec))

export const addOnSteps = ({ wanted }: PreparedAddOns): readonly string[] => wanted.map(({ name }) => stepOf(name))

/** Also after a resume, with the same key: one entry, whoever comes to the end. */
export const noteAsked = (ctx: Asker, { id, cluster, clusterUid }: { id: string; cluster: string; clusterUid: string }, at = new Date()): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid, cluster, subject: null, text: `${cluster} was asked for` }, at)

/** What exactly was meant: a resume that would write something else asks the person first. */
export const hashOf = (objects: readonly KubeObject[]): string => createHash('sha256').update(canonicalJson(objects)).digest('hex')
