import { originOf } from '@/lib/adopt/origin'
import { groupOf } from '@/lib/cluster/group'
import { nodeMaskIn } from '@/lib/cluster/pod-room'
import { HEALTH_TYPES, healthItem } from '@/lib/cluster/health'
import type { ClusterView, HealthItem, NodePoolView } from '@/lib/cluster/view'
import { cause } from '@/lib/plain-words'
import type { MachineView } from '@/lib/machine/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import { DEPLOYMENT_NAME_LABEL } from '@/lib/manifests/labels'
import { addressesView, poolReferences } from '@/server/management/parse/addresses'
import { clusterState } from '@/server/management/parse/cluster-state'
import { condition, isFalse, isTrue } from '@/server/management/parse/condition'
import { isOlderProvider, readControlPlane } from '@/server/management/parse/control-plane'
import { remainingOf } from '@/server/management/parse/deletion'
import { diagnose } from '@/server/management/parse/doctor/diagnose'
import { machineView, poolNameOf } from '@/server/management/parse/machine'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'
import { readPool } from '@/server/management/parse/pool'
import { dig, isDeleting, labelOf, numberAt, textAt, textsAt, timeAt } from '@/server/management/parse/raw'

/**
 * One cluster with its parts as pages show it. Like `machineView`, it depends on the objects alone.
 * @param viewOf for callers that have made the machines' views already: a cluster has hundreds, and one of them changes
 */
export function clusterView(parts: ClusterParts, viewOf: (machine: MachineParts) => MachineView = machineView): ClusterView {
  const { cluster, controlPlane, infrastructure } = parts
  const machines = parts.machines.map((machine) => ({ deployment: labelOf(machine.machine, DEPLOYMENT_NAME_LABEL), view: viewOf(machine) }))
  const views: readonly MachineView[] = machines.map(({ view }) => view)
  const reading = readControlPlane(parts)
  const pools = poolsOf(parts).map((deployments) => {
    const names = new Set(deployments.map(({ metadata }) => metadata.name))
    const template = textAt(deployments[0], 'spec', 'template', 'spec', 'infrastructureRef', 'name')
    return readPool({
      deployments,
      sets: parts.machineSets,
      template: parts.machineTemplates.find((candidate) => candidate.metadata.name === template) ?? null,
      machines: machines.filter((machine) => machine.deployment !== null && names.has(machine.deployment)).map(({ view }) => view),
      cluster,
    })
  })
  const addresses = addressesView(parts)
  const state = clusterState({ parts, controlPlane: reading, pools, machines: views, addresses })
  const endpoint = endpointOf(parts)
  const findings = diagnose(parts)
  const origin = originOf(cluster)
  const nodeMask = nodeMaskIn(textsAt(controlPlane, 'spec', 'controllerManager', 'extraArgs'))
  const counts = {
    desired: pools.reduce((sum, pool) => sum + pool.view.desired, 0),
    ready: views.filter((machine) => machine.deletingSince === null && machine.state.word === 'Ready').length,
    total: views.length,
  }
  return {
    kind: 'cluster',
    uid: cluster.metadata.uid ?? '',
    tenant: cluster.metadata.namespace ?? '',
    name: cluster.metadata.name,
    state,
    group: groupOf(state.word),
    version: { desired: reading.desiredVersion, current: reading.currentVersion },
    controlPlane: reading.view,
    endpoint,
    identity: textAt(infrastructure, 'spec', 'identityRef', 'kind') === 'VSphereClusterIdentity' ? textAt(infrastructure, 'spec', 'identityRef', 'name') : null,
    placement: placementOf(parts),
    networks: {
      pods: textsAt(cluster, 'spec', 'clusterNetwork', 'pods', 'cidrBlocks'),
      services: textsAt(cluster, 'spec', 'clusterNetwork', 'services', 'cidrBlocks'),
      ...(nodeMask === null ? {} : { nodeMask }),
    },
    addresses,
    pools: pools.map(({ view }) => withPools(view, addresses, parts)),
    machines: counts,
    health: [
      ...HEALTH_TYPES.flatMap((type) => {
        const view = condition(type === 'VCenterAvailable' ? infrastructure : cluster, type)
        return view === null ? [] : [healthItem(view, { changing: groupOf(state.word) === 'changing', machines: counts })]
      }),
      ...publicToken(parts),
      // Machines that only start count as unhealthy there: while a pool grows, held repair is no news. The check looks again a while after
      // the last of them is ready, and until then says what was.
      ...(groupOf(state.word) === 'changing' || counts.ready === counts.total ? [] : repairOnHold(parts)),
    ],
    kubeconfig: kubeconfigOf(parts, endpoint !== null, reading.view.answers, controlPlane === null),
    remaining: isDeleting(cluster) ? remainingOf(parts) : [],
    ...(origin === null ? {} : { origin }),
    ...(findings.length > 0 ? { findings } : {}),
    createdAt: timeAt(cluster.metadata, 'creationTimestamp') ?? '',
    deletingSince: timeAt(cluster.metadata, 'deletionTimestamp'),
  }
}

