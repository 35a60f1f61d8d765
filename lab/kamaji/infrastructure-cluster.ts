/** The endpoint, and its way into the infrastructure's cluster object: patched where empty, compared where not. */
import type { KubeObject, KubeRest } from '../kube-rest'
import type { Endpoint } from './loopback-address'

export interface ClusterObject extends KubeObject {
  spec: {
    paused?: boolean
    clusterNetwork?: {
      apiServerPort?: number
      services?: { cidrBlocks?: string[] }
      serviceDomain?: string
    }
    controlPlaneEndpoint?: { host?: string; port?: number }
    infrastructureRef?: { apiGroup?: string; kind: string; name: string }
  }
  status?: { initialization?: { infrastructureProvisioned?: boolean } }
}

/** The provider parses the port as int16, and lets an ingress' or a gateway's hostname take the place of the address. */
export function readEndpoint(address: Endpoint, network: { ingress?: { hostname: string }; gateway?: { hostname: string } } | undefined): Endpoint {
  if (address.port > 32_767) throw new Error(`cannot retrieve ControlPlaneEndpoint: cannot convert port to integer: strconv.ParseInt: parsing "${address.port}": value out of range`)
  const hostname = network?.ingress?.hostname ?? network?.gateway?.hostname
  if (hostname === undefined || hostname === '') return address
  const [host = '', port = '443'] = hostname.split(':')
  return { host, port: Number(port) }
}

export async function patchInfrastructureCluster(rest: KubeRest, cluster: ClusterObject, endpoint: Endpoint): Promise<void> {
  const ref = cluster.spec.infrastructureRef
  if (ref === undefined) throw new Error('capiv1beta2.Cluster has no InfrastructureRef')
  if (ref.kind !== 'VSphereCluster') throw new Error('unsupported infrastructure provider')
  const namespace = cluster.metadata.namespace ?? ''
  const path = `/apis/infrastructure.cluster.x-k8s.io/${await servedVersion(rest)}/namespaces/${namespace}/vsphereclusters/${ref.name}`
  const found = await rest.get<KubeObject & { spec?: { controlPlaneEndpoint?: { host?: string; port?: number } } }>(path)
  if (found === undefined) {
    throw new Error(
      `cannot retrieve infrastructure cluster VSphereCluster: cannot retrieve VSphereCluster ${namespace}/${ref.name}: vsphereclusters.infrastructure.cluster.x-k8s.io "${ref.name}" not found`,
    )
  }
  const known = found.spec?.controlPlaneEndpoint
  if (!known?.host) await rest.merge(path, { spec: { controlPlaneEndpoint: endpoint } })
  else if (known.host !== endpoint.host) throw new Error('the VSphereCluster cluster has been provisioned with a mismatching host')
  else if (known.port !== endpoint.port) throw new Error('the VSphereCluster cluster has been provisioned with a mismatching port')
}

/** CAPV before 1.16 serves v1beta1 only. */
async function servedVersion(rest: KubeRest): Promise<string> {
  const group = await rest.get<{ preferredVersion: { version: string } }>('/apis/infrastructure.cluster.x-k8s.io')
  return group?.preferredVersion.version ?? 'v1beta2'
}
