import { type Problem, outside, problem } from '@/lib/cluster/rules/problem'
import { clusterNameLimit, isDns1123Label, machineDeploymentName } from '@/lib/kubernetes/names'
import { reachesNodes } from '@/lib/manifests/autoscaler'
import { nodeProblems } from '@/lib/node-config/rules'
import { metadataProblems, taintProblems } from '@/lib/node-pool/rules/metadata'
import { machineProblems } from '@/lib/node-pool/rules/machine'
import { addressProblems, networkProblems, type NetworkSurroundings } from '@/lib/node-pool/rules/network'
import { poolShape, type PoolSpec } from '@/lib/node-pool/spec'
import { percentOf, roundedDown } from '@/lib/node-pool/surge'
import { cleanLine, listed, plural } from '@/lib/text'

/** What the rules of one pool need to know of the world around it. All of it may be unknown. */
export interface PoolSurroundings extends NetworkSurroundings {
  readonly cluster: string
  /** Short names of the cluster's other pools. */
  readonly pools: readonly string[]
  /** Names of MachineDeployments in the tenant that are not this pool's. */
  readonly deployments: readonly string[]
  /** As it is now; null for a new pool. */
  readonly before: PoolSpec | null
  /** GiB of VM templates' disks by name, where the offer says it. */
  readonly templateDisks: Readonly<Record<string, number>>
  /** Names of the zones that the cluster may use; null: not known. */
  readonly zones: readonly string[] | null
}

export const MAX_MACHINES = 100

/**
 * Every broken rule of a pool whose shape is right, in the form's order. What a live pool breaks already runs, though the form
 * would not take it: it holds up no other change, and no upgrade. But a wait without a limit could hold up this very change.
 */
export function poolSpecProblems(spec: PoolSpec, around: PoolSurroundings): readonly Problem[] {
  const found = brokenRules(spec, around)
  if (around.before === null) return found
  // Rows of a list may have moved.
  const said = ({ path, message }: Problem): string => `${path.filter((part) => !/^\d+$/.test(String(part))).join('.')}: ${message}`
  const known = new Set(brokenRules(around.before, around).map(said))
  const endless = Object.entries(spec.timeouts).flatMap(([field, seconds]) => (seconds === 0 ? [`timeouts.${field}`] : []))
  return found.filter((each) => endless.includes(each.path.join('.')) || !known.has(said(each)))
}

function brokenRules(spec: PoolSpec, around: PoolSurroundings): readonly Problem[] {
  return [
    ...nameProblems(spec, around),
    ...sizeProblems(spec),
    ...versionProblems(spec),
    ...machineProblems(spec, around),
    ...networkProblems('moreNetworks', spec.machine.network, spec.moreNetworks),
    ...addressProblems(spec, around.before, machineDeploymentName(around.cluster, spec.name), around),
    ...metadataProblems(spec.labels),
    ...taintProblems(spec.taints),
    ...nodeProblems(spec.node),
    ...strategyProblems(spec),
    ...timeoutProblems(spec),
    ...repairProblems(spec),
    ...zoneProblems(spec, around),
  ]
}

/** What an action takes: the shape with every rule. */
export const poolSpec = (around: PoolSurroundings) =>
  poolShape.superRefine((spec, context) => {
    for (const { path, message } of poolSpecProblems(spec, around)) context.addIssue({ code: 'custom', path: [...path], message })
  })

function nameProblems({ name }: PoolSpec, { cluster, pools, deployments, before }: PoolSurroundings): Problem[] {
  if (before !== null) return name === before.name ? [] : [problem('name', `A pool keeps its name: this one is ${cleanLine(before.name, 60)}.`)]
  if (name === '') return [problem('name', 'Give the pool a name.')]
  if (!isDns1123Label(name)) return [problem('name', 'Use a–z, 0–9 and “-”, not starting or ending with “-”.')]
  if (name === 'new') return [problem('name', 'The portal itself uses “new”, in the address of this page. Choose another name.')]
  const room = clusterNameLimit('') - cluster.length
  if (name.length > room) return [problem('name', `This name has ${name.length} characters; in cluster ${cleanLine(cluster, 60)} it can have ${Math.max(0, room)}, so that machines keep their full names.`)]
  if (pools.includes(name)) return [problem('name', `${cleanLine(cluster, 60)} has a pool ${name} already.`)]
  const deployment = machineDeploymentName(cluster, name)
  if (deployments.includes(deployment)) return [problem('name', `Another cluster’s pool is named ${deployment} in Kubernetes, as this one would be. Choose another name.`)]
  return []
}

function sizeProblems({ size }: PoolSpec): Problem[] {
  if (size.kind === 'fixed') return outside('size.replicas', 'Machines', size.replicas, 0, MAX_MACHINES)
  const found = [...outside('size.min', 'The smallest size', size.min, 0, MAX_MACHINES), ...outside('size.max', 'The largest size', size.max, 1, MAX_MACHINES)]
  if (found.length > 0) return found
  if (size.min > size.max) return [problem('size.max', `The largest size, ${size.max}, is below the smallest, ${size.min}.`)]
  // cluster-autoscaler cloudprovider/clusterapi: a group with nothing between min and max is not looked at.
  if (size.min === size.max) return [problem('size.max', `Smallest and largest size are both ${size.min}: the autoscaler would have nothing to do. Give the pool a fixed size.`)]
  return []
}

function versionProblems({ version }: PoolSpec): Problem[] {
  if (/^v\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(version)) return []
  return [problem('version', version === '' ? 'Choose a Kubernetes version.' : `Use a full version such as v1.35.2, not “${cleanLine(version, 40)}”.`)]
}

