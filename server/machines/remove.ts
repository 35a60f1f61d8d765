import 'server-only'
import { randomUUID } from 'node:crypto'
import { AppError, isAppError } from '@/lib/errors'
import { numberIn } from '@/lib/kubernetes/dig'
import { DELETE_MACHINE_ANNOTATION } from '@/lib/manifests/labels'
import { planScale } from '@/lib/node-pool/acts'
import { sizeNow } from '@/lib/node-pool/deployment'
import { audited } from '@/server/audit/audited'
import type { OperationRow } from '@/server/db/operations'
import { failure, notFound } from '@/server/failure'
import { removeMachineIntent, type MachineInput, type RemoveMachineIntent } from '@/server/inputs'
import type { UserClient } from '@/server/management/user-client'
import { findMachine } from '@/server/machines/find'
import type { Asker } from '@/server/operations/asker'
import { withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Takes one chosen machine and its place away: it is marked as the first to go, then the pool gets one machine less. Deleting
 * it alone would have another made.
 * @throws AppError 'not-found' | 'conflict' while the pool's machines are replaced (the mark counts within a MachineSet only), or
 * for a pool of the autoscaler's
 */
export async function removeMachine(ctx: TenantContext, input: MachineInput): Promise<null> {
  return audited(ctx, 'remove:machine', `Machine/${input.machine}`, async () => {
    requireLive(ctx)
    const client = runtime().asUser(ctx.identity)
    const { cluster, pool, deployment: machineDeployment } = await findMachine(ctx, client, input)
    if (pool.state.word === 'Replacing') throw failure('conflict', `The machines of pool ${pool.name} are being replaced. Wait until that is done, so that it is this machine that goes.`)
    const deployment = await client.get('MachineDeployment', ctx.tenant, machineDeployment)
    if (!deployment) throw notFound(`The pool ${JSON.stringify(pool.name)}`)
    const from = sizeNow(deployment)
    const [problem] = planScale({ deployment, machineTemplates: [], bootstrapTemplates: [], healthChecks: [] }, from - 1).problems
    if (problem) throw failure('conflict', problem.message)
    const at = { id: randomUUID(), cluster: cluster.name, clusterUid: cluster.uid }
    const { user: who, groups } = ctx.session
    const spec: RemoveMachineIntent = { pool: pool.name, machineDeployment, machine: input.machine, uid: input.uid, from, to: from - 1 }
    const row = { ...at, tenant: ctx.tenant, kind: 'removeMachine', who, groups, hash: input.uid, spec, missing: [] } as const
    await withOperation(row, async (lease) => {
      await write(ctx, client, lease, spec)
      noteRemoval(ctx, at, spec)
    })
    return null
  })
}

/** Only while the pool has the size it was asked from; with the smaller one it has been done. */
export async function resumeRemoveMachine(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = removeMachineIntent.safeParse(row.spec)
  if (!intent.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  await write(ctx, runtime().asUser(ctx.identity), lease, intent.data)
  noteRemoval(ctx, row, intent.data)
}

/** The API server refuses a size that was decided on an older state; a pool's status changes often. */
const LOOKS = 5

async function write(ctx: Asker, client: UserClient, lease: Lease, spec: RemoveMachineIntent): Promise<void> {
  try {
    await markAndScale(ctx, client, lease, spec)
  } catch (error) {
    // Another replica is at it by now, and the mark is its own; or nothing may be written.
    if (lease.gone || lease.looksOnly || !isAppError(error)) throw error
    // The size may have been written all the same: without its mark another machine would go.
    if (error.view.code === 'management-away') throw new AppError({ code: 'management-away', message: unknownWords(spec) }, { cause: error })
    // What is marked would be the first to go at the next scaling down, which nobody asked for.
    await mark(ctx, client, spec, null).catch(() => undefined)
    throw error
  }
}

const unknownWords = ({ machine, pool }: RemoveMachineIntent): string =>
  `The management cluster did not answer, so nobody knows whether pool ${pool} was made smaller. Machine ${machine} may be marked as the first to go; look at the pool again, and ask again if it is still there.`

async function markAndScale(ctx: Asker, client: UserClient, lease: Lease, spec: RemoveMachineIntent): Promise<void> {
  const { machine, uid, machineDeployment, pool, from, to } = spec
  for (let look = 1; ; look++) {
    const [deployment, found] = await Promise.all([client.get('MachineDeployment', ctx.tenant, machineDeployment), client.get('Machine', ctx.tenant, machine)])
    const size = numberIn(deployment, 'spec', 'replicas')
    if (size === to) return
    if (size !== from || found?.metadata.uid !== uid) throw failure('conflict', `Machine ${machine} was not removed: pool ${pool} has changed since.`)
    lease.assertHeld()
    await mark(ctx, client, spec, 'yes')
    lease.assertHeld()
    try {
      return await client.patchScale(ctx.tenant, machineDeployment, to, deployment?.metadata.resourceVersion)
    } catch (error) {
      if (look >= LOOKS || !isAppError(error) || error.view.code !== 'conflict') throw error
    }
  }
}

const mark = (ctx: Asker, client: UserClient, { machine, uid }: RemoveMachineIntent, value: 'yes' | null): Promise<void> =>
  client.patch('Machine', ctx.tenant, machine, { metadata: { uid, annotations: { [DELETE_MACHINE_ANNOTATION]: value } } })

function noteRemoval(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, { pool, machine, to }: RemoveMachineIntent): void {
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Machine ${machine} is to go; pool ${pool} keeps ${to}` })
}
