/**
 * The half of Kamaji's Cluster API provider (v0.20.0): reconciles one KamajiControlPlane step by step, in the order and with the
 * conditions of its controllers/kamajicontrolplane_controller.go. What differs: the finalizer. The real one leaves the end of a
 * TenantControlPlane to the garbage collector; the lab has no such object, so the KamajiControlPlane itself waits.
 */
import type { KubeObject, KubeRest } from '../kube-rest'
import { admitCertificateNames, admitTenantControlPlane } from './admission'
import { NotYet, removeCondition, setCondition, track, type Condition } from './condition'
import { readEndpoint, patchInfrastructureCluster, type ClusterObject } from './infrastructure-cluster'
import { copyKubeconfig, type TenantNames } from './secrets'
import type { TenantControlPlane, Wanted } from './tenant-control-plane'

export interface KamajiControlPlane extends KubeObject {
  spec: {
    version: string
    replicas?: number
    apiServer?: { extraArgs?: string[] }
    controlPlaneEndpoint?: { host?: string; port?: number }
    network?: {
      serviceType?: string
      serviceAddress?: string
      advertiseAddress?: string
      certSANs?: string[]
      ingress?: { hostname: string }
      gateway?: { hostname: string }
    }
  }
  status?: KamajiControlPlaneStatus
}

interface KamajiControlPlaneStatus {
  initialization?: { controlPlaneInitialized?: boolean }
  ready: boolean
  version: string
  externalManagedControlPlane: boolean
  replicas?: number
  readyReplicas?: number
  availableReplicas?: number
  upToDateReplicas?: number
  selector?: string
  conditions?: Condition[]
}

export const group = '/apis/controlplane.cluster.x-k8s.io/v1alpha2'
const finalizer = 'lab.tenantry.dev/tenant-control-plane'
const defaultPort = 6443

/** True when nothing is left to wait for. */
export async function reconcile(rest: KubeRest, object: KamajiControlPlane, tcp: TenantControlPlane): Promise<boolean> {
  if (object.metadata.deletionTimestamp !== undefined) return remove(rest, object, tcp)
  const owner = object.metadata.ownerReferences?.[0]
  // Cluster API sets it; before that the Cluster, and with it port and networks, is unknown.
  if (owner === undefined) return false
  const cluster = await rest.get<ClusterObject>(clusterPath(object, owner.name))
  if (cluster === undefined) return false
  const status: KamajiControlPlaneStatus = structuredClone(object.status ?? { ready: false, version: '', externalManagedControlPlane: true })
  const conditions = (status.conditions ??= [])
  const observedGeneration = object.metadata.generation ?? 0
  if (cluster.spec.paused === true || 'cluster.x-k8s.io/paused' in (object.metadata.annotations ?? {})) {
    setCondition(conditions, { type: 'Paused', status: 'True', reason: 'Paused', message: '', observedGeneration })
    await writeStatus(rest, object, status)
    return true
  }
  removeCondition(conditions, 'Paused')
  try {
    await steps(rest, object, cluster, tcp, status, observedGeneration)
    return true
  } catch (error) {
    // What resolves by itself is no error: it is not logged, and looked at again in a second.
    if (error instanceof NotYet) return false
    throw error
  } finally {
    await writeStatus(rest, object, status)
  }
}

