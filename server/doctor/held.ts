import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { kindOf, nameOf } from '@/lib/doctor/finding'
import type { KubeObject } from '@/lib/kubernetes/object'
import { failure, notFound } from '@/server/failure'
import { knownKind, type KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** The cluster as it is now. @throws AppError 'not-found' */
export function heldCluster(ctx: TenantContext, name: string): ClusterView {
  requireLive(ctx)
  const cluster = ctx.cluster(name)
  if (!cluster) throw notFound(`The cluster ${JSON.stringify(name)}`)
  return cluster
}

/** The page is older than the cluster. */
export const over = (object: string) => failure('conflict', `Nothing of the kind holds ${nameOf(object)} any more. Look at the cluster again.`)

/**
 * The object as the person sees it now, with what guards the patch: it must be neither a successor of the same name nor changed
 * since it was read.
 */
export async function heldObject(client: UserClient, tenant: string, object: string): Promise<{ kind: KindName; name: string; found: KubeObject; guard: { uid: string; resourceVersion: string } }> {
  const kind = knownKind(kindOf(object)).kind as KindName
  const name = nameOf(object)
  const found = await client.get(kind, tenant, name)
  if (!found) throw over(object)
  const { uid = '', resourceVersion = '' } = found.metadata
  return { kind, name, found, guard: { uid, resourceVersion } }
}
