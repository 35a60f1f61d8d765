import 'server-only'
import { isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import type { Permission } from '@/lib/permission'
import { audited } from '@/server/audit/audited'
import { findOperation, takeOperation, updateOperation } from '@/server/db/operations'
import { failure, notFound } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

export interface Unfinished {
  readonly id: string
  readonly cluster: string
  /** As it was asked for: rules and offers may have changed since. */
  readonly spec: unknown
  /** `Kind/name` of every object that was meant, in the order in which they are applied. */
  readonly names: readonly string[]
}

/**
 * Runs an act on an interrupted create, for this request alone. An act that fails leaves it interrupted, as it was.
 * @throws AppError 'not-found' | 'conflict'
 */
export async function withUnfinished(ctx: TenantContext, permission: Permission, operationId: string, act: (unfinished: Unfinished) => Promise<void>): Promise<void> {
  const { db } = runtime()
  const row = await findOperation(db, operationId, ctx.tenant)
  await audited(ctx, permission, row ? `Cluster/${row.cluster}` : `Operation/${operationId}`, async () => {
    requireLive(ctx)
    if (!row || row.kind !== 'create') throw notFound('This operation')
    const { id, cluster, spec, applied, missing } = row
    if (!(await takeOperation(db, id))) throw failure('conflict', `This create is ${row.state === 'running' ? 'under way already' : 'over'}; there is nothing to continue or remove.`)
    try {
      await act({ id, cluster, spec, names: [...applied, ...missing] })
    } catch (error) {
      // applyAll has noted how far it came; what failed before it changed nothing.
      if (!isAppError(error) || error.view.code !== 'interrupted') await updateOperation(db, id, { state: 'interrupted', applied, missing })
      throw error
    }
  })
}

/**
 * The Cluster that this operation made, or null.
 * @throws AppError 'name-taken' when the name belongs to a Cluster that something else made meanwhile
 */
export async function ownCluster(ctx: TenantContext, client: UserClient, { id, cluster: name }: Unfinished): Promise<KubeObject | null> {
  const cluster = await client.get('Cluster', ctx.tenant, name)
  if (cluster && cluster.metadata.annotations?.[OPERATION_ANNOTATION] !== id)
    throw failure('name-taken', `The name ${name} was taken by another cluster meanwhile.`)
  return cluster
}
