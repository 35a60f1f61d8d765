import type { ClusterView } from '@/lib/cluster/view'

export interface Stage {
  readonly title: string
  readonly kinds: readonly string[]
  readonly left: readonly string[]
  readonly state: 'done' | 'now' | 'next'
}

/** The order in which Cluster API takes a cluster apart. */
const STAGES: readonly { readonly title: string; readonly kinds: readonly string[] }[] = [
  { title: 'Machines leave vSphere', kinds: ['MachineDeployment', 'MachineSet', 'Machine', 'VSphereMachine', 'VSphereVM', 'IPAddressClaim', 'IPAddress', 'KubeadmConfig', 'MachineHealthCheck'] },
  { title: 'The control plane is removed', kinds: ['KamajiControlPlane', 'TenantControlPlane', 'DataStore'] },
  { title: 'The place in vSphere is given back', kinds: ['VSphereCluster', 'VSphereMachineTemplate', 'KubeadmConfigTemplate'] },
  { title: 'The cluster itself goes', kinds: ['Cluster'] },
  { title: 'Its addresses are given back', kinds: ['InClusterIPPool', 'Secret', 'ConfigMap', 'ClusterResourceSet'] },
]

export const kindOf = (object: string): string => object.split('/')[0] ?? object
export const nameOf = (object: string): string => object.split('/').slice(1).join('/') || object

const WORDS: Readonly<Record<string, string>> = {
  Machine: 'machine', MachineDeployment: 'node pool', MachineSet: 'node pool’s set', VSphereMachine: 'machine in vSphere', VSphereVM: 'VM', KubeadmConfig: 'start-up data', MachineHealthCheck: 'repair',
  KamajiControlPlane: 'control plane', TenantControlPlane: 'control plane', VSphereCluster: 'place in vSphere', VSphereMachineTemplate: 'machine template', KubeadmConfigTemplate: 'start-up template',
  Cluster: 'cluster', InClusterIPPool: 'address pool', IPAddressClaim: 'address', IPAddress: 'address',
}
/** What the kind is called here; one that nobody told us of keeps its own name. */
export const wordOf = (object: string): string => WORDS[kindOf(object)] ?? kindOf(object)

/** Where deletion stands, out of what still exists: the first stage with something left is the one under way. */
export function stages({ remaining }: Pick<ClusterView, 'remaining'>): readonly Stage[] {
  const known = new Set(STAGES.flatMap((stage) => stage.kinds))
  const filled = STAGES.map((stage) => ({
    ...stage,
    // A kind that nobody told us of waits with the cluster itself, so that nothing is left out of the count.
    left: remaining.filter((object) => stage.kinds.includes(kindOf(object)) || (stage.kinds.includes('Cluster') && !known.has(kindOf(object)))),
  }))
  const now = filled.findIndex((stage) => stage.left.length > 0)
  return filled.map((stage, index) => ({ ...stage, state: stage.left.length === 0 && (now < 0 || index < now) ? 'done' : index === now ? 'now' : 'next' }))
}

/** "Next: the control plane is removed." */
export function nextWords(all: readonly Stage[]): string {
  const next = all.find(({ state }) => state === 'next')
  return next === undefined ? 'It is almost gone.' : `Next: ${next.title.charAt(0).toLowerCase()}${next.title.slice(1)}.`
}
