/** The Node that a kubelet and the vSphere cloud provider would register together. */
import type { KubeObject } from './kube-rest'
import type { VirtualMachine } from './vsphere-soap'

export interface NodeCondition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  lastHeartbeatTime: string
  lastTransitionTime: string
}

export interface Node extends KubeObject {
  spec?: { providerID?: string }
  status?: { conditions?: NodeCondition[] }
}

/** Without the three pressures a Machine's NodeHealthy stays Unknown, and a rollout never advances. */
const healthy: readonly [type: string, status: 'True' | 'False', reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

export function providerIdOf(machine: VirtualMachine): string {
  return `vsphere://${machine.uuid}`
}

export function nodeObject(name: string, machine: VirtualMachine): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': `vsphere-vm.cpu-${machine.cpus}.mem-${Math.round(machine.memoryMB / 1024)}gb.os-ubuntu`,
      },
    },
    spec: { providerID: providerIdOf(machine) },
  }
}

/** `version`: what the Machine was made for, which in a real guest is what its image carries. */
export function nodeStatus(name: string, machine: VirtualMachine, version: string) {
  const resources = { cpu: String(machine.cpus), memory: `${machine.memoryMB}Mi`, 'ephemeral-storage': '20Gi', pods: '110' }
  return {
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: machine.ipAddress },
      { type: 'ExternalIP', address: machine.ipAddress },
    ],
    capacity: resources,
    allocatable: { ...resources, memory: `${machine.memoryMB - 200}Mi` },
    nodeInfo: {
      machineID: machine.uuid.replaceAll('-', ''),
      systemUUID: machine.uuid,
      bootID: machine.uuid,
      kernelVersion: '6.8.0-85-generic',
      osImage: 'Ubuntu 24.04.3 LTS',
      containerRuntimeVersion: 'containerd://2.1.4',
      kubeletVersion: version,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}

export function readyConditions(known: readonly NodeCondition[]): NodeCondition[] {
  return healthy.map(([type, status, reason, message]) => condition(known, { type, status, reason, message }))
}

/** As the node lifecycle controller leaves it, once a kubelet is silent. */
export function silentConditions(known: readonly NodeCondition[]): NodeCondition[] {
  return healthy.map(([type]) =>
    condition(known, { type, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }),
  )
}

export function isReady({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
}

export function isSilent({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'Unknown') === true
}

function condition(known: readonly NodeCondition[], next: Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>): NodeCondition {
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  const before = known.find(({ type }) => type === next.type)
  return { ...next, lastHeartbeatTime: now, lastTransitionTime: before?.status === next.status ? before.lastTransitionTime : now }
}
