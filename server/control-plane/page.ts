import 'server-only'
import { heldFields } from '@/lib/control-plane/change'
import { unknownInPlane } from '@/lib/control-plane/read'
import type { FixedFact, PlanePageData } from '@/lib/control-plane/review'
import { findPlane, type FoundPlane } from '@/server/control-plane/find'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** What the form of a control plane begins with, read as the person. @throws AppError 'not-found' | 'not-ready' | 'conflict' */
export async function planePageData(ctx: TenantContext, cluster: string): Promise<PlanePageData> {
  const found = await findPlane(ctx, runtime().asUser(ctx.identity), cluster)
  return { cluster, uid: found.uid, spec: found.spec, unknown: unknownInPlane(found.live.controlPlane), held: heldFields(found.live), fixed: fixedFacts(found) }
}

const ENDPOINT = 'Machines and kubeconfigs know the API by its address and port, and Cluster API refuses others.'

/**
 * What Kamaji or its provider does not take in place. Service type: it gives the API another address, and the provider stops at
 * "mismatching host/port" (kamajicontrolplane_controller_cluster_patch.go, checkGenericCluster). Schema: the provider's CRD refuses
 * another user name, and Kamaji would look for its data under another name.
 */
function fixedFacts({ cluster, spec: { controlPlane: { advanced } } }: FoundPlane): readonly FixedFact[] {
  const { dataStore, service, serviceDomain, apiServerPort } = advanced
  const none = 'not known yet'
  return [
    { words: 'API address', value: cluster.endpoint?.host ?? none, why: ENDPOINT },
    { words: 'API port', value: String(cluster.endpoint?.port ?? apiServerPort), why: ENDPOINT },
    { words: 'Service type', value: service.type, why: 'Another type gives the API another address, and Kamaji’s provider refuses that.' },
    { words: 'Pod network', value: cluster.networks.pods.join(', ') || none, why: 'Machines and Pods have their addresses of it.' },
    { words: 'Service network', value: cluster.networks.services.join(', ') || none, why: 'Services and certificates have their addresses of it.' },
    { words: 'Service domain', value: serviceDomain, why: 'Kubelets and Pods are set up with it.' },
    { words: 'DataStore', value: dataStore.name || 'as Kamaji is set up', why: 'Another one is a migration, during which the API takes no writes: a matter of the platform.' },
  ]
}
