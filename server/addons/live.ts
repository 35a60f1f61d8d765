import 'server-only'
import { ADD_ON_LABEL, CARRIERS, names, RESOURCE_SETS } from '@/lib/addons/names'
import { ADD_ONS, type AddOnName } from '@/lib/addons/spec'
import { dig } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL } from '@/lib/manifests/labels'
import type { UserClient } from '@/server/management/user-client'

export interface LiveAddOns {
  /** What says that an add-on is installed, and with which settings. */
  readonly carriers: ReadonlyMap<AddOnName, KubeObject>
  /** Of their parts in the tenant cluster; none where the feature is switched off. */
  readonly resourceSets: ReadonlyMap<AddOnName, KubeObject>
}

/** Add-ons of a cluster as the API server has them now, read as the person. What is on its way out is not there any more. */
export async function liveAddOns(client: UserClient, tenant: string, cluster: string): Promise<LiveAddOns> {
  const selector = `${CLUSTER_NAME_LABEL}=${cluster},${ADD_ON_LABEL}`
  const [deployments, sets] = await Promise.all([client.list('Deployment', tenant, selector), client.list('ClusterResourceSet', tenant, selector).catch(unlessAbsentKind)])
  const named = (objects: readonly KubeObject[], addOn: AddOnName, name: string | undefined) =>
    objects.find(({ metadata }) => metadata.deletionTimestamp === undefined && metadata.labels?.[ADD_ON_LABEL] === addOn && metadata.name === name)
  const carriers = new Map<AddOnName, KubeObject>()
  const resourceSets = new Map<AddOnName, KubeObject>()
  for (const addOn of ADD_ONS) {
    const carrier = named(CARRIERS[addOn] === 'Deployment' ? deployments : sets, addOn, names[addOn](cluster))
    const set = named(sets, addOn, RESOURCE_SETS[addOn]?.(cluster))
    if (carrier) carriers.set(addOn, carrier)
    if (set) resourceSets.set(addOn, set)
  }
  return { carriers, resourceSets }
}

/** @throws whatever else it is */
function unlessAbsentKind(error: unknown): readonly KubeObject[] {
  if (dig(error, 'view', 'code') !== 'refused') throw error
  return []
}
