/** Kubernetes' limit of a label value, and Linux' of a hostname less one. */
export const LABEL_MAX = 63

/**
 * What Cluster API adds to `<cluster>-<pool>` until the name of a machine is complete: `-xxxxx` for the MachineSet
 * (cluster-api internal/controllers/machinedeployment/machinedeployment_sync.go, computeNewMachineSetName) and `-xxxxx` for
 * the Machine (internal/controllers/machineset/machineset_controller.go, computeDesiredMachine). VSphereMachine, VSphereVM,
 * VM and hostname take the Machine's name as it is (cluster-api-provider-vsphere pkg/services/vimmachine.go,
 * GenerateVSphereVMName); its IPAddressClaim adds `-0-0` (pkg/util/ipaddress_claim.go) but may be 253 long.
 * Over 63 Cluster API cuts the name silently (internal/topology/names/names.go): machines of two pools would then look alike.
 */
const MACHINE_SUFFIX = '-xxxxx-xxxxx'.length

const DNS_1035 = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const DNS_1123 = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

/** Kamaji makes a Service of the cluster's name, and Services need DNS-1035: a letter first, unlike most names. */
export const isDns1035Label = (name: string): boolean => DNS_1035.test(name)
export const isDns1123Label = (name: string): boolean => DNS_1123.test(name)

/** The longest name that a cluster with this pool may have; 0 or less when the pool's name alone is too long. */
export const clusterNameLimit = (poolName: string): number => LABEL_MAX - MACHINE_SUFFIX - 1 - poolName.length

export const machineDeploymentName = (cluster: string, pool: string): string => `${cluster}-${pool}`

/**
 * The name by which people call a machine: without the cluster's name that all of them share, and without the MachineSet's
 * suffix where it is plain. `blue-1-general-abcde-x7k2p` of cluster blue-1 is `general-x7k2p`.
 */
export function shortMachineName(machine: string, cluster: string): string {
  const rest = machine.startsWith(`${cluster}-`) ? machine.slice(cluster.length + 1) : machine
  return rest.replace(/^(.+)-[a-z0-9]{5}-([a-z0-9]{5})$/, '$1-$2')
}
