import 'server-only'
import { isAddOnStep } from '@/lib/addons/names'
import { clusterShape } from '@/lib/cluster/spec'
import { needsOwner } from '@/lib/manifests/labels'
import { ownCluster, withUnfinished, type Unfinished } from '@/server/clusters/unfinished'
import type { OperationInput } from '@/server/inputs'
import { knownKind, type KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import { dropNodeSecrets } from '@/server/node-secrets/node-secrets'
import type { TenantContext } from '@/server/tenants/open'

/** Takes away what an interrupted create left: the Cluster with all that it owns, then what it does not own yet. */
export async function removeLeftovers(ctx: TenantContext, { operationId }: OperationInput): Promise<null> {
  const client = runtime().asUser(ctx.identity)
  const done = { state: 'failed', error: `Removed by ${ctx.session.user}.` } as const
  // Not `running`: a resume would create again what was being removed.
  await withUnfinished(ctx, 'delete:cluster', operationId, { as: 'interrupted', done }, (unfinished) => remove(ctx, client, unfinished))
  return null
}

/** By the names that were written down, not by what the spec would give today: an offer that changed gives other ones. */
async function remove(ctx: TenantContext, client: UserClient, unfinished: Unfinished): Promise<void> {
  const cluster = await ownCluster(ctx, client, unfinished)
  // Cluster API takes down workers, control plane and infrastructure in its own order; only the Cluster is deleted.
  if (cluster) await client.delete('Cluster', ctx.tenant, unfinished.cluster, cluster.metadata.uid)
  // Add-ons are written as the Cluster's own, so they go with it.
  const loose = unfinished.names.filter((name) => !isAddOnStep(name)).map(split).filter(({ kind }) => kind !== 'Cluster' && (needsOwner({ kind }) || !cluster))
  for (const object of loose.toReversed()) await removeUnowned(ctx, client, object)
  const spec = clusterShape.safeParse(unfinished.spec)
  if (spec.success) await dropNodeSecrets(ctx.tenant, spec.data.pool.node)
}

const split = (text: string): { kind: KindName; name: string } => {
  const [kind = '', name = ''] = text.split('/')
  return { kind: knownKind(kind).kind as KindName, name }
}

/** An object with an owner goes with it; one that is not ours to begin with stays. */
async function removeUnowned(ctx: TenantContext, client: UserClient, { kind, name }: { kind: KindName; name: string }): Promise<void> {
  const found = await client.get(kind, ctx.tenant, name)
  if (!found || (found.metadata.ownerReferences ?? []).length > 0) return
  if (found.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'tenantry') return
  await client.delete(kind, ctx.tenant, name, found.metadata.uid)
}
