import { roleOf } from '@/lib/cluster/group'
import { noFreeAddress } from '@/lib/cluster/no-address'
import type { AddressesView, ClusterView, ClusterWord } from '@/lib/cluster/view'
import { plainVersion } from '@/lib/kubernetes/version'
import { byAge, isBroken, joinedWords, nameOf } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import { cause, plainVCenter } from '@/lib/plain-words'
import type { ConditionView } from '@/lib/state'
import { listed, plural } from '@/lib/text'
import { condition, failureOf, isFalse, isTrue } from '@/server/management/parse/condition'
import { type ControlPlaneReading, isUpgrading, pausedWords, startingWords, upgradeWords } from '@/server/management/parse/control-plane'
import { deletionState } from '@/server/management/parse/deletion'
import { vCenterProblem } from '@/server/management/parse/machine-state'
import type { ClusterParts } from '@/server/management/parse/parts'
import { isNewlyMade, type PoolReading, replacingWords } from '@/server/management/parse/pool'
import { isDeleting, isPaused, listAt, numberAt, textAt } from '@/server/management/parse/raw'

export interface Readings {
  readonly parts: ClusterParts
  readonly controlPlane: ControlPlaneReading
  readonly pools: readonly PoolReading[]
  readonly machines: readonly MachineView[]
  readonly addresses: AddressesView
}

type ClusterState = ClusterView['state']
type Rule = (readings: Readings) => ClusterState | null

const state = (word: ClusterWord, sentence: string | null, view: ConditionView | null, percent: number | null = null): ClusterState =>
  ({ word, role: roleOf(word), sentence, condition: view, percent })

/**
 * One plain sentence for a cluster. The first rule that holds speaks: what a person must mend comes before what goes on by
 * itself, since a change that cannot end would hide its own cause.
 */
const RULES: readonly Rule[] = [deleting, paused, failed, vCenterAway, controlPlaneRefused, addressesUsedUp, poolBlocked, starting, silent, controlPlaneChanging, controlPlaneDown, machinesBroken, poolsChanging]

export function clusterState(readings: Readings): ClusterState {
  for (const rule of RULES) {
    const found = rule(readings)
    if (found !== null) return found
  }
  return state('Ready', null, condition(readings.parts.cluster, 'Available') ?? readings.controlPlane.probe)
}

function deleting({ parts, machines }: Readings): ClusterState | null {
  return isDeleting(parts.cluster) ? deletionState(parts, machines) : null
}

function paused({ parts }: Readings): ClusterState | null {
  if (!isPaused(parts.cluster)) return null
  const words = pausedWords(parts.controlPlane)
  return state('Paused', `${words.charAt(0).toUpperCase()}${words.slice(1)}`, condition(parts.cluster, 'Paused'))
}

function failed({ parts, controlPlane }: Readings): ClusterState | null {
  const failure = failureOf(parts.cluster) ?? failureOf(parts.infrastructure) ?? controlPlane.failure
  if (failure !== null) return state('Failed', `It failed and is not tried again: ${cause(failure)}`, condition(parts.cluster, 'Available'))
  for (const [type, what] of [['InfrastructureReady', 'vSphere part'], ['ControlPlaneAvailable', 'control plane']] as const) {
    const view = condition(parts.cluster, type)
    // "has been deleted while the cluster still exists": Cluster API never makes it again.
    if (view?.reason === 'ObjectDeleted') return state('Failed', `Its ${what} was deleted while the cluster still exists`, view)
  }
  return null
}

function vCenterAway({ parts }: Readings): ClusterState | null {
  const views = [condition(parts.infrastructure, 'VCenterAvailable'), ...parts.machines.map(vCenterProblem)]
  const view = views.find((candidate) => isFalse(candidate)) ?? null
  if (view === null) return null
  return state('Stalled', plainVCenter(view.message, textAt(parts.infrastructure, 'spec', 'identityRef', 'name'), textAt(parts.infrastructure, 'spec', 'server')), view)
}

function controlPlaneRefused({ controlPlane }: Readings): ClusterState | null {
  return controlPlane.refused === null ? null : state('Stalled', controlPlane.refused.sentence, controlPlane.refused.condition)
}

function addressesUsedUp({ machines, addresses }: Readings): ClusterState | null {
  const found = noFreeAddress(addresses, machines, machines)
  return found === null ? null : state('Stalled', found.sentence, found.condition)
}

function poolBlocked({ pools }: Readings): ClusterState | null {
  const blocked = pools.find((pool) => pool.blocked !== null)?.blocked ?? null
  return blocked === null ? null : state('Stalled', blocked.sentence, blocked.condition)
}

function starting({ parts, controlPlane }: Readings): ClusterState | null {
  if (controlPlane.answeredBefore) return null
  const view = condition(parts.controlPlane, 'TenantControlPlaneAddressReady')
  return state('Creating', startingWords(parts.controlPlane), isFalse(view) ? view : controlPlane.probe, Math.round(controlPlane.progress * 40))
}

