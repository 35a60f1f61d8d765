/** Raw objects as the controllers write them, for tests: CAPI v1.13, CAPV v1.16, Kamaji's provider v0.20, IPAM v1.0. */
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'

/** Minutes and seconds after the cluster was made, as RFC 3339. */
export const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 21, 14, minute, second)).toISOString().replace('.000Z', 'Z')

export const cond = (type: string, status: 'True' | 'False' | 'Unknown', reason: string, message = '', since = at(1)) => ({ type, status, reason, message, lastTransitionTime: since })

type Patch = { readonly [key: string]: unknown }
export function raw(apiVersion: string, kind: string, name: string, fields: { metadata?: Patch; spec?: Patch; status?: Patch } = {}): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'team-blue', uid: `uid-${kind}-${name}`, creationTimestamp: at(0), ...fields.metadata, labels: { 'cluster.x-k8s.io/cluster-name': 'blue-1', ...(fields.metadata?.['labels'] as Record<string, string> | undefined) } },
    spec: fields.spec ?? {},
    status: fields.status ?? {},
  }
}

const CAPI = 'cluster.x-k8s.io/v1beta2'
const CAPV = 'infrastructure.cluster.x-k8s.io/v1beta2'

export type Stage = 'requested' | 'cloning' | 'waiting-address' | 'powering-on' | 'bootstrapping' | 'joining' | 'ready' | 'not-ready'
const REASON: Partial<Record<Stage, [string, string]>> = { cloning: ['WaitingForClone', 'Cloning'], 'waiting-address': ['WaitingForIPAddress', 'WaitingForIPAddress'], 'powering-on': ['PoweringOn', 'PoweringOn'] }

/** A machine of pool general at one stage of its life. */
export function machineAt(stage: Stage, id: string, change: { metadata?: Patch; spec?: Patch; conditions?: readonly unknown[]; vm?: Patch } = {}): MachineParts {
  const name = `blue-1-general-abcde-${id}`
  const before = (mark: Stage): boolean => ORDER.indexOf(stage) < ORDER.indexOf(mark)
  const [reason, old] = REASON[stage] ?? ['Provisioned', 'Provisioned']
  const claimed = !before('powering-on')
  const provisioned = !before('bootstrapping')
  const node = !before('joining')
  const nodeStatus = stage === 'ready' ? 'True' : 'False'
  const nodeSince = stage === 'not-ready' ? at(50) : at(6)
  return {
    machine: raw(CAPI, 'Machine', name, {
      metadata: { creationTimestamp: at(2), ...change.metadata, labels: { 'cluster.x-k8s.io/deployment-name': 'blue-1-general', 'tenantry.dev/node-pool': 'general' } },
      spec: { clusterName: 'blue-1', version: 'v1.35.2', ...change.spec },
      status: {
        phase: node ? 'Running' : provisioned ? 'Provisioned' : 'Provisioning',
        lastUpdated: at(5, 30),
        ...(provisioned ? { initialization: { infrastructureProvisioned: true }, addresses: [{ type: 'Hostname', address: name }, { type: 'InternalIP', address: '10.40.12.47' }] } : {}),
        ...(node ? { nodeRef: { name } } : {}),
        conditions: [
          ...(change.conditions ?? []),
          cond('UpToDate', 'True', 'UpToDate'),
          ...(provisioned ? [cond('InfrastructureReady', 'True', 'Ready', '', at(4))] : []),
          ...(node ? [cond('NodeReady', nodeStatus, `Node${nodeStatus === 'True' ? '' : 'Not'}Ready`, nodeStatus === 'True' ? '' : '* Node.Ready: container runtime is down', nodeSince)] : []),
          cond('Ready', stage === 'ready' ? 'True' : 'False', stage === 'ready' ? 'Ready' : 'NotReady', '', at(6, 10)),
        ],
      },
    }),
    vsphereMachine: raw(CAPV, 'VSphereMachine', name, { status: { conditions: stage === 'requested' ? [cond('VirtualMachineProvisioned', 'False', 'WaitingForBootstrapData')] : [] } }),
    vsphereVm: stage === 'requested' ? null : raw(CAPV, 'VSphereVM', name, {
      metadata: { creationTimestamp: at(2, 30) },
      status: {
        conditions: [
          cond('VCenterAvailable', 'True', 'Available'),
          cond('IPAddressClaimsFulfilled', claimed ? 'True' : 'False', claimed ? 'Fulfilled' : 'WaitingForIPAddress', claimed ? '' : '0/1 claims being processed', at(3, 10)),
          cond('VirtualMachineProvisioned', provisioned ? 'True' : 'False', reason, '', provisioned ? at(3, 50) : at(2, 31)),
        ],
        deprecated: { v1beta1: { conditions: provisioned ? [] : [{ type: 'VMProvisioned', status: 'False', reason: old, lastTransitionTime: at(3) }] } },
        ...(provisioned ? { addresses: ['10.40.12.47'] } : {}),
        ...change.vm,
      },
    }),
    bootstrap: raw('bootstrap.cluster.x-k8s.io/v1beta2', 'KubeadmConfig', name, { status: { conditions: [cond('DataSecretAvailable', 'True', 'Available')] } }),
    claims: stage === 'requested' ? [] : [raw('ipam.cluster.x-k8s.io/v1beta2', 'IPAddressClaim', `${name}-0-0`, { status: claimed ? { addressRef: { name: `${name}-0-0` } } : {} })],
  }
}
const ORDER: readonly Stage[] = ['requested', 'cloning', 'waiting-address', 'powering-on', 'bootstrapping', 'joining', 'ready', 'not-ready']

