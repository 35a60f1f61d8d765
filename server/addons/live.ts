import 'server-only'
import { ADD_ON_LABEL, names } from '@/lib/addons/names'
import { ADD_ONS, type AddOnName } from '@/lib/addons/spec'
import { dig } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL } from '@/lib/manifests/labels'
import type { UserClient } from '@/server/management/user-client'

export interface LiveAddOns {
  readonly deployments: ReadonlyMap<AddOnName, KubeObject>
  /** Of CSI's part in the tenant cluster; null: there is none, or the feature is switched off. */
  readonly resourceSet: KubeObject | null
}

/** Add-ons of a cluster as the API server has them now, read as the person. What is on its way out is not there any more. */
export async function liveAddOns(client: UserClient, tenant: string, cluster: string): Promise<LiveAddOns> {
  const found = await client.list('Deployment', tenant, `${CLUSTER_NAME_LABEL}=${cluster},${ADD_ON_LABEL}`)
  const deployments = new Map<AddOnName, KubeObject>()
  for (const deployment of found.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    const name = ADD_ONS.find((addOn) => deployment.metadata.labels?.[ADD_ON_LABEL] === addOn && deployment.metadata.name === names[addOn](cluster))
    if (name) deployments.set(name, deployment)
  }
  const resourceSet = deployments.has('csi') ? await client.get('ClusterResourceSet', tenant, names.csiNode(cluster)).catch(unlessAbsentKind) : null
  return { deployments, resourceSet }
}

/** @throws whatever else it is */
function unlessAbsentKind(error: unknown): null {
  if (dig(error, 'view', 'code') !== 'refused') throw error
  return null
}
