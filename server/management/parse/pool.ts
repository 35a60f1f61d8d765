import type { NodePoolView, NodePoolZone } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import { shortMachineName } from '@/lib/kubernetes/names'
import { byAge, comingWords, isBroken, isServing, joinedWords, nameOf, progressOf } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import { absoluteSurge } from '@/lib/node-pool/surge'
import { cause, plainPreflight } from '@/lib/plain-words'
import type { ConditionView } from '@/lib/state'
import { cleanLine, listed, plural } from '@/lib/text'
import { condition, isFalse, isTrue, oldCondition } from '@/server/management/parse/condition'
import { poolNameOf } from '@/server/management/parse/machine'
import { dig, isDeleting, labelOf, numberAt, textAt, timeAt } from '@/server/management/parse/raw'

export interface PoolParts {
  /** One, or one for each zone; sorted by name. */
  readonly deployments: readonly [KubeObject, ...KubeObject[]]
  /** The cluster's. */
  readonly sets: readonly KubeObject[]
  readonly template: KubeObject | null
  readonly machines: readonly MachineView[]
  readonly cluster: KubeObject
}

/** A pool with what the cluster's sentence needs of it and its view does not show. */
export interface PoolReading {
  readonly view: NodePoolView
  readonly machines: readonly MachineView[]
  /** 0..1 */
  readonly progress: number
  /** Its machines differ in version from what it asks for: the change is an upgrade. */
  readonly upgrading: boolean
  /** Needs a person; held back only by what ends by itself is not that. */
  readonly blocked: { readonly sentence: string; readonly condition: ConditionView | null } | null
}

type PoolState = NodePoolView['state']

