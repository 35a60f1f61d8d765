import type { KubeObject } from '@/lib/kubernetes/object'
import { API, CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, metadata, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import type { PoolPlace } from '@/lib/manifests/pool-objects'
import type { PoolSpec } from '@/lib/node-pool/spec'

/**
 * Repair of one pool: a machine whose Node is not ready, or unheard of, for too long is replaced. null where it is off.
 * @param name of the one that is there; a new one has the MachineDeployment's
 * @param ofAllZones by the pool's label, not the MachineDeployment's
 */
export function healthCheck(pool: PoolSpec, place: PoolPlace, name = place.deployment, ofAllZones = pool.zones.length > 1): KubeObject | null {
  if (!pool.repair.on) return null
  const timeoutSeconds = pool.repair.unhealthySeconds
  return {
    apiVersion: API.cluster,
    kind: 'MachineHealthCheck',
    metadata: metadata(place, name, { labels: { [NODE_POOL_LABEL]: pool.name } }),
    spec: {
      clusterName: place.cluster,
      // By zone, 40 % of a zone's one or two machines would be none: a pool in several zones is looked at as one.
      selector: { matchLabels: { [CLUSTER_NAME_LABEL]: place.cluster, ...(ofAllZones ? { [NODE_POOL_LABEL]: pool.name } : { [DEPLOYMENT_NAME_LABEL]: place.deployment }) } },
      checks: {
        nodeStartupTimeoutSeconds: pool.repair.nodeStartupSeconds,
        unhealthyNodeConditions: ['False', 'Unknown'].map((status) => ({ type: 'Ready', status, timeoutSeconds })),
      },
      remediation: { triggerIf: { unhealthyLessThanOrEqualTo: pool.repair.maxUnhealthy } },
    },
  }
}
