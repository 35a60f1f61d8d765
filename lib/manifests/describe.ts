import { ADD_ON_LABEL } from '@/lib/addons/names'
import { ADD_ONS } from '@/lib/addons/spec'
import { ADD_ON_WORDS } from '@/lib/addons/words'
import type { KubeObject } from '@/lib/kubernetes/object'
import { NODE_POOL_LABEL } from '@/lib/manifests/labels'
import { zoneOf } from '@/lib/node-pool/live'

/** A row of "What will be made": "Its hosted control plane — KamajiControlPlane". */
export interface ObjectRow {
  readonly what: string
  readonly kind: string
  readonly name: string
}

const WHAT: Readonly<Record<string, string>> = {
  Cluster: 'The cluster',
  KamajiControlPlane: 'Its hosted control plane',
  VSphereCluster: 'Its place in vSphere',
  VSphereMachineTemplate: 'What each machine looks like',
  KubeadmConfigTemplate: 'How each machine starts',
  MachineHealthCheck: 'Repair of the pool',
  InClusterIPPool: 'Its addresses',
  ClusterResourceSet: 'What goes into the cluster',
  ConfigMap: 'A part for the cluster',
  ServiceAccount: 'An account of its own',
  RoleBinding: 'What the account may do',
  Service: 'Where its metrics are',
  ServiceMonitor: 'How its metrics are read',
  TenantControlPlane: 'What Kamaji runs of it',
  MachineSet: 'One generation of a pool',
  Machine: 'A machine',
  KubeadmConfig: 'How the machine starts',
  VSphereMachine: 'The machine in vSphere',
  VSphereVM: 'Its virtual machine',
  IPAddressClaim: 'What asks for its address',
  IPAddress: 'Its address',
}

function whatOf(object: KubeObject): string {
  if (object.kind === 'MachineDeployment') {
    const zone = zoneOf(object)
    return `Pool “${object.metadata.labels?.[NODE_POOL_LABEL] ?? object.metadata.name}”${zone === null ? '' : ` in ${zone}`}`
  }
  const addOn = ADD_ONS.find((name) => name === object.metadata.labels?.[ADD_ON_LABEL])
  if (object.kind === 'Deployment' && addOn) return ADD_ON_WORDS[addOn].title
  return WHAT[object.kind] ?? object.kind
}

export const describeObjects = (objects: readonly KubeObject[]): readonly ObjectRow[] =>
  objects.map((object) => ({ what: whatOf(object), kind: object.kind, name: object.metadata.name }))
