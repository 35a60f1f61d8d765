import 'server-only'
import { stringIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { sameVersion } from '@/lib/kubernetes/version'
import type { ClusterView } from '@/lib/cluster/view'
import { appliedPart } from '@/lib/manifests/applied'
import { otherOwners } from '@/lib/manifests/ownership'
import { referenceIn } from '@/lib/node-pool/live'
import { listed } from '@/lib/text'
import { failure } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import type { Asker } from '@/server/operations/asker'

/** The KamajiControlPlane of a cluster as the API server has it, with what it runs and what it is asked to. */
export interface FoundControlPlane {
  readonly object: KubeObject
  readonly cluster: KubeObject
  readonly desired: string | null
  readonly current: string | null
}

/** Read as the person: the live cache trims managedFields. @throws AppError 'not-ready' where there is none of Kamaji's */
export async function findControlPlane(ctx: Asker, client: UserClient, { name }: Pick<ClusterView, 'name'>): Promise<FoundControlPlane> {
  const cluster = await client.get('Cluster', ctx.tenant, name)
  const reference = referenceIn(cluster, 'spec', 'controlPlaneRef')
  const object = reference?.kind === 'KamajiControlPlane' ? await client.get('KamajiControlPlane', ctx.tenant, reference.name) : null
  if (cluster === null || object === null) throw failure('not-ready', `${name} has no control plane of Kamaji, so it cannot be changed here.`)
  return { object, cluster, desired: stringIn(object, 'spec', 'version'), current: stringIn(object, 'status', 'version') }
}

/**
 * The control plane with another version: all that the portal's applies set, or they would lose it, and nothing else.
 * @throws AppError 'conflict' when another tool set the version: nothing is forced
 */
export function withVersion({ object, desired }: FoundControlPlane, version: string): KubeObject {
  const owners = desired !== null && sameVersion(desired, version) ? [] : otherOwners(object, ['spec', 'version'])
  if (owners.length > 0) throw failure('conflict', `Another tool (${listed(owners, 3)}) set the version of the control plane ${object.metadata.name}. Nothing was forced, and nothing was written. Upgrade it with that tool, or let it go of the field.`)
  return withAt(appliedPart(object), ['spec', 'version'], version)
}
