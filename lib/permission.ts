/**
 * What a person may do in a tenant, as data. A permission names a verb and a thing of the portal; `ACCESS` says which
 * question the API server is asked for it. The answer spares people a refusal; the judge is the API server at the write.
 */
export type Permission =
  | 'view:cluster'
  | 'create:cluster'
  | 'delete:cluster'
  | 'unstick:cluster' // resume, skip a wait, let go of a protection: for those who may delete
  | 'adopt:cluster' // take over what another tool made
  | 'upgrade:cluster' // the control plane's version, then its pools'
  | 'change:control-plane' // replicas, and what create has under Advanced
  | 'scale:node-pool'
  | 'change:node-pool' // its spec, new ones, fewer, all machines anew
  | 'change:addresses' // the ranges of a cluster's own pool
  | 'change:add-ons' // what runs beside the control plane: written by the portal, on this person's right to the cluster
  | 'remove:machine' // one that was chosen: taken away, or made anew
  | 'download:kubeconfig' // as cluster-admin of the tenant cluster
  | 'download:view-kubeconfig' // bound to `view` there

export interface ResourceAttributes {
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
}

/** `clusters/kubeconfig` is virtual: no API serves it, RBAC and access reviews know it all the same. */
export const ACCESS: Readonly<Record<Permission, ResourceAttributes>> = {
  'view:cluster': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'watch' },
  'create:cluster': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'create' },
  'delete:cluster': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'delete' },
  'unstick:cluster': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'delete' },
  'adopt:cluster': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'patch' },
  'upgrade:cluster': { group: 'controlplane.cluster.x-k8s.io', resource: 'kamajicontrolplanes', verb: 'patch' },
  'change:control-plane': { group: 'controlplane.cluster.x-k8s.io', resource: 'kamajicontrolplanes', verb: 'patch' },
  'scale:node-pool': { group: 'cluster.x-k8s.io', resource: 'machinedeployments', subresource: 'scale', verb: 'patch' },
  'change:node-pool': { group: 'cluster.x-k8s.io', resource: 'machinedeployments', verb: 'patch' },
  'change:addresses': { group: 'ipam.cluster.x-k8s.io', resource: 'inclusterippools', verb: 'patch' },
  'change:add-ons': { group: 'cluster.x-k8s.io', resource: 'clusters', verb: 'update' },
  'remove:machine': { group: 'cluster.x-k8s.io', resource: 'machines', verb: 'delete' },
  'download:kubeconfig': { group: 'cluster.x-k8s.io', resource: 'clusters', subresource: 'kubeconfig', verb: 'create' },
  'download:view-kubeconfig': { group: 'cluster.x-k8s.io', resource: 'clusters', subresource: 'kubeconfig', verb: 'get' },
}

export const PERMISSIONS = Object.keys(ACCESS) as readonly Permission[]
