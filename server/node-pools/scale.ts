import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { audited } from '@/server/audit/audited'
import { insertOperation, updateOperation } from '@/server/db/operations'
import { failure, invalid, notFound } from '@/server/failure'
import type { ScaleInput } from '@/server/inputs'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Changes a pool's size through the scale subresource (ADR 4).
 * @throws AppError 'invalid' when the address pool cannot hold the new machines
 */
export async function scalePool(ctx: TenantContext, { cluster: name, pool: poolName, replicas }: ScaleInput): Promise<null> {
  const cluster = ctx.cluster(name)
  const pool = cluster?.pools.find((candidate) => candidate.name === poolName)
  const { db, asUser } = runtime()
  return audited(ctx, 'scale:node-pool', pool ? `MachineDeployment/${pool.machineDeployment}` : `Cluster/${name}`, async () => {
    requireLive(ctx)
    if (!cluster || !pool) throw notFound(`The pool ${JSON.stringify(poolName)} of ${JSON.stringify(name)}`)
    if (cluster.deletingSince) throw failure('conflict', `${name} is being deleted.`)
    assertAddresses(ctx, cluster, pool, replicas)
    const id = randomUUID()
    const spec = { pool: poolName, from: pool.desired, to: replicas }
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex')
    await insertOperation(db, { id, tenant: ctx.tenant, cluster: name, kind: 'scale', who: ctx.session.user, hash, spec, missing: [] })
    try {
      await asUser(ctx.identity).patchScale(ctx.tenant, pool.machineDeployment, replicas)
    } catch (error) {
      await updateOperation(db, id, { state: 'failed', error: (error as Error).message })
      throw error
    }
    await updateOperation(db, id, { state: 'done', clusterUid: cluster.uid })
    const text = `Pool ${poolName}: from ${pool.desired} to ${replicas} machines`
    noteAct(ctx, { key: `${id}:asked`, clusterUid: cluster.uid, cluster: name, subject: poolName, text })
    return null
  })
}

/** Machines beyond the range would wait for an address for ever. */
function assertAddresses(ctx: TenantContext, { name, addresses, machines }: ClusterView, pool: NodePoolView, replicas: number): void {
  if (addresses.kind === 'dhcp' || addresses.total === 0 || replicas <= pool.desired) return
  const holding = Object.values(ctx.state().machines).filter((machine) => machine.cluster === name && machine.address !== null).length
  // Machines that were asked for and hold no address yet will take one too.
  const room = addresses.free + holding - (machines.desired - pool.desired)
  if (replicas <= room) return
  const sentence = `The address pool ${addresses.pool} (${addresses.ranges.join(', ')}) has ${addresses.total} addresses, ${addresses.free} of them free: at most ${Math.max(0, room)} machines fit in ${pool.name}.`
  throw invalid({ replicas: sentence })
}
