import { defaultAddOns } from '@/lib/addons/spec'
import { NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import { NO_EXTRAS } from '@/lib/node-pool/extras'
import { NO_NODE_CONFIG } from '@/lib/node-config/spec'
import { offeredVersions, templateFor } from '@/lib/identity/select'

/**
 * What the create form begins with. Fields that only a person knows (name, range, gateway) are empty; the rest is what the
 * identity's offer says, or empty while no identity is chosen.
 */
export function defaultSpec(offer: VSphereOffer | null, identityName: string): ClusterSpec {
  const version = (offer === null ? undefined : offeredVersions(offer)[0]) ?? ''
  return {
    name: '',
    version,
    controlPlane: { replicas: 3, advanced: NOTHING_ADVANCED },
    endpoint: { kind: 'load-balancer' },
    identity: identityName,
    placement: {
      datacenter: offer?.datacenter ?? '',
      resourcePool: offer?.resourcePool ?? '',
      folder: offer?.folder ?? '',
      datastore: offer?.datastore ?? '',
      network: offer?.network ?? '',
      template: (offer === null ? null : templateFor(offer, version)) ?? '',
    },
    addresses: { kind: 'pool', range: '', prefix: 24, gateway: '', nameservers: [] },
    networks: { pods: '10.244.0.0/16', services: '10.96.0.0/16' },
    pool: { name: 'general', replicas: 3, cpus: 4, memoryMiB: 16384, diskGiB: 60, node: NO_NODE_CONFIG, extras: NO_EXTRAS },
    addOns: defaultAddOns(),
  }
}
