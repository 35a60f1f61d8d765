import 'server-only'
import { randomUUID } from 'node:crypto'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { audited } from '@/server/audit/audited'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { machineIntent, type MachineInput, type MachineIntent } from '@/server/inputs'
import { findMachine } from '@/server/machines/find'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Makes one chosen machine anew: it is deleted, and its MachineSet makes another once it is gone (it counts those that leave,
 * internal/controllers/machineset/machineset_controller.go, syncReplicas). So no further address is needed.
 * @throws AppError 'not-found' | 'forbidden' | 'conflict' also where no other machine would be made: see skewHold
 */
export async function replaceMachine(ctx: TenantContext, input: MachineInput): Promise<null> {
  return audited(ctx, 'remove:machine', `Machine/${input.machine}`, async () => {
    requireLive(ctx)
    const { cluster, pool } = await findMachine(ctx, runtime().asUser(ctx.identity), input)
    const held = skewHold(pool, planeVersion(cluster))
    if (held !== null) throw failure('conflict', `${held} Nothing was deleted.`)
    const at = { id: randomUUID(), cluster: cluster.name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    const spec: MachineIntent = { pool: pool.name, machine: input.machine, uid: input.uid }
    await withOperation({ ...at, tenant: ctx.tenant, kind: 'replaceMachine', who, groups, hash: input.uid, spec, missing: [] }, (lease) => write(ctx, at, lease, spec))
    return null
  })
}

/** By its uid: another machine is never meant. */
export async function resumeReplaceMachine(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = machineIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  await write(ctx, row, lease, intent.data)
}

async function write(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, lease: Lease, { pool, machine, uid }: MachineIntent): Promise<void> {
  const client = runtime().asUser(ctx.identity)
  const found = await client.get('Machine', ctx.tenant, machine)
  if (found?.metadata.uid === uid && found.metadata.deletionTimestamp === undefined) {
    lease.assertHeld()
    await client.delete('Machine', ctx.tenant, machine, uid)
  }
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Machine ${machine} is to be made anew` })
}