/** MachineDeployments by pool, in the order of their names: the zones of one pool are one. */
function poolsOf({ machineDeployments, cluster }: ClusterParts): readonly (readonly [KubeObject, ...KubeObject[]])[] {
  const sorted = machineDeployments.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const byName = Map.groupBy(sorted, (deployment) => poolNameOf(deployment, deployment.metadata.name, cluster.metadata.name) ?? deployment.metadata.name)
  return [...byName.values()] as unknown as readonly (readonly [KubeObject, ...KubeObject[]])[]
}

/** Says where a pool's addresses come from when it is not plain. */
function withPools(pool: NodePoolView, addresses: ClusterView['addresses'], { machineDeployments, machineTemplates }: ClusterParts): NodePoolView {
  const deployment = machineDeployments.find(({ metadata }) => metadata.name === pool.machineDeployment)
  const template = machineTemplates.find(({ metadata }) => metadata.name === textAt(deployment, 'spec', 'template', 'spec', 'infrastructureRef', 'name'))
  const names = template === undefined ? null : poolReferences(template)
  const plain = names === null || (addresses.kind === 'dhcp' ? names.length === 0 : names.length === 1 && names[0] === addresses.pool)
  return plain ? pool : { ...pool, addressPools: names }
}

/**
 * Kamaji once left kubeadm's placeholder token valid in every tenant cluster (clastix/kamaji #715 took it away in March 2025), and made it
 * anew when it was deleted. Which Kamaji runs is said nowhere; those of a provider with the newer contract are all later.
 */
function publicToken({ controlPlane }: ClusterParts): readonly HealthItem[] {
  const made = isOlderProvider(controlPlane) ? condition(controlPlane, 'KubeadmResourcesCreated') : null
  if (!isTrue(made) || made === null) return []
  return [{ ok: null, sentence: 'Not known whether a public bootstrap token is valid: with a Kamaji older than March 2025 whoever reaches the API can join a machine', condition: made }]
}

/** A MachineHealthCheck that may not repair (cluster-api api/core/v1beta2, RemediationAllowed: too many machines are unhealthy). */
function repairOnHold({ healthChecks = [] }: ClusterParts): readonly HealthItem[] {
  const held = healthChecks.map((check) => condition(check, 'RemediationAllowed')).find(isFalse) ?? null
  return held === null ? [] : [{ ok: false, sentence: `Repair is on hold${held.message === '' ? '' : `: ${cause(held.message)}`}`, condition: held }]
}

function endpointOf({ cluster, infrastructure, controlPlane }: ClusterParts): ClusterView['endpoint'] {
  for (const object of [cluster, infrastructure, controlPlane]) {
    const host = textAt(object, 'spec', 'controlPlaneEndpoint', 'host')
    const port = numberAt(object, 'spec', 'controlPlaneEndpoint', 'port')
    if (host !== null && port !== null && port > 0) return { host, port }
  }
  return null
}

/** Where the machines are made: by the template that a pool uses now, else by any. */
function placementOf({ infrastructure, machineTemplates, machineDeployments }: ClusterParts): ClusterView['placement'] {
  const used = new Set(machineDeployments.map((deployment) => textAt(deployment, 'spec', 'template', 'spec', 'infrastructureRef', 'name')))
  const template = machineTemplates.find((candidate) => used.has(candidate.metadata.name)) ?? machineTemplates[0]
  if (template === undefined) return null
  const spec = dig(template, 'spec', 'template', 'spec')
  return {
    server: textAt(infrastructure, 'spec', 'server') ?? textAt(spec, 'server') ?? '',
    datacenter: textAt(spec, 'datacenter') ?? '',
    resourcePool: textAt(spec, 'resourcePool') ?? '',
    folder: textAt(spec, 'folder') ?? '',
    datastore: textAt(spec, 'datastore') ?? '',
    network: textAt(dig(spec, 'network', 'devices', '0'), 'networkName') ?? '',
    template: textAt(spec, 'template') ?? '',
  }
}

/** A kubeconfig is of use when its server is known and answers; the management cluster's own probe is the proof. */
function kubeconfigOf({ cluster }: ClusterParts, endpoint: boolean, answers: boolean, missing: boolean): ClusterView['kubeconfig'] {
  const initialized = isTrue(condition(cluster, 'ControlPlaneInitialized')) || dig(cluster, 'status', 'initialization', 'controlPlaneInitialized') === true
  if (missing) return { ready: false, waitsFor: 'the control plane to be made' }
  if (!endpoint) return { ready: false, waitsFor: 'the control plane’s address' }
  if (!initialized) return { ready: false, waitsFor: 'the control plane to start' }
  return answers ? { ready: true } : { ready: false, waitsFor: 'the API to answer' }
}
