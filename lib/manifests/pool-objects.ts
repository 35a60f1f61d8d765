import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { canonicalSpan } from '@/lib/ip-pool/ip'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import { addressPool, ipv6PoolName } from '@/lib/manifests/cluster-objects'
import { contentHash } from '@/lib/manifests/hash'
import { API, CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, metadata, NODE_POOL_LABEL, reference } from '@/lib/manifests/labels'
import { clusterNoProxy } from '@/lib/cluster/no-proxy'
import { unique } from '@/lib/node-config/no-proxy'
import { withNodeConfig } from '@/lib/node-config/render'
import { NO_NODE_CONFIG, type NodeConfig } from '@/lib/node-config/spec'
import { STANDARD_BOOTSTRAP } from '@/lib/node-config/standard'
import { autoscalerAnnotations } from '@/lib/manifests/autoscaler'
import { type AddressSource, fixedPoolName, networkDevice, USUAL_DHCP } from '@/lib/node-pool/device'
import { devicesOf } from '@/lib/node-pool/networks'
import { defaultRepair, defaultTimeouts, type PoolSpec, type PoolStrategy, type Taint } from '@/lib/node-pool/spec'
import { DEFAULT_SURGE } from '@/lib/node-pool/surge'

/** Where a pool's objects are. `deployment` is the MachineDeployment's name, from which the names of templates begin. */
export interface PoolPlace {
  readonly tenant: string
  readonly cluster: string
  readonly deployment: string
}

/** What the cluster, not its pools, says about every machine. */
export interface MachineFacts {
  readonly datacenter: string
}

/** The first pool of a new cluster, with everything that the create form does not ask. */
export const firstPool = (spec: ClusterSpec): PoolSpec => {
  const { pool, placement, version } = spec
  return {
    name: pool.name,
    size: { kind: 'fixed', replicas: pool.replicas },
    version,
    machine: {
      cpus: pool.cpus,
      memoryMiB: pool.memoryMiB,
      diskGiB: pool.diskGiB,
      template: placement.template,
      network: placement.network,
      datastore: placement.datastore,
      folder: placement.folder,
      resourcePool: placement.resourcePool,
      ...pool.extras,
      addresses: sourceOf(spec),
      nameservers: (spec.addresses.nameservers ?? []).map((server) => server.trim()),
    },
    moreNetworks: pool.moreNetworks ?? [],
    labels: {},
    taints: [],
    node: nodeOf(spec),
    // One machine ahead and none less: the address range is sized for it (lib/cluster/rules/address-rules.ts).
    strategy: { kind: 'rolling', surge: DEFAULT_SURGE, unavailable: 0 },
    timeouts: defaultTimeouts(),
    repair: defaultRepair(pool.replicas),
    zones: pool.zones ?? [],
  }
}

/** The form holds only the person's own entries of what is reached without the proxy; machines get all of them. */
export function nodeOf(spec: ClusterSpec): NodeConfig {
  const { node } = spec.pool
  return node.proxy === null ? node : { ...node, proxy: { ...node.proxy, noProxy: [...unique([...clusterNoProxy(spec), ...node.proxy.noProxy])] } }
}

export const machineFacts = ({ placement }: ClusterSpec): MachineFacts => ({
  datacenter: placement.datacenter,
})

function sourceOf({ name, addresses }: ClusterSpec): AddressSource {
  if (addresses.kind === 'dhcp') return { kind: 'dhcp', ...USUAL_DHCP, ...addresses.settings }
  if (addresses.kind === 'shared') return { kind: 'pools', pools: [{ kind: 'GlobalInClusterIPPool', name: addresses.pool }] }
  const names = [name, ...(addresses.ipv6 === undefined ? [] : [ipv6PoolName(name)])]
  return { kind: 'pools', pools: names.map((each) => ({ kind: 'InClusterIPPool', name: each })) }
}

/** The pools with a node pool's fixed addresses, one for each device that has some. They are the Cluster's own by withOwner. */
export function fixedPools(pool: PoolSpec, place: Pick<PoolPlace, 'tenant' | 'cluster'>): readonly KubeObject[] {
  const deployment = machineDeploymentName(place.cluster, pool.name)
  return devicesOf(pool).flatMap(({ addresses, network }) =>
    addresses?.kind === 'fixed' ? [addressPool(place, fixedPoolName(deployment, network, addresses), { addresses: addresses.addresses.map(canonicalSpan), prefix: addresses.prefix, gateway: addresses.gateway?.trim() ?? null })] : [],
  )
}

/**
 * Fields of a VSphereMachineTemplate that machines take from the VSphereCluster where they are absent (CAPV pkg/services/vimmachine.go).
 * CAPV sends the cluster's password to whatever server a machine names, so chart/rbac/vcenter-policy.yaml refuses new templates that
 * name one; and a renewed certificate of vCenter replaces no machine.
 */
export const FROM_CLUSTER = ['server', 'thumbprint'] as const

/**
 * A template object, named by the hash of what its machines are made from: `blue-1-general-1a2b3c4d5e`.
 * @param apiVersion of the content: one that was patched from a live template keeps that template's version
 */
export function templateObject(place: PoolPlace, pool: string, kind: string, apiVersion: string, spec: { readonly template: Readonly<Record<string, unknown>> }): KubeObject {
  // Metadata of the machines is part of what they are made from; most templates have none.
  const content = spec.template['metadata'] === undefined ? spec.template['spec'] : spec.template
  return {
    apiVersion,
    kind,
    metadata: metadata(place, `${place.deployment}-${contentHash(content)}`, { labels: { [NODE_POOL_LABEL]: pool } }),
    spec,
  }
}