async function steps(
  rest: KubeRest,
  object: KamajiControlPlane,
  cluster: ClusterObject,
  tcp: TenantControlPlane,
  status: KamajiControlPlaneStatus,
  generation: number,
): Promise<void> {
  const conditions = (status.conditions ??= [])
  const names = namesOf(object, cluster)
  await track(conditions, 'TenantControlPlaneCreated', generation, async () => {
    const wanted = wantedOf(object, cluster)
    admitCertificateNames(object.spec.network?.certSANs ?? [])
    admitTenantControlPlane(object.metadata.name, wanted.version, tcp.acceptedVersion)
    await ensureFinalizer(rest, object)
    await tcp.want(cluster.metadata.name, wanted)
  })
  const address = await track(conditions, 'TenantControlPlaneAddressReady', generation, () => {
    if (tcp.endpoint !== undefined) return tcp.endpoint
    throw new Error('Control Plane Endpoint is not yet available since unprocessed by Kamaji')
  }).catch((error: Error) => {
    // Reason Pending, yet no error of the provider: it comes back each second.
    throw new NotYet(error.message)
  })
  const endpoint = readEndpoint(address, object.spec.network)
  await track(conditions, 'ControlPlaneEndpointPatched', generation, async () => {
    const known = object.spec.controlPlaneEndpoint
    if (known?.host !== endpoint.host || known.port !== endpoint.port) {
      await rest.merge(pathOf(object), { spec: { controlPlaneEndpoint: endpoint } })
    }
  })
  // Earlier than the provider, which waits for the infrastructure: Cluster API looks for it once that is ready, finds nothing, and
  // looks again only after 30 s (ClusterCache). With a slow vCenter this spares the wait; CAPV is mostly faster, as in truth.
  if (tcp.versionStatus === 'Ready' && status.initialization?.controlPlaneInitialized !== true) await copyKubeconfig(rest, names, kubeconfigKey(object))
  await track(conditions, 'InfrastructureClusterPatched', generation, () => patchInfrastructureCluster(rest, cluster, endpoint))
  const fresh = await rest.get<ClusterObject>(clusterPath(object, cluster.metadata.name))
  if (!fresh?.spec.controlPlaneEndpoint?.host) throw new NotYet('Cluster Control Plane endpoint still unprocessed')
  if (fresh.status?.initialization?.infrastructureProvisioned !== true) throw new NotYet('Cluster infrastructure is not yet provisioned')
  const version = tcp.versionStatus
  if (version === undefined) throw new NotYet('TenantControlPlane is not yet initialized')
  if (version !== 'Ready' && status.initialization?.controlPlaneInitialized !== true) throw new NotYet('KamajiControlPlane is not yet initialized')

  await track(conditions, 'KamajiControlPlaneIsInitialized', generation, () => {
    const { total, ready, available, upToDate } = tcp.replicas
    Object.assign(status, {
      initialization: { controlPlaneInitialized: true },
      replicas: total,
      readyReplicas: ready,
      availableReplicas: available,
      upToDateReplicas: upToDate,
      selector: `kamaji.clastix.io/name=${object.metadata.name}`,
      version: tcp.runningVersion ?? '',
    })
  })
  await track(conditions, 'KubeadmResourcesCreated', generation, () => copyKubeconfig(rest, names, kubeconfigKey(object)))
  try {
    await track(conditions, 'KamajiControlPlaneIsReady', generation, () => {
      status.ready = version === 'Ready' || version === 'Upgrading'
      if (!status.ready) throw new NotYet(`TenantControlPlane in ${version} status`)
    })
  } finally {
    const available = status.ready ? ({ status: 'True', reason: 'Available' } as const) : ({ status: 'False', reason: 'NotAvailable' } as const)
    setCondition(conditions, { type: 'Available', ...available, message: '', observedGeneration: generation })
  }
  // Still rolling: come back soon, or the end of it would be seen late.
  if (version === 'Upgrading') throw new NotYet('TenantControlPlane is upgrading')
}

async function remove(rest: KubeRest, object: KamajiControlPlane, tcp: TenantControlPlane): Promise<boolean> {
  await tcp.remove()
  const left = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  if (left.length !== (object.metadata.finalizers ?? []).length) {
    await rest.merge(pathOf(object), { metadata: { finalizers: left, resourceVersion: object.metadata.resourceVersion } })
  }
  return true
}

async function ensureFinalizer(rest: KubeRest, object: KamajiControlPlane): Promise<void> {
  const present = object.metadata.finalizers ?? []
  if (present.includes(finalizer)) return
  // With the resourceVersion: a list that someone else extended meanwhile must not be overwritten.
  const { resourceVersion } = object.metadata
  const next = await rest.merge(pathOf(object), { metadata: { finalizers: [...present, finalizer], resourceVersion } })
  object.metadata = next.metadata
}

export function namesOf(object: KamajiControlPlane, cluster: KubeObject): TenantNames {
  const { namespace = '', name, uid = '' } = object.metadata
  return {
    namespace,
    name,
    clusterName: cluster.metadata.name,
    owner: {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', name, uid, controller: true, blockOwnerDeletion: true,
    },
  }
}

function wantedOf({ spec }: KamajiControlPlane, { spec: { clusterNetwork: network } }: ClusterObject): Wanted {
  const published = spec.network?.ingress?.hostname ?? spec.network?.gateway?.hostname
  const extra = [spec.network?.advertiseAddress, published?.split(':')[0]].filter((name) => name !== undefined && name !== '')
  return {
    version: spec.version.startsWith('v') ? spec.version : `v${spec.version}`,
    replicas: spec.replicas ?? 2,
    port: network?.apiServerPort ?? defaultPort,
    serviceType: spec.network?.serviceType ?? 'LoadBalancer',
    serviceAddress: spec.network?.serviceAddress ?? '',
    serviceCidr: network?.services?.cidrBlocks?.[0] ?? '10.96.0.0/16',
    serviceDomain: network?.serviceDomain ?? 'cluster.local',
    certNames: [...(spec.network?.certSANs ?? []), ...(extra as string[])],
    extraArgs: spec.apiServer?.extraArgs ?? [],
  }
}

function kubeconfigKey({ spec, metadata }: KamajiControlPlane): string {
  return metadata.annotations?.['kamaji.clastix.io/kubeconfig-secret-key'] || (spec.network?.advertiseAddress ? 'admin.svc' : 'admin.conf')
}

async function writeStatus(rest: KubeRest, object: KamajiControlPlane, status: KamajiControlPlaneStatus): Promise<void> {
  if (JSON.stringify(status) === JSON.stringify(object.status)) return
  await rest.merge(`${pathOf(object)}/status`, { status })
}

function pathOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${group}/namespaces/${namespace}/kamajicontrolplanes/${name}`
}

function clusterPath({ metadata: { namespace = '' } }: KubeObject, name: string): string {
  return `/apis/cluster.x-k8s.io/v1beta2/namespaces/${namespace}/clusters/${name}`
}
