import 'server-only'
import { isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import type { Permission } from '@/lib/permission'
import { audited, recorded } from '@/server/audit/audited'
import { noteAsked } from '@/server/clusters/create'
import { findOperation, takeInterrupted, type OperationEnd, type OperationRow } from '@/server/db/operations'
import { failure, notFound } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { askerOf, type Asker } from '@/server/operations/asker'
import { isOfFormerTenant } from '@/server/operations/former'
import { Lease, reasonOf } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

export interface Unfinished {
  readonly id: string
  readonly cluster: string
  /** As it was asked for: rules and offers may have changed since. */
  readonly spec: unknown
  /** `Kind/name` of every object that was meant, in the order in which they are applied. */
  readonly names: readonly string[]
  /** Those that were written. */
  readonly applied: readonly string[]
}

export const unfinishedOf = ({ id, cluster, spec, applied, missing }: OperationRow): Unfinished => ({ id, cluster, spec, names: [...applied, ...missing], applied })

/** `running`: another replica goes on with it when this one dies. `interrupted`: nobody does. */
interface Taking {
  readonly as: 'running' | 'interrupted'
  readonly done?: OperationEnd
}

/**
 * Runs an act on an interrupted create, for this request alone. An act that fails leaves it interrupted, as it was.
 * @throws AppError 'not-found' | 'conflict'
 */
export async function withUnfinished(ctx: TenantContext, permission: Permission, operationId: string, { as, done }: Taking, act: (unfinished: Unfinished, lease: Lease) => Promise<void>): Promise<void> {
  const { db } = runtime()
  const found = await findOperation(db, operationId, ctx.tenant)
  const row = found && !isOfFormerTenant(found) ? found : null
  await audited(ctx, permission, row ? `Cluster/${row.cluster}` : `Operation/${operationId}`, async () => {
    requireLive(ctx)
    if (!row || row.kind !== 'create') throw notFound('This operation')
    const lease = new Lease(db, row.id)
    const { user: who, groups } = ctx.session
    if (!(await recorded(takeInterrupted(db, lease, as, { who, groups: [...groups] })))) {
      const how = row.state === 'running' || row.holder !== null ? 'under way already' : 'over'
      throw failure('conflict', `This create is ${how}; there is nothing to continue or remove.`)
    }
    noteFirstAsker(row, who)
    // applyAll has noted how far it came; what failed before it changed nothing.
    const stopped = (error: unknown): OperationEnd => ({ state: 'interrupted', error: isAppError(error) && error.view.code === 'interrupted' ? reasonOf(error) : row.error })
    await lease.during(() => act(unfinishedOf(row), lease), stopped, done)
  })
}

/** The row is another person's from here on; that the first one asked for the cluster stays in its timeline. */
function noteFirstAsker(row: OperationRow, now: string): void {
  if (row.who !== now && row.clusterUid !== null) noteAsked(askerOf(row), { ...row, clusterUid: row.clusterUid }, row.createdAt)
}

/**
 * The Cluster that this operation made, or null.
 * @throws AppError 'name-taken' when the name belongs to a Cluster that something else made meanwhile
 */
export async function ownCluster(ctx: Asker, client: UserClient, { id, cluster: name }: Unfinished): Promise<KubeObject | null> {
  const cluster = await client.get('Cluster', ctx.tenant, name)
  if (cluster && cluster.metadata.annotations?.[OPERATION_ANNOTATION] !== id)
    throw failure('name-taken', `The name ${name} was taken by another cluster meanwhile.`)
  return cluster
}