export const template = (name = 'blue-1-general-1a2b', numCPUs = 4): KubeObject =>
  raw(CAPV, 'VSphereMachineTemplate', name, {
    spec: { template: { spec: { server: 'vc.example.com', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', template: 'ubuntu', numCPUs, memoryMiB: 16384, diskGiB: 60, network: { devices: [{ networkName: 'VM Network', addressesFromPools: [{ apiGroup: 'ipam.cluster.x-k8s.io', kind: 'InClusterIPPool', name: 'blue-1' }] }] } } } },
  })

export const deployment = (replicas: number, status: Patch, change: { metadata?: Patch; conditions?: readonly unknown[] } = {}): KubeObject =>
  raw(CAPI, 'MachineDeployment', 'blue-1-general', {
    metadata: { generation: 1, ...change.metadata, labels: { 'tenantry.dev/node-pool': 'general' } },
    spec: { clusterName: 'blue-1', replicas, rollout: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }, template: { spec: { version: 'v1.35.2', infrastructureRef: { name: 'blue-1-general-1a2b' } } } },
    status: { ...status, conditions: change.conditions ?? [] },
  })

export const probe = (status: 'True' | 'False', message = '') => cond('RemoteConnectionProbe', status, status === 'True' ? 'ProbeSucceeded' : 'ProbeFailed', message, at(2))

export const cluster = (conditions: readonly unknown[] = [probe('True')], change: { metadata?: Patch; spec?: Patch } = {}): KubeObject =>
  raw(CAPI, 'Cluster', 'blue-1', {
    metadata: change.metadata ?? {},
    spec: { clusterNetwork: { apiServerPort: 6443, pods: { cidrBlocks: ['10.244.0.0/16'] }, services: { cidrBlocks: ['10.96.0.0/16'] } }, controlPlaneEndpoint: { host: '10.40.12.21', port: 6443 }, ...change.spec },
    status: { initialization: { controlPlaneInitialized: true, infrastructureProvisioned: true }, conditions },
  })

export const controlPlane = (change: { spec?: Patch; status?: Patch; conditions?: readonly unknown[] } = {}): KubeObject =>
  raw('controlplane.cluster.x-k8s.io/v1alpha2', 'KamajiControlPlane', 'blue-1', {
    spec: { version: 'v1.35.2', replicas: 3, controlPlaneEndpoint: { host: '10.40.12.21', port: 6443 }, ...change.spec },
    status: { ready: true, version: 'v1.35.2', replicas: 3, readyReplicas: 3, initialization: { controlPlaneInitialized: true }, conditions: [cond('TenantControlPlaneCreated', 'True', 'Succeeded'), ...(change.conditions ?? [])], ...change.status },
  })

export const infrastructure = (conditions: readonly unknown[] = [cond('VCenterAvailable', 'True', 'Available')]): KubeObject =>
  raw(CAPV, 'VSphereCluster', 'blue-1', { spec: { server: 'vc.example.com', identityRef: { kind: 'VSphereClusterIdentity', name: 'vc-south' } }, status: { conditions } })

export const ipPool = (free: number, used = 3, name = 'blue-1'): KubeObject =>
  raw('ipam.cluster.x-k8s.io/v1alpha2', 'InClusterIPPool', name, { spec: { addresses: ['10.40.12.40-10.40.12.47'], prefix: 24, gateway: '10.40.12.1' }, status: { ipAddresses: { total: free + used, used, free, outOfRange: 0 } } })

/** With its claims on these pools, one after another. */
export const claimingFrom = (machine: MachineParts, ...pools: readonly string[]): MachineParts => ({
  ...machine, claims: pools.flatMap((name, index) => machine.claims.map((claim) => ({ ...claim, metadata: { ...claim.metadata, name: `${machine.machine.metadata.name}-${index}-0` }, spec: { poolRef: { apiGroup: 'ipam.cluster.x-k8s.io', kind: 'InClusterIPPool', name } } }))),
})

/** A settled cluster of three machines; a test changes what it is about. */
export function parts(change: Partial<ClusterParts> = {}): ClusterParts {
  return {
    cluster: cluster(),
    controlPlane: controlPlane(),
    infrastructure: infrastructure(),
    machineDeployments: [deployment(3, { replicas: 3, readyReplicas: 3, availableReplicas: 3, upToDateReplicas: 3 })],
    machineSets: [],
    machineTemplates: [template()],
    machines: ['aaaaa', 'bbbbb', 'ccccc'].map((id) => machineAt('ready', id)),
    ipPool: ipPool(5),
    ...change,
  }
}