export function readPool(parts: PoolParts): PoolReading {
  const { deployments, template, machines, cluster } = parts
  const deployment = leadOf(parts)
  const staysOn = deployments.filter((one) => !isDeleting(one) || isDeleting(deployment))
  const name = poolNameOf(deployment, deployment.metadata.name, cluster.metadata.name) ?? deployment.metadata.name
  const staying = machines.filter((machine) => machine.deletingSince === null)
  const desired = staysOn.reduce((sum, one) => sum + desiredOf(one), 0)
  const zones = staysOn.flatMap((one) => zoneRow(one, machines))
  const version = textAt(deployment, 'spec', 'template', 'spec', 'version')
  // Counted here, not read from status: the controllers' counts follow the machines by seconds, and a new machine counts as
  // "not up to date" there until its condition is set, which would be told as a replacement.
  const counts = {
    desired,
    ready: staying.filter(isServing).length,
    upToDate: staying.filter((machine) => machine.upToDate).length,
    total: machines.length,
  }
  const isNew = staying.filter((machine) => machine.upToDate)
  const progress = desired === 0 ? 1 : Math.min(1, isNew.reduce((sum, machine) => sum + progressOf(machine), 0) / desired)
  const blocked = blockedBy(parts, name)
  const size = dig(template, 'spec', 'template', 'spec')
  return {
    view: {
      name,
      machineDeployment: deployment.metadata.name,
      version,
      ...counts,
      cpus: numberAt(size, 'numCPUs'),
      memoryMiB: numberAt(size, 'memoryMiB'),
      diskGiB: numberAt(size, 'diskGiB'),
      ...(zones.length === 0 ? {} : { zones }),
      surge: staysOn.reduce((sum, one) => sum + absoluteSurge(dig(one, 'spec', 'rollout', 'strategy', 'rollingUpdate', 'maxSurge') ?? dig(one, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'), desiredOf(one)), 0),
      state: poolState(parts, name, counts, progress, blocked),
    },
    machines,
    progress,
    upgrading: version !== null && staying.some((machine) => machine.version !== null && machine.version !== version),
    blocked,
  }
}

/** The first that stays: its conditions stand for the pool's. */
const leadOf = ({ deployments }: PoolParts): KubeObject => deployments.find((deployment) => !isDeleting(deployment)) ?? deployments[0]

const desiredOf = (deployment: KubeObject): number => numberAt(deployment, 'spec', 'replicas') ?? numberAt(deployment, 'status', 'replicas') ?? 0

function zoneRow(deployment: KubeObject, machines: readonly MachineView[]): readonly NodePoolZone[] {
  const zone = textAt(deployment, 'spec', 'template', 'spec', 'failureDomain')
  if (zone === null) return []
  const ready = machines.filter((machine) => machine.zone === zone && machine.deletingSince === null && isServing(machine)).length
  return [{ zone, machineDeployment: deployment.metadata.name, desired: desiredOf(deployment), ready }]
}

type Counts = Pick<NodePoolView, 'desired' | 'ready' | 'upToDate' | 'total'>

function poolState(parts: PoolParts, name: string, { desired, ready, total }: Counts, progress: number, blocked: PoolReading['blocked']): PoolState {
  const { machines } = parts
  const deployment = leadOf(parts)
  const busy = (word: 'Creating' | 'Scaling' | 'Replacing', sentence: string, view: ConditionView | null): PoolState =>
    ({ word, role: 'busy', sentence, condition: view, percent: Math.round(progress * 100) })
  if (isDeleting(deployment)) return { word: 'Deleting', role: 'idle', sentence: total === 0 ? null : `${plural(total, 'machine')} ${total === 1 ? 'is' : 'are'} leaving`, condition: condition(deployment, 'Deleting'), percent: null }
  if (blocked !== null) return { word: 'Stalled', role: 'warn', sentence: blocked.sentence, condition: blocked.condition, percent: null }
  // The last old machine counts until it is gone: its leaving is the end of the change, not a change of size.
  if (desired > 0 && machines.some((machine) => !machine.upToDate)) return busy('Replacing', replacingWords(desired, machines, name), condition(deployment, 'RollingOut'))
  const broken = machines.filter((machine) => machine.deletingSince === null && isBroken(machine))
  if (broken.length > 0) return { word: 'Stalled', role: 'bad', sentence: `${broken.length} of ${plural(desired, 'machine')} ${broken.length === 1 ? 'is' : 'are'} not ready`, condition: broken[0]?.state.condition ?? null, percent: null }
  if (total > desired && ready >= desired) {
    const sentence = `${plural(total - desired, 'machine')} ${total - desired === 1 ? 'is' : 'are'} leaving; ${desired} ${desired === 1 ? 'stays' : 'stay'}`
    return { word: 'Scaling', role: 'busy', sentence, condition: condition(deployment, 'ScalingDown'), percent: Math.round((desired / total) * 100) }
  }
  if (ready < desired) return busy(isFirstTime(parts) ? 'Creating' : 'Scaling', joinedWords(desired, machines), condition(deployment, 'ScalingUp'))
  return { word: 'Ready', role: 'ok', sentence: null, condition: condition(deployment, 'Available'), percent: null }
}

/** "Machine 3 of 5 in pool general is being replaced; general-m4v7t is bootstrapping". */
export function replacingWords(desired: number, machines: readonly MachineView[], pool: string): string {
  const staying = machines.filter((machine) => machine.deletingSince === null)
  const done = staying.filter((machine) => machine.upToDate && machine.state.word === 'Ready').length
  const coming = comingWords(staying)
  const leaving = machines.filter((machine) => machine.deletingSince !== null).sort(byAge)[0]
  const after = coming ?? (leaving === undefined ? null : `${nameOf(leaving)} is leaving`)
  return `Machine ${Math.max(1, Math.min(done + 1, desired))} of ${desired} in pool ${pool} is being replaced${after === null ? '' : `; ${after}`}`
}

/**
 * A pool grows for the first time while nobody changed its spec since it was made, and its machines are of one age: a later
 * growth is Scaling, and so is a machine made anew in place of a lost one.
 */
function isFirstTime({ deployments, machines }: PoolParts): boolean {
  if (deployments.some(({ metadata }) => (numberAt(metadata, 'generation') ?? 1) > 1)) return false
  const ages = machines.map((machine) => Date.parse(machine.createdAt)).filter((time) => !Number.isNaN(time))
  return ages.length < 2 || Math.max(...ages) - Math.min(...ages) < 20 * 60_000
}

function blockedBy({ deployments, sets, machines, cluster }: PoolParts, name: string): PoolReading['blocked'] {
  const names = new Set(deployments.map(({ metadata }) => metadata.name))
  for (const set of [...deployments, ...sets.filter((candidate) => names.has(labelOf(candidate, 'cluster.x-k8s.io/deployment-name') ?? ''))]) {
    const growing = condition(set, 'ScalingUp')
    const preflight = growing !== null && isTrue(growing) ? plainPreflight(growing.message) : null
    if (preflight?.needsYou === true) return { sentence: `Pool ${name} cannot grow: ${preflight.held}`, condition: growing }
    const refused = refusedWords(set)
    if (refused !== null) return { sentence: `Pool ${name} cannot grow: ${refused.words}`, condition: refused.condition }
    const down = condition(set, 'ScalingDown')
    // Cluster API's own mark of a deletion that has taken too long (aggregateStaleMachines); it needs no clock of ours.
    const stale = isTrue(down) ? /Machines? ([\w.,:() -]{1,300}?) (?:is|are) in deletion since more than 15m(?:, delay likely due to ([\w ,]{1,120}))?/.exec(down?.message ?? '') : null
    if (stale !== null) {
      const names = (stale[1] ?? '').split(/, | and /).map((machine) => shortMachineName(cleanLine(machine, 80), cluster.metadata.name))
      return { sentence: `${listed(names)} could not be removed for over 15 min${stale[2] === undefined ? '' : `: ${staleWords(stale[2])}`}`, condition: down }
    }
  }
  const stuck = machines.filter((machine) => machine.deletingSince === null && machine.state.role === 'warn' && machine.state.sentence !== null).sort(byAge)
  const [first] = stuck
  if (first === undefined) return null
  const alike = stuck.filter((machine) => machine.state.sentence === first.state.sentence).length
  return { sentence: `${alike === 1 ? nameOf(first) : `${alike} machines`}: ${first.state.sentence ?? ''}`, condition: first.state.condition }
}

/**
 * Why the API server takes no more machines of a MachineSet. Only Cluster API's first conditions say it
 * (internal/controllers/machineset/machineset_controller.go, MachinesCreated); preflight checks are in ScalingUp too.
 */
function refusedWords(set: KubeObject): { readonly words: string; readonly condition: ConditionView } | null {
  const made = oldCondition(set, 'MachinesCreated')
  if (made === null || !isFalse(made) || made.reason === 'PreflightCheckFailed' || made.message === '') return null
  const quota = /exceeded quota: ([a-z0-9][\w.-]{0,250})/.exec(made.message)?.[1]
  return { words: quota === undefined ? cause(made.message) : `the quota ${quota} is used up`, condition: made }
}

const staleWords = (reasons: string): string =>
  reasons.replace('PodDisruptionBudgets', 'disruption budgets').replace('Pods not terminating', 'pods that do not end').replace('Pod eviction errors', 'pods that can’t be evicted').replace('Pods not completed yet', 'pods that are not done')

export const isNewlyMade = (deployment: KubeObject, cluster: KubeObject): boolean => {
  const [made, began] = [timeAt(deployment.metadata, 'creationTimestamp'), timeAt(cluster.metadata, 'creationTimestamp')]
  return made === null || began === null || Date.parse(made) - Date.parse(began) < 30 * 60_000
}
