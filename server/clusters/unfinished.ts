import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { findOperation, takeOperation } from '@/server/db/operations'
import { failure, notFound } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

export interface Unfinished {
  readonly id: string
  readonly spec: ClusterSpec
}

/**
 * Takes an interrupted create for this request alone; the caller has to end it, or set it back to `interrupted`.
 * @throws AppError 'not-found' | 'conflict'
 */
export async function takeUnfinished(ctx: TenantContext, operationId: string): Promise<Unfinished> {
  const { db } = runtime()
  const row = await findOperation(db, operationId, ctx.tenant)
  if (!row || row.kind !== 'create') throw notFound('This operation')
  const spec = clusterSpec.parse(row.spec)
  if (!(await takeOperation(db, row.id))) throw failure('conflict', `This create is ${row.state === 'running' ? 'under way already' : 'over'}; there is nothing to continue or remove.`)
  return { id: row.id, spec }
}

/**
 * The Cluster that this operation made, or null.
 * @throws AppError 'name-taken' when the name belongs to a Cluster that something else made meanwhile
 */
export async function ownCluster(ctx: TenantContext, client: UserClient, { id, spec }: Unfinished): Promise<KubeObject | null> {
  const cluster = await client.get('Cluster', ctx.tenant, spec.name)
  if (cluster && cluster.metadata.annotations?.[OPERATION_ANNOTATION] !== id)
    throw failure('name-taken', `The name ${spec.name} was taken by another cluster meanwhile.`)
  return cluster
}
