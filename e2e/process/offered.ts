import type { Admin } from '@/e2e/support/lab'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'

/** What the lab's vSphere gives to its tenants, and a cluster as the form would ask for it. */
export async function offered(lab: Admin): Promise<{ offer: VSphereOffer; specOf: (name: string, replicas: number) => ClusterSpec }> {
  const list = (await lab.custom.listClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities' })) as { items: KubeObject[] }
  const found = list.items.find(({ metadata }) => metadata.annotations?.[OFFER_ANNOTATION])
  if (!found) throw new Error('The lab offers no vSphere identity')
  const offer = vsphereOffer.parse(JSON.parse(found.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const spec = defaultSpec(offer, found.metadata.name)
  return {
    offer,
    specOf: (name, replicas) => ({
      ...spec,
      name,
      addresses: { kind: 'pool', range: '10.40.12.64-10.40.12.79', prefix: 24, gateway: '10.40.12.1', nameservers: ['10.40.0.2'] },
      pool: { ...spec.pool, replicas },
    }),
  }
}
