import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { API, CLUSTER_NAME_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import { templateRefs } from '@/lib/manifests/pool-objects'
import { clusterOf, type LivePool } from '@/lib/node-pool/live'

type Templates = Omit<LivePool, 'deployment'>

/**
 * What a cluster without pools keeps for the next one to begin from: vCenter, network, addresses and node settings are said
 * nowhere else. Empty while the cluster has a pool.
 * @param templates of the cluster or of more; only its own count
 */
export function lastTemplates(cluster: string, templates: readonly KubeObject[], deployments: readonly KubeObject[]): readonly KubeObject[] {
  if (deployments.some((deployment) => clusterOf(deployment) === cluster && deployment.metadata.deletionTimestamp === undefined)) return []
  const own = templates.filter(({ metadata }) => metadata.labels?.[CLUSTER_NAME_LABEL] === cluster && metadata.deletionTimestamp === undefined)
  const newest = (kind: string, pool?: string) =>
    own.filter((template) => template.kind === kind && (pool === undefined || template.metadata.labels?.[NODE_POOL_LABEL] === pool)).toSorted((a, b) => madeAt(a) - madeAt(b)).at(-1)
  const machine = newest('VSphereMachineTemplate')
  const bootstrap = newest('KubeadmConfigTemplate', machine?.metadata.labels?.[NODE_POOL_LABEL]) ?? newest('KubeadmConfigTemplate')
  return [machine, bootstrap].filter((template) => template !== undefined)
}

const madeAt = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? '') || 0

/** The last pool of a cluster as its templates still tell it, without size and version; null where none is left. */
export function lastPool(at: { readonly tenant: string; readonly cluster: string }, templates: Templates): LivePool | null {
  const [machine, bootstrap] = lastTemplates(at.cluster, [...templates.machineTemplates, ...templates.bootstrapTemplates], [])
  const pool = machine?.metadata.labels?.[NODE_POOL_LABEL]
  if (machine?.kind !== 'VSphereMachineTemplate' || bootstrap === undefined || pool === undefined) return null
  const refs = templateRefs({ machine: machine.metadata.name, bootstrap: bootstrap.metadata.name })
  const deployment: KubeObject = {
    apiVersion: API.cluster,
    kind: 'MachineDeployment',
    metadata: { name: machineDeploymentName(at.cluster, pool), namespace: at.tenant, labels: { [CLUSTER_NAME_LABEL]: at.cluster, [NODE_POOL_LABEL]: pool } },
    spec: { clusterName: at.cluster, template: { spec: { bootstrap: refs.bootstrap, infrastructureRef: refs.infrastructure } } },
  }
  return { deployment, ...templates }
}