export function machineTemplate(pool: PoolSpec, place: PoolPlace, facts: MachineFacts): KubeObject {
  const { machine } = pool
  const deployment = machineDeploymentName(place.cluster, pool.name)
  const spec = {
    // A linked clone keeps its template's disk size and ignores diskGiB (CAPV pkg/services/govmomi/vcenter/clone.go).
    cloneMode: 'fullClone',
    // No server and no thumbprint: see FROM_CLUSTER.
    datacenter: facts.datacenter,
    ...(machine.resourcePool === null ? {} : { resourcePool: machine.resourcePool }),
    ...(machine.folder === null ? {} : { folder: machine.folder }),
    ...(machine.datastore === null ? {} : { datastore: machine.datastore }),
    ...(machine.storagePolicy === null ? {} : { storagePolicyName: machine.storagePolicy }),
    template: machine.template,
    network: { devices: devicesOf(pool).map((device) => networkDevice(device, deployment)) },
    numCPUs: machine.cpus,
    memoryMiB: machine.memoryMiB,
    diskGiB: machine.diskGiB,
    os: 'Linux',
    // Asks the guest to shut down and cuts the power only when it does not; v1beta2 has no default any more.
    powerOffMode: 'trySoft',
    guestSoftPowerOffTimeoutSeconds: 120,
  }
  return templateObject(place, pool.name, 'VSphereMachineTemplate', API.infrastructure, { template: { spec } })
}

/** As kubeadm registers them when a machine joins. Absent, not empty, where there are none. */
export const registeredTaints = (taints: readonly Taint[]): readonly Record<string, string>[] | undefined =>
  taints.length === 0 ? undefined : taints.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect }))

export function bootstrapTemplate(pool: PoolSpec, place: PoolPlace): KubeObject {
  const { name, criSocket, kubeletExtraArgs, preKubeadmCommands } = STANDARD_BOOTSTRAP
  const taints = registeredTaints(pool.taints)
  const nodeRegistration = { name, criSocket, kubeletExtraArgs, ...(taints === undefined ? {} : { taints }) }
  const template = withNodeConfig({ spec: { joinConfiguration: { nodeRegistration }, preKubeadmCommands } }, NO_NODE_CONFIG, pool.node)
  return templateObject(place, pool.name, 'KubeadmConfigTemplate', API.bootstrap, { template })
}

/** What a MachineDeployment takes over from the one that is there. */
export interface Carried {
  /** Cannot be changed. */
  readonly selector: Readonly<Record<string, unknown>>
  /** Labels by which machines are selected and told apart; not those that a person gives. */
  readonly machineLabels: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** undefined: the apply leaves the size alone. See appliedReplicas. */
  readonly replicas: number | undefined
  /** RFC 3339; undefined: nobody restarted the pool through the portal. */
  readonly rolloutAfter: string | undefined
}

/** What a new pool begins with. */
export function newborn(pool: PoolSpec, place: PoolPlace): Carried {
  const own = { [CLUSTER_NAME_LABEL]: place.cluster, [DEPLOYMENT_NAME_LABEL]: place.deployment }
  return {
    selector: { matchLabels: own },
    machineLabels: { ...own, [NODE_POOL_LABEL]: pool.name },
    labels: { [NODE_POOL_LABEL]: pool.name },
    replicas: pool.size.kind === 'fixed' ? pool.size.replicas : undefined,
    rolloutAfter: undefined,
  }
}

const rolloutStrategy = (strategy: PoolStrategy) =>
  strategy.kind === 'on-delete'
    ? { type: 'OnDelete' }
    : { type: 'RollingUpdate', rollingUpdate: { maxSurge: strategy.surge, maxUnavailable: strategy.unavailable } }

/**
 * The whole MachineDeployment, for create and for every change alike: a field that an earlier apply of the portal set and a
 * later one leaves out is taken away by the API server.
 * @param pool with one zone at the most: see slicesOf
 */
export function machineDeployment(
  pool: PoolSpec,
  place: PoolPlace,
  refs: { readonly bootstrap: Readonly<Record<string, unknown>>; readonly infrastructure: Readonly<Record<string, unknown>> },
  carried: Carried = newborn(pool, place),
): KubeObject {
  const annotations = autoscalerAnnotations(pool)
  return {
    apiVersion: API.cluster,
    kind: 'MachineDeployment',
    metadata: metadata(place, place.deployment, { labels: carried.labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) }),
    spec: {
      clusterName: place.cluster,
      ...(carried.replicas === undefined ? {} : { replicas: carried.replicas }),
      rollout: { ...(carried.rolloutAfter === undefined ? {} : { after: carried.rolloutAfter }), strategy: rolloutStrategy(pool.strategy) },
      selector: carried.selector,
      template: {
        metadata: { labels: { ...pool.labels, ...carried.machineLabels } },
        spec: {
          clusterName: place.cluster,
          ...(pool.version === '' ? {} : { version: pool.version }),
          ...(pool.zones[0] === undefined ? {} : { failureDomain: pool.zones[0] }),
          bootstrap: refs.bootstrap,
          infrastructureRef: refs.infrastructure,
          deletion: {
            nodeDrainTimeoutSeconds: pool.timeouts.drainSeconds,
            nodeVolumeDetachTimeoutSeconds: pool.timeouts.volumeDetachSeconds,
            nodeDeletionTimeoutSeconds: pool.timeouts.deletionSeconds,
          },
        },
      },
    },
  }
}

/** References of a MachineDeployment to templates that the portal made. */
export const templateRefs = (names: { readonly machine: string; readonly bootstrap: string }) => ({
  bootstrap: { configRef: reference('KubeadmConfigTemplate', API.bootstrap, names.bootstrap) },
  infrastructure: reference('VSphereMachineTemplate', API.infrastructure, names.machine),
})
