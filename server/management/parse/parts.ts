import type { KubeObject } from '@/lib/kubernetes/object'

/**
 * What one Machine is made from. Objects may be trimmed (`trimObject`). The VSphereMachine and KubeadmConfig are found by the
 * Machine's references (infrastructureRef, bootstrap.configRef) or the owner reference to it; the VSphereVM by its owner
 * reference to the VSphereMachine; IPAddressClaims by their owner reference to the VSphereVM.
 */
export interface MachineParts {
  readonly machine: KubeObject
  readonly vsphereMachine: KubeObject | null
  readonly vsphereVm: KubeObject | null
  readonly bootstrap: KubeObject | null
  /** IPAddressClaims. */
  readonly claims: readonly KubeObject[]
  /** IPAddresses of those claims that have one. */
  readonly addresses?: readonly KubeObject[]
}

/** What one cluster is made from: everything in its namespace labelled `cluster.x-k8s.io/cluster-name` or referenced by it. */
export interface ClusterParts {
  readonly cluster: KubeObject
  /** KamajiControlPlane (spec.controlPlaneRef). */
  readonly controlPlane: KubeObject | null
  /** VSphereCluster (spec.infrastructureRef). */
  readonly infrastructure: KubeObject | null
  readonly machineDeployments: readonly KubeObject[]
  readonly machineSets: readonly KubeObject[]
  /** VSphereMachineTemplates. */
  readonly machineTemplates: readonly KubeObject[]
  readonly machines: readonly MachineParts[]
  /** InClusterIPPool, labelled with the cluster's name. */
  readonly ipPool: KubeObject | null
  /** Further ones, in their order: of IPv6, or of another network. */
  readonly morePools?: readonly KubeObject[]
  /** VSphereMachines, VSphereVMs and IPAddressClaims of the cluster that no Machine leads to any more. */
  readonly loose?: readonly KubeObject[]
  /** GlobalInClusterIPPool that the machines take addresses from, when they do. */
  readonly globalPool?: KubeObject | null
  readonly healthChecks?: readonly KubeObject[]
  /** VSphereClusterIdentity that the VSphereCluster names; null: it does not exist; undefined: not looked for. */
  readonly identity?: KubeObject | null
}
