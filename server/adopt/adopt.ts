import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Origin } from '@/lib/adopt/origin'
import { letGoPatch, type AdoptedObject } from '@/lib/adopt/plan'
import { isAppError } from '@/lib/errors'
import { managersOf } from '@/lib/manifests/ownership'
import { prepareAdoption } from '@/server/adopt/prepare'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { adoptIntent, type AdoptInput } from '@/server/inputs'
import { knownKind, type KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** Controllers write states meanwhile, and the next try has what they wrote. */
const TRIES = 8

/**
 * Takes over a cluster that a chart or a person made (ADR 19): no spec is changed and nothing is forced.
 * @throws AppError 'conflict' with the reason when it cannot be; what a dry run would change is one
 */
export async function adoptCluster(ctx: TenantContext, { cluster: name, uid }: AdoptInput): Promise<null> {
  return audited(ctx, 'adopt:cluster', `Cluster/${name}`, async () => {
    requireLive(ctx)
    const client = runtime().asUser(ctx.identity)
    const { cluster, objects, reasons, origin } = await prepareAdoption(ctx, client, name)
    if (cluster.uid !== uid) throw failure('conflict', `${name} was deleted and made again since this page was loaded. Nothing was written.`)
    if (origin === null) return null
    if (reasons.length > 0) throw failure('conflict', `${name} cannot be taken over. ${reasons.join(' ')}`)
    const at = { id: randomUUID(), cluster: name, clusterUid: uid }
    const { user: who, groups } = ctx.session
    const row = { ...at, tenant: ctx.tenant, kind: 'adopt', who, groups, hash: hashOf(objects.map(({ marked }) => marked)), spec: { tool: origin.tool, release: origin.release }, missing: objects.map(({ live }) => nameOf(live)) } as const
    await withOperation(row, (lease) => carryOut(ctx, client, lease, at, objects, origin))
    return null
  })
}

/** Goes on with one whose replica is gone. What is the portal's already has nobody else to let go of it, and stays as it is. */
export async function resumeAdopt(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = adoptIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const client = runtime().asUser(ctx.identity)
  const { objects, reasons, origin } = await prepareAdoption(ctx, client, row.cluster)
  if (origin === null) return noteAdopted(ctx, row, intent.data)
  lease.assertHeld()
  if (reasons.length > 0) throw failure('conflict', `${row.cluster} cannot be taken over. ${reasons.join(' ')}`)
  await carryOut(ctx, client, lease, row, objects, intent.data)
}

async function carryOut(ctx: Asker, client: UserClient, lease: Lease, at: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, objects: readonly AdoptedObject[], origin: Origin): Promise<void> {
  const names = objects.map(({ live }) => nameOf(live))
  for (const [index, object] of objects.entries()) {
    await takeOver(client, lease, object)
    await lease.step({ applied: names.slice(0, index + 1), missing: names.slice(index + 1) })
  }
  noteAdopted(ctx, at, origin)
}

/**
 * First the portal's name on what is there, then the others let go, then its marks. In this order an object is at no time without an
 * owner of its fields: the first apply to one that has lost its managedFields would give them all to "before-first-apply".
 */
async function takeOver(client: UserClient, lease: Lease, { live, from, same, marked }: AdoptedObject): Promise<void> {
  lease.assertHeld()
  let current = await client.apply(same)
  for (let tries = 1; managersOf(current).some((manager) => from.includes(manager)); tries++) {
    lease.assertHeld()
    try {
      await client.patch(knownKind(live.kind).kind as KindName, live.metadata.namespace ?? '', live.metadata.name, letGoPatch(current, from))
      break
    } catch (error) {
      if (!isAppError(error) || error.view.code !== 'conflict' || tries >= TRIES) throw error
      current = await client.apply(same)
    }
  }
  lease.assertHeld()
  await client.apply(marked)
}

const noteAdopted = (ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { tool, release }: Origin): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: null, text: `Taken over from ${tool}${release === null ? '' : ` (release ${release})`}; no machine was replaced` })

