import 'server-only'
import type { FieldMap } from '@/server/management/status'

/** Fields of objects that stand for one field of the create form, by kind; longest first where one is within another. */
const FIELDS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Cluster: [
    ['spec.clusterNetwork.pods', 'networks.pods'],
    ['spec.clusterNetwork.services', 'networks.services'],
    ['spec.clusterNetwork.apiServerPort', 'endpoint.port'],
    ['spec.clusterNetwork.serviceDomain', 'controlPlane.advanced.serviceDomain'],
    ['metadata.labels', 'controlPlane.advanced.labels'],
    ['metadata.name', 'name'],
  ],
  KamajiControlPlane: [
    ['spec.version', 'version'],
    ['spec.replicas', 'controlPlane.replicas'],
    ['spec.network.serviceAddress', 'endpoint.host'],
    ['spec.network.serviceAnnotations', 'controlPlane.advanced.service.annotations'],
    ['spec.network.serviceLabels', 'controlPlane.advanced.service.labels'],
    ['spec.network.certSANs', 'controlPlane.advanced.certSANs'],
    ['spec.network.dnsServiceIPs', 'controlPlane.advanced.addons.coreDNS'],
    ['spec.network', 'controlPlane.advanced.service.type'],
    ['spec.apiServer', 'controlPlane.advanced.extraArgs.apiServer'],
    ['spec.controllerManager', 'controlPlane.advanced.extraArgs.controllerManager'],
    ['spec.scheduler', 'controlPlane.advanced.extraArgs.scheduler'],
    ['spec.kubelet.preferredAddressTypes', 'controlPlane.advanced.kubelet.preferredAddressTypes'],
    ['spec.deployment.affinity', 'controlPlane.advanced.deployment.affinity'],
    ['spec.deployment.tolerations', 'controlPlane.advanced.deployment.tolerations'],
    ['spec.deployment.topologySpreadConstraints', 'controlPlane.advanced.deployment.topologySpread'],
    ['spec.dataStoreName', 'controlPlane.advanced.dataStore.name'],
    ['metadata.labels', 'controlPlane.advanced.labels'],
    ['metadata.name', 'name'],
  ],
  VSphereCluster: [
    ['spec.controlPlaneEndpoint.host', 'endpoint.host'],
    ['spec.controlPlaneEndpoint.port', 'endpoint.port'],
    ['spec.identityRef', 'identity'],
  ],
  VSphereMachineTemplate: [
    ['spec.template.spec.numCPUs', 'pool.cpus'],
    ['spec.template.spec.memoryMiB', 'pool.memoryMiB'],
    ['spec.template.spec.diskGiB', 'pool.diskGiB'],
    ['spec.template.spec.template', 'placement.template'],
    ['spec.template.spec.datacenter', 'placement.datacenter'],
    ['spec.template.spec.datastore', 'placement.datastore'],
    ['spec.template.spec.folder', 'placement.folder'],
    ['spec.template.spec.resourcePool', 'placement.resourcePool'],
    ['spec.template.spec.network', 'placement.network'],
  ],
  KubeadmConfigTemplate: [
    ['spec.template.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs', 'pool.node.kubeletArgs'],
    ['spec.template.spec.files', 'pool.node.files'],
    ['spec.template.spec.users', 'pool.node.users'],
    ['spec.template.spec.preKubeadmCommands', 'pool.node.preCommands'],
    ['spec.template.spec.postKubeadmCommands', 'pool.node.postCommands'],
    ['spec.template.spec.ntp', 'pool.node.ntpServers'],
  ],
  MachineDeployment: [
    ['spec.replicas', 'pool.replicas'],
    ['spec.template.spec.failureDomain', 'pool.zones'],
    ['spec.template.spec.version', 'version'],
    ['metadata.name', 'pool.name'],
  ],
  InClusterIPPool: [
    ['spec.addresses', 'addresses.range'],
    ['spec.prefix', 'addresses.prefix'],
    ['spec.gateway', 'addresses.gateway'],
  ],
}

/** Where in the create form a refused field of an object was typed; null when nowhere. */
export const fieldOf: FieldMap = (kind, field) => {
  const path = field.replace(/^\./, '')
  const found = FIELDS[kind]?.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`))
  return found?.[1] ?? null
}