function strategyProblems({ strategy }: PoolSpec): Problem[] {
  if (strategy.kind === 'on-delete') return []
  const found = (['surge', 'unavailable'] as const).flatMap((field) => shareProblems(`strategy.${field}`, strategy[field]))
  if (found.length > 0) return found
  if (isNone(strategy.surge) && isNone(strategy.unavailable)) {
    return [problem('strategy.surge', 'With no machine ahead and none that may be missing, no machine can ever be replaced. Set one of both to 1.')]
  }
  return []
}

const isNone = (share: number | string): boolean => share === 0 || percentOf(share) === 0

function shareProblems(path: string, share: number | string): Problem[] {
  if (typeof share === 'number') return outside(path, 'Machines', share, 0, MAX_MACHINES)
  const percent = percentOf(share)
  if (percent === null) return [problem(path, `“${cleanLine(share, 20)}” is neither a number nor a percentage such as 25%.`)]
  return outside(path, 'The percentage', percent, 0, 100)
}

/** A day: what is held for longer needs a person, not more time. */
const DAY = 86_400

function timeoutProblems({ timeouts }: PoolSpec): Problem[] {
  const found: Problem[] = []
  // Cluster API reads 0 as "for ever" in all three.
  for (const [field, what] of [['drainSeconds', 'The drain'], ['volumeDetachSeconds', 'Waiting for volumes'], ['deletionSeconds', 'Deleting the Node']] as const) {
    const seconds = timeouts[field]
    if (seconds === 0) found.push(problem(`timeouts.${field}`, `${what} needs a limit: 0 would wait for ever.`))
    else found.push(...outside(`timeouts.${field}`, `${what}, in seconds,`, seconds, 1, DAY))
  }
  return found
}

function repairProblems({ repair }: PoolSpec): Problem[] {
  if (!repair.on) return []
  return [
    // The webhook takes 30 s and more (internal/webhooks/machinehealthcheck.go); below 2 min a clone alone is not done.
    ...outside('repair.nodeStartupSeconds', 'The time to join, in seconds,', repair.nodeStartupSeconds, 120, DAY),
    ...outside('repair.unhealthySeconds', 'The time without a ready Node, in seconds,', repair.unhealthySeconds, 30, DAY),
    ...shareProblems('repair.maxUnhealthy', repair.maxUnhealthy),
  ]
}

/** CAPV only logs an unknown zone and makes the machine where its other fields say. */
function zoneProblems({ name, zones: wanted, size }: PoolSpec, { cluster, zones, before }: PoolSurroundings): Problem[] {
  const twice = wanted.find((zone, index) => wanted.indexOf(zone) !== index)
  if (twice !== undefined) return [problem('zones', `${cleanLine(twice, 60)} is there twice.`)]
  // One that a live pool is in already may have become unusable: that is no reason to refuse another change.
  const unknown = zones === null ? undefined : wanted.find((zone) => !zones.includes(zone) && before?.zones.includes(zone) !== true)
  if (zones !== null && unknown !== undefined) return [problem('zones', `There is no zone “${cleanLine(unknown, 60)}” that this cluster can use. ${zones.length === 0 ? 'It has none.' : `Choose ${listed(zones, 5)}.`}`)]
  return wanted.length < 2 ? [] : spreadProblems(cluster, name, wanted, size)
}

/** What several zones ask of names and sizes: each is a MachineDeployment, named `<cluster>-<pool>-<zone>`. */
export function spreadProblems(cluster: string, pool: string, zones: readonly string[], size: PoolSpec['size']): Problem[] {
  const odd = zones.find((zone) => !isDns1123Label(zone))
  if (odd !== undefined) return [problem('zones', `Zone ${cleanLine(odd, 60)} has a name that machines cannot have in theirs; a pool can be in it alone.`)]
  const longest = Math.max(...zones.map((zone) => zone.length))
  const room = clusterNameLimit('') - cluster.length - longest - 1
  if (pool.length > room) return [problem('zones', `In these zones the pool’s name can have ${Math.max(0, room)} characters, so that machines keep their full names; ${cleanLine(pool, 60)} has ${pool.length}.`)]
  if (size.kind === 'autoscaled' && size.max < zones.length) return [problem('size.max', `${plural(zones.length, 'zone')} need a largest size of at least ${zones.length}, one machine each.`)]
  return []
}

/** What is allowed and may still surprise. Shown beside the field; nothing is refused for it. */
export function poolHints(spec: PoolSpec): readonly Problem[] {
  const found: Problem[] = []
  const kept = Object.keys(spec.labels).filter((label) => !reachesNodes(label))
  if (kept.length > 0) {
    found.push(problem('labels', `${listed(kept.map((label) => cleanLine(label, 80)), 3)} ${kept.length === 1 ? 'stays' : 'stay'} on the machines and ${kept.length === 1 ? 'does' : 'do'} not reach Nodes. Only labels of node-role.kubernetes.io, node-restriction.kubernetes.io and node.cluster.x-k8s.io do.`))
  }
  const machines = spec.size.kind === 'fixed' ? spec.size.replicas : spec.size.min
  const repaired = roundedDown(spec.repair.maxUnhealthy, machines)
  if (spec.repair.on && machines > 0 && repaired === 0) {
    found.push(problem('repair.maxUnhealthy', `${spec.repair.maxUnhealthy} of ${plural(machines, 'machine')} is less than one, so none would ever be repaired.`))
  }
  if (spec.strategy.kind === 'on-delete') found.push(problem('strategy', 'A change reaches a machine only after somebody deletes it.'))
  return found
}