/** An upgrade restarts API servers; the probe waits 5 min before it calls that silence. */
function silent({ controlPlane }: Readings): ClusterState | null {
  return isTrue(controlPlane.probe) ? null : state('Degraded', 'The API does not answer the management cluster', controlPlane.probe)
}

function controlPlaneChanging({ parts, controlPlane }: Readings): ClusterState | null {
  const { desiredVersion, currentVersion, view } = controlPlane
  if (isUpgrading(desiredVersion, currentVersion)) return state('Upgrading', upgradeWords(desiredVersion, currentVersion), view.state.condition)
  if (view.replicas === 0 || view.state.word !== 'Ready') return null
  const words = rolloutWords(parts.controlPlane, view.replicas)
  return words === null ? null : state('Updating', words, view.state.condition)
}

/**
 * What Kamaji's Deployment does, as the provider copies its status: old and new Pods side by side, or more or fewer of them. Until
 * the provider has looked at the spec as it is now, all of that is of the one before.
 */
function rolloutWords(controlPlane: ClusterParts['controlPlane'], replicas: number): string | null {
  const seen = listAt(controlPlane, 'status', 'conditions').map((view) => numberAt(view, 'observedGeneration') ?? 0)
  const generation = numberAt(controlPlane?.metadata, 'generation') ?? 0
  if (seen.length > 0 && Math.max(...seen) > 0 && Math.max(...seen) < generation) return 'Kamaji is about to change the control plane'
  const made = numberAt(controlPlane, 'status', 'replicas')
  const fresh = numberAt(controlPlane, 'status', 'upToDateReplicas') ?? numberAt(controlPlane, 'status', 'updatedReplicas')
  if (made === null) return null
  if (fresh !== null && fresh < made) return 'The Pods of the control plane are replaced; machines keep running'
  return made === replicas ? null : `The control plane goes from ${made} to ${plural(replicas, 'replica')}`
}

function controlPlaneDown({ controlPlane }: Readings): ClusterState | null {
  const { state: own } = controlPlane.view
  if (own.word === 'Missing') return state('Failed', 'Its control plane is gone', controlPlane.probe)
  return own.word === 'Not ready' ? state('Degraded', own.sentence, own.condition) : null
}

function machinesBroken({ machines, parts }: Readings): ClusterState | null {
  const staying = machines.filter((machine) => machine.deletingSince === null)
  const broken = staying.filter(isBroken).sort(byAge)
  const first = broken[0]
  if (first === undefined) return null
  const repair = isTrue(condition(parts.cluster, 'Remediating')) ? '; repair is under way' : ''
  const sentence = broken.length === 1
    ? `${nameOf(first)}: ${first.state.sentence ?? 'not ready'}${repair}`
    : `${broken.length} of ${plural(staying.length, 'machine')} are not ready: ${listed(broken.map(nameOf))}${repair}`
  return state('Degraded', sentence, first.state.condition)
}

const average = (pools: readonly PoolReading[]): number => {
  const all = pools.reduce((sum, pool) => sum + pool.view.desired, 0)
  return all === 0 ? 1 : pools.reduce((sum, pool) => sum + pool.progress * pool.view.desired, 0) / all
}

function poolsChanging({ parts, controlPlane, pools, machines }: Readings): ClusterState | null {
  const { cluster } = parts
  const replacing = pools.find((pool) => pool.view.state.word === 'Replacing')
  if (replacing !== undefined) {
    const words = replacingWords(replacing.view.desired, replacing.machines, replacing.view.name)
    const percent = Math.min(99, Math.round(replacing.progress * 100))
    if (!replacing.upgrading) return state('Replacing', words, replacing.view.state.condition, percent)
    return state('Upgrading', `To ${plainVersion(replacing.view.version ?? controlPlane.desiredVersion ?? '?')}: ${words.charAt(0).toLowerCase()}${words.slice(1)}`, replacing.view.state.condition, percent)
  }
  const first = pools.filter((pool) => pool.view.state.word === 'Creating')
  if (first.length > 0 && parts.machineDeployments.every((deployment) => isNewlyMade(deployment, cluster))) {
    const view = condition(cluster, 'WorkersAvailable') ?? first[0]?.view.state.condition ?? null
    return state('Creating', joinedWords(pools.reduce((sum, pool) => sum + pool.view.desired, 0), machines), view, Math.round(40 + average(pools) * 60))
  }
  const scaling = pools.find((pool) => pool.view.state.word === 'Scaling' || pool.view.state.word === 'Creating')
  if (scaling !== undefined) {
    const { name, state: own } = scaling.view
    return state('Scaling', pools.length === 1 ? own.sentence : `Pool ${name}: ${own.sentence ?? ''}`, own.condition, own.percent)
  }
  const leaving = pools.find((pool) => pool.view.state.word === 'Deleting')
  if (leaving !== undefined) return state('Updating', `Pool ${leaving.view.name} is being removed`, leaving.view.state.condition)
  return null
}
