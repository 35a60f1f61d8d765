import type { ClusterSpec } from '@/lib/cluster/spec'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { RenderContext } from '@/lib/manifests/cluster-objects'
import { contentHash } from '@/lib/manifests/hash'
import { API, CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, metadata, NODE_POOL_LABEL, reference } from '@/lib/manifests/labels'
import { DEFAULT_SURGE } from '@/lib/node-pool/surge'

/**
 * Bounds of a machine's leaving, in seconds. Cluster API's defaults wait for ever, so one disruption budget that allows no
 * eviction would hold a change, and a volume that never detaches a deletion.
 */
const DELETION = { nodeDrainTimeoutSeconds: 600, nodeVolumeDetachTimeoutSeconds: 300, nodeDeletionTimeoutSeconds: 10 }

/** A template object, named by the hash of what its machines are made from: `blue-1-general-1a2b3c4d5e`. */
function template(spec: ClusterSpec, context: RenderContext, kind: string, apiVersion: string, content: Record<string, unknown>): KubeObject {
  const name = `${machineDeploymentName(spec.name, spec.pool.name)}-${contentHash(content)}`
  return {
    apiVersion,
    kind,
    metadata: metadata({ tenant: context.tenant, cluster: spec.name }, name, { labels: { [NODE_POOL_LABEL]: spec.pool.name } }),
    spec: { template: { spec: content } },
  }
}

export function machineTemplate(spec: ClusterSpec, context: RenderContext): KubeObject {
  const { placement, pool, addresses } = spec
  const device =
    addresses.kind === 'dhcp'
      ? { networkName: placement.network, dhcp4: true }
      : {
          networkName: placement.network,
          dhcp4: false,
          nameservers: addresses.nameservers.map((server) => server.trim()),
          addressesFromPools: [reference('InClusterIPPool', API.ipam, spec.name)],
        }
  return template(spec, context, 'VSphereMachineTemplate', API.infrastructure, {
    // A linked clone keeps its template's disk size and ignores diskGiB (CAPV pkg/services/govmomi/vcenter/clone.go).
    cloneMode: 'fullClone',
    server: context.offer.server,
    ...(context.offer.thumbprint === undefined ? {} : { thumbprint: context.offer.thumbprint }),
    datacenter: placement.datacenter,
    resourcePool: placement.resourcePool,
    folder: placement.folder,
    datastore: placement.datastore,
    template: placement.template,
    network: { devices: [device] },
    numCPUs: pool.cpus,
    memoryMiB: pool.memoryMiB,
    diskGiB: pool.diskGiB,
    os: 'Linux',
    // Asks the guest to shut down and cuts the power only when it does not; v1beta2 has no default any more.
    powerOffMode: 'trySoft',
    guestSoftPowerOffTimeoutSeconds: 120,
  })
}

/** As CAPV's own templates start a worker (cluster-api-provider-vsphere templates/cluster-template.yaml). */
export function bootstrapTemplate(spec: ClusterSpec, context: RenderContext): KubeObject {
  return template(spec, context, 'KubeadmConfigTemplate', API.bootstrap, {
    joinConfiguration: {
      nodeRegistration: {
        name: '{{ local_hostname }}',
        criSocket: '/var/run/containerd/containerd.sock',
        kubeletExtraArgs: [{ name: 'cloud-provider', value: 'external' }],
      },
    },
    preKubeadmCommands: [
      'hostnamectl set-hostname "{{ ds.meta_data.hostname }}"',
      'echo "::1         ipv6-localhost ipv6-loopback localhost6 localhost6.localdomain6" >/etc/hosts',
      'echo "127.0.0.1   {{ ds.meta_data.hostname }} {{ local_hostname }} localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts',
    ],
  })
}

export function machineDeployment(spec: ClusterSpec, context: RenderContext, templates: { machine: KubeObject; bootstrap: KubeObject }): KubeObject {
  const name = machineDeploymentName(spec.name, spec.pool.name)
  const own = { [CLUSTER_NAME_LABEL]: spec.name, [DEPLOYMENT_NAME_LABEL]: name }
  return {
    apiVersion: API.cluster,
    kind: 'MachineDeployment',
    metadata: metadata({ tenant: context.tenant, cluster: spec.name }, name, { labels: { [NODE_POOL_LABEL]: spec.pool.name } }),
    spec: {
      clusterName: spec.name,
      replicas: spec.pool.replicas,
      // One machine ahead and none less: the address range is sized for it (lib/cluster/rules/address-rules.ts).
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: DEFAULT_SURGE, maxUnavailable: 0 } } },
      selector: { matchLabels: own },
      template: {
        metadata: { labels: { ...own, [NODE_POOL_LABEL]: spec.pool.name } },
        spec: {
          clusterName: spec.name,
          version: spec.version,
          bootstrap: { configRef: reference('KubeadmConfigTemplate', API.bootstrap, templates.bootstrap.metadata.name) },
          infrastructureRef: reference('VSphereMachineTemplate', API.infrastructure, templates.machine.metadata.name),
          deletion: DELETION,
        },
      },
    },
  }
}
