import 'server-only'
import type { FieldMap } from '@/server/management/status'

const TIMEOUTS: readonly (readonly [string, string])[] = [['nodeDrainTimeout', 'drainSeconds'], ['nodeVolumeDetachTimeout', 'volumeDetachSeconds'], ['nodeDeletionTimeout', 'deletionSeconds']]

/** Fields of a pool's objects that stand for one field of its form, by kind; both contracts. */
const FIELDS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  VSphereMachineTemplate: [
    ['spec.template.spec.numCPUs', 'machine.cpus'],
    ['spec.template.spec.memoryMiB', 'machine.memoryMiB'],
    ['spec.template.spec.diskGiB', 'machine.diskGiB'],
    ['spec.template.spec.template', 'machine.template'],
    ['spec.template.spec.network.devices[0].nameservers', 'machine.nameservers'],
    ['spec.template.spec.network.devices[0].searchDomains', 'machine.searchDomains'],
    ['spec.template.spec.network.devices[0].routes', 'machine.routes'],
    ['spec.template.spec.network.devices[0].mtu', 'machine.mtu'],
    ['spec.template.spec.network', 'machine.network'],
    ['spec.template.spec.datastore', 'machine.datastore'],
    ['spec.template.spec.folder', 'machine.folder'],
    ['spec.template.spec.resourcePool', 'machine.resourcePool'],
  ],
  InClusterIPPool: [['spec', 'machine.addresses']],
  KubeadmConfigTemplate: [
    ['spec.template.spec.joinConfiguration.nodeRegistration.taints', 'taints'],
    ['spec.template.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs', 'node.kubeletArgs'],
    ['spec.template.spec.files', 'node.files'],
    ['spec.template.spec.users', 'node.users'],
    ['spec.template.spec.preKubeadmCommands', 'node.preCommands'],
    ['spec.template.spec.postKubeadmCommands', 'node.postCommands'],
    ['spec.template.spec.ntp', 'node.ntpServers'],
  ],
  MachineDeployment: [
    ['spec.replicas', 'size.replicas'],
    ['spec.template.spec.failureDomain', 'zones'],
    ['spec.rollout.strategy', 'strategy.surge'],
    ['spec.strategy', 'strategy.surge'],
    ['spec.template.metadata.labels', 'labels'],
    ['spec.template.spec.version', 'version'],
    ...TIMEOUTS.flatMap(([field, ours]) => [[`spec.template.spec.deletion.${field}Seconds`, `timeouts.${ours}`], [`spec.template.spec.${field}`, `timeouts.${ours}`]] as const),
    ['metadata.name', 'name'],
  ],
  MachineHealthCheck: [['spec', 'repair.unhealthySeconds']],
}

/** Where in the form of a pool a refused field of an object was typed; null when nowhere. */
export const poolFieldOf: FieldMap = (kind, field) => {
  const path = field.replace(/^\./, '')
  const found = FIELDS[kind]?.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`))
  return found?.[1] ?? null
}
