import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { type LivePlane, readPlane } from '@/lib/control-plane/read'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { UserClient } from '@/server/management/user-client'
import { findCluster } from '@/server/node-pools/find'
import type { Asker } from '@/server/operations/asker'
import { findControlPlane } from '@/server/upgrade/control-plane'

export interface FoundPlane {
  readonly cluster: ClusterView
  readonly live: LivePlane
  readonly uid: string
  readonly spec: PlaneSpec
}

/** Read as the person: the live cache trims managedFields. @throws AppError 'not-found' | 'not-ready' | 'conflict' while the cluster is being deleted */
export async function findPlane(ctx: Asker, client: UserClient, name: string): Promise<FoundPlane> {
  const cluster = findCluster(ctx, name)
  const { object: controlPlane, cluster: owner } = await findControlPlane(ctx, client, cluster)
  const live = { controlPlane, cluster: owner, deployment: await kamajiDeployment(ctx, client, controlPlane) }
  return { cluster, live, uid: controlPlane.metadata.uid ?? '', spec: readPlane(live) }
}

/** Kamaji's own, of the same name. Who may not read it changes the control plane all the same. */
export async function kamajiDeployment(ctx: Asker, client: UserClient, { metadata }: KubeObject): Promise<KubeObject | null> {
  try {
    return await client.get('Deployment', ctx.tenant, metadata.name)
  } catch (error) {
    if (isAppError(error) && error.view.code === 'forbidden') return null
    throw error
  }
}
