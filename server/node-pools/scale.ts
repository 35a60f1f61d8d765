import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { isAppError } from '@/lib/errors'
import { type ClusterView, type NodePoolView, scarcestPool } from '@/lib/cluster/view'
import { sizeNow } from '@/lib/node-pool/deployment'
import { groupSize, planGroupScale, type PoolGroup } from '@/lib/node-pool/group'
import type { PoolPlan } from '@/lib/node-pool/plan'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { plural } from '@/lib/text'
import { audited } from '@/server/audit/audited'
import { scaledSince, type OperationRow } from '@/server/db/operations'
import { failure, invalid, notFound } from '@/server/failure'
import { scaleIntent, type ScaleInput, type ScaleIntent } from '@/server/inputs'
import { findPool } from '@/server/node-pools/find'
import { waitingFor } from '@/server/node-pools/prepare'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Changes a pool's size through the scale subresource (ADR 4).
 * @throws AppError 'invalid' when the address pool cannot hold the new machines, or none would be made for their version
 */
export async function scalePool(ctx: TenantContext, { cluster: name, pool: poolName, replicas }: ScaleInput): Promise<null> {
  const cluster = ctx.cluster(name)
  const pool = cluster?.pools.find((candidate) => candidate.name === poolName)
  return audited(ctx, 'scale:node-pool', pool ? `MachineDeployment/${pool.machineDeployment}` : `Cluster/${name}`, async () => {
    requireLive(ctx)
    if (!cluster || !pool) throw notFound(`The pool ${JSON.stringify(poolName)} of ${JSON.stringify(name)}`)
    if (cluster.deletingSince) throw failure('conflict', `${name} is being deleted.`)
    const client = runtime().asUser(ctx.identity)
    const { group, read } = await findPool(ctx, client, name, poolName)
    const plan = planGroupScale(group, replicas)
    // The autoscaler would undo another size of a pool of its own.
    if (plan.problems[0]) throw invalid({ replicas: plan.problems[0].message })
    const held = replicas > groupSize(group) ? skewHold(read.spec, planeVersion(cluster)) : null
    if (held !== null) throw invalid({ replicas: held })
    assertAddresses(ctx, cluster, pool, replicas)
    const parts = partsOf(group, plan, pool, replicas)
    const spec: ScaleIntent = { pool: poolName, machineDeployment: pool.machineDeployment, from: pool.desired, to: replicas, ...(group.length > 1 ? { parts } : {}) }
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex')
    const at = { id: randomUUID(), cluster: name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    await withOperation({ ...at, tenant: ctx.tenant, kind: 'scale', who, groups, hash, spec, missing: [] }, async (lease) => {
      for (const part of parts) {
        lease.assertHeld()
        await client.patchScale(ctx.tenant, part.machineDeployment, part.to)
      }
      noteScale(ctx, at, spec)
    })
    return null
  })
}

/** What is asked of each MachineDeployment: of the one that there is, or of each zone's whose share changes. */
function partsOf(group: PoolGroup, { scales }: PoolPlan, pool: NodePoolView, replicas: number): NonNullable<ScaleIntent['parts']> {
  if (group.length === 1) return [{ machineDeployment: pool.machineDeployment, from: pool.desired, to: replicas }]
  return scales.map((scale) => ({ machineDeployment: scale.deployment, to: scale.replicas, from: sizeNow(group.find(({ deployment }) => deployment.metadata.name === scale.deployment)?.deployment ?? group[0].deployment) }))
}

/** The API server refuses a size that was decided on an older state; a few looks are enough, since a pool's status changes often. */
const LOOKS = 5

/**
 * Goes on with a change of size whose replica is gone: only while nobody has decided on another size since.
 * @throws AppError 'conflict' otherwise
 */
export async function resumeScale(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const { db, asUser } = runtime()
  const client = asUser(ctx.identity)
  const intent = scaleIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  const { pool, to } = intent.data
  const changed = (how: string): Error => failure('conflict', `Pool ${pool} was not scaled to ${to} machines: ${how}`)
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw changed(`${row.cluster} is gone.`)
  for (const part of intent.data.parts ?? [intent.data]) await resumePart(part)
  noteScale(ctx, row, intent.data)

  async function resumePart({ machineDeployment, from, to: wanted }: Pick<ScaleIntent, 'machineDeployment' | 'from' | 'to'>): Promise<void> {
    for (let look = 1; ; look++) {
      const found = await client.get('MachineDeployment', ctx.tenant, machineDeployment)
      if (!found) throw changed('it is gone.')
      const size = (found.spec as { replicas?: number } | undefined)?.replicas
      // Written before its replica died: whatever was asked since began from there.
      if (size === wanted) return
      if (await scaledSince(db, row, pool)) throw changed('another size was asked for since.')
      if (size !== from) throw changed(`it has ${size ?? 'no'} machines by now.`)
      lease.assertHeld()
      try {
        return await client.patchScale(ctx.tenant, machineDeployment, wanted, found.metadata.resourceVersion)
      } catch (error) {
        if (look >= LOOKS || !isAppError(error) || error.view.code !== 'conflict') throw error
      }
    }
  }
}

function noteScale(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { pool, from, to }: ScaleIntent): void {
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Pool ${pool}: from ${from} to ${to} machines` })
}

/** Machines beyond the addresses would wait for one for ever. */
function assertAddresses(ctx: TenantContext, cluster: ClusterView, pool: NodePoolView, replicas: number): void {
  const waiting = waitingFor(ctx, cluster)
  const addresses = scarcestPool(cluster.addresses, pool.addressPools, waiting)
  if (addresses === null || addresses.total === 0 || replicas <= pool.desired) return
  const room = pool.desired + addresses.free - waiting(addresses.pool)
  if (replicas <= room) return
  const sentence = `The address pool ${addresses.pool}${addresses.ranges.length === 0 ? '' : ` (${addresses.ranges.join(', ')})`} has ${plural(addresses.total, 'address', 'addresses')}, ${addresses.free} of them free: at most ${plural(Math.max(0, room), 'machine fits', 'machines fit')} in ${pool.name}.`
  throw invalid({ replicas: sentence })
}
