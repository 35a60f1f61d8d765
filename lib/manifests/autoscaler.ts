import type { PoolSpec } from '@/lib/node-pool/spec'

/** cluster-api api/core/v1beta2/common_types.go, AutoscalerMinSizeAnnotation and AutoscalerMaxSizeAnnotation. */
export const MIN_SIZE_ANNOTATION = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size'
export const MAX_SIZE_ANNOTATION = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size'
/** cluster-autoscaler cloudprovider/clusterapi/clusterapi_utils.go. */
const CAPACITY = 'capacity.cluster-autoscaler.kubernetes.io'
export const CAPACITY_PREFIX = `${CAPACITY}/`

/**
 * What the cluster autoscaler reads on a MachineDeployment. The capacity is what lets it grow a pool from nothing: it has no
 * Node to learn from, and CAPV's templates do not tell it. Empty for a pool of fixed size.
 */
export function autoscalerAnnotations({ size, machine, labels, taints }: PoolSpec): Readonly<Record<string, string>> {
  if (size.kind === 'fixed') return {}
  const labelText = Object.entries(labels).filter(([key]) => reachesNodes(key)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`).join(',')
  const taintText = taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`).join(',')
  return {
    [MIN_SIZE_ANNOTATION]: String(size.min),
    [MAX_SIZE_ANNOTATION]: String(size.max),
    [`${CAPACITY}/cpu`]: String(machine.cpus),
    [`${CAPACITY}/memory`]: `${machine.memoryMiB}Mi`,
    [`${CAPACITY}/ephemeral-disk`]: `${machine.diskGiB}Gi`,
    ...(labelText === '' ? {} : { [`${CAPACITY}/labels`]: labelText }),
    ...(taintText === '' ? {} : { [`${CAPACITY}/taints`]: taintText }),
  }
}

/**
 * Whether Cluster API copies a machine's label to its Node (api/core/v1beta2/machine_types.go: the prefix of roles, and the
 * domains of node restriction and of Cluster API with what is under them).
 */
export function reachesNodes(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : ''
  if (domain === 'node-role.kubernetes.io') return true
  return ['node-restriction.kubernetes.io', 'node.cluster.x-k8s.io'].some((managed) => domain === managed || domain.endsWith(`.${managed}`))
}
