import { noFreeAddress } from '@/lib/cluster/no-address'
import type { ClusterView } from '@/lib/cluster/view'
import { byAge, nameOf } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import { plainPreflight, plainVCenter } from '@/lib/plain-words'
import { isOnItsWay, machinesOf } from '@/lib/rollout/signs'
import type { RolloutState, StallReason, Story } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { ms } from '@/lib/rollout/times'
import { budgetHold, sinceOf } from '@/lib/rollout/troubles'
import type { ConditionView } from '@/lib/state'

interface Halt {
  readonly reason: StallReason
  readonly sentence: string
  readonly condition: ConditionView | null
  /** When it is known better than by when it was noticed. */
  readonly since?: string
}

interface Sight {
  readonly story: Story
  readonly cluster: ClusterView
  /** Those of the story that still exist, oldest first. */
  readonly machines: readonly MachineView[]
  readonly after: Picture
  readonly now: string
}

/**
 * What an open story does, waits for or is stopped by. Conditions and counts decide; text only where the API has nothing else.
 * @param opened the story was just met: a condition's own time is the best that is known
 * @param waits nothing is under way: its upgrade is paused between two steps
 */
export function openState(story: Story, after: Picture, now: string, { opened, waits }: { readonly opened: boolean; readonly waits: boolean }): RolloutState {
  const machines = machinesOf(after).filter((machine) => story.machines[machine.uid] !== undefined).sort(byAge)
  const sight: Sight = { story, cluster: after.cluster, machines, after, now }
  const before = story.rollout.state
  const failure = failureOf(sight)
  if (failure !== null) {
    return { is: 'failed', ...failure, at: before.is === 'failed' ? before.at : sinceOf(failure.condition, now, opened ? null : story.rollout.startedAt) }
  }
  const halt = haltOf(sight)
  if (halt !== null) {
    const { since, ...rest } = halt
    const first = before.is === 'stalled' && before.reason === halt.reason ? before.since : (since ?? sinceOf(halt.condition, now, opened ? null : now))
    return { is: 'stalled', ...rest, since: first }
  }
  return { is: 'rolling', ...(waits ? { sentence: 'The upgrade is paused until somebody continues it', condition: null } : rollingOf(sight)) }
}

/** A machine that failed for good stops the change once no other is under way. */
function failureOf({ cluster, machines }: Sight): { readonly sentence: string; readonly condition: ConditionView | null } | null {
  if (cluster.state.word === 'Failed') return { sentence: cluster.state.sentence ?? 'It failed', condition: cluster.state.condition }
  const failed = machines.find((machine) => machine.state.word === 'Failed')
  const others = machines.some((machine) => machine.state.word !== 'Failed' && (machine.deletingSince !== null || isOnItsWay(machine)))
  if (failed === undefined || others) return null
  return { sentence: `${nameOf(failed)}: ${failed.state.sentence ?? 'it failed'}`, condition: failed.state.condition }
}

const HALTS: readonly ((sight: Sight) => Halt | null)[] = [paused, vcenterAway, controlPlaneDown, quota, noAddress, templateMissing, drainBlocked, preflight, other]

function haltOf(sight: Sight): Halt | null {
  for (const rule of HALTS) {
    const halt = rule(sight)
    if (halt !== null) return halt
  }
  return null
}

/** A paused cluster that is being deleted says so in its sentence; it has no condition of it in older contracts. */
function paused({ cluster: { state } }: Sight): Halt | null {
  const held = state.word === 'Deletion held' && (state.condition?.type === 'Paused' || /^It is paused/.test(state.sentence ?? ''))
  return state.word === 'Paused' || held ? { reason: 'paused', sentence: state.sentence ?? 'Nothing is changed until it is resumed', condition: state.condition } : null
}

const isAway = (condition: ConditionView | null): boolean => condition?.type === 'VCenterAvailable' && condition.status === 'False' && condition.reason !== 'Deleting'
/** What a clone's error says when it is vCenter itself that is away: the sign-in text is vCenter's, the others are Go's. */
const UNREACHABLE = /incorrect user name or password|cannot complete login|connection refused|no such host|i\/o timeout|network is unreachable|no route to host/i

function vcenterAway({ cluster, machines }: Sight): Halt | null {
  const { state, identity, placement, health } = cluster
  if (isAway(state.condition)) return { reason: 'vcenter-away', sentence: state.sentence ?? 'vCenter cannot be used', condition: state.condition }
  const own = health.find((item) => isAway(item.condition))?.condition ?? machines.find((machine) => isAway(machine.state.condition))?.state.condition ?? null
  const text = own ?? machines.find((machine) => isWarn(machine) && machine.state.condition?.type === 'VirtualMachineProvisioned' && UNREACHABLE.test(machine.state.condition.message))?.state.condition ?? null
  return text === null ? null : { reason: 'vcenter-away', sentence: plainVCenter(text.message, identity, placement?.server ?? null), condition: text }
}

const isWarn = ({ state }: MachineView): boolean => state.role === 'warn' || state.role === 'bad'

/** Not while it is deleted: then it goes. */
function controlPlaneDown({ cluster, story }: Sight): Halt | null {
  const { word, role, sentence, condition } = cluster.controlPlane.state
  if (story.rollout.change === 'delete' || (role !== 'warn' && role !== 'bad' && word !== 'Not ready')) return null
  return { reason: 'control-plane', sentence: sentence ?? 'The control plane is not ready', condition }
}

/** `pods "x" is forbidden: exceeded quota: small, requested: ...` (kube-apiserver's resourcequota admission). */
function quota({ cluster, machines }: Sight): Halt | null {
  const conditions = [cluster.state, cluster.controlPlane.state, ...cluster.pools.map((pool) => pool.state), ...machines.map((machine) => machine.state)].map((state) => state.condition)
  for (const condition of conditions) {
    const name = /exceeded quota: ([a-z0-9][\w.-]{0,250})/i.exec(condition?.message ?? '')?.[1]
    if (name !== undefined) return { reason: 'quota', sentence: `The quota ${name} is used up`, condition }
  }
  return null
}

function noAddress({ cluster, machines, after }: Sight): Halt | null {
  const found = noFreeAddress(cluster.addresses, machines, machinesOf(after))
  return found === null ? null : { reason: 'no-address', ...found }
}

const NO_TEMPLATE = /(?:vm|virtual machine|template)(?: by name)? ['"][^'"]{1,200}['"] not found|unable to (?:find|get) template|VSphereMachineTemplate\b.{0,200}(?:does(?: not|n't) exist|not found)/i

function templateMissing({ cluster, machines }: Sight): Halt | null {
  const stuck = machines.find((machine) => isWarn(machine) && machine.deletingSince === null && NO_TEMPLATE.test(machine.state.condition?.message ?? ''))
  if (stuck !== undefined) return { reason: 'template-missing', sentence: `${nameOf(stuck)}: ${stuck.state.sentence ?? 'its template is gone'}`, condition: stuck.state.condition }
  const pool = cluster.pools.find(({ state }) => state.word === 'Stalled' && NO_TEMPLATE.test(state.condition?.message ?? ''))
  return pool === undefined ? null : { reason: 'template-missing', sentence: pool.state.sentence ?? `The template of pool ${pool.name} is gone`, condition: pool.state.condition }
}

/** Shorter waits are how every drain of a budget's pods goes: one pod after the other. */
const HELD_MS = 30_000

function drainBlocked({ story, machines, now }: Sight): Halt | null {
  for (const machine of machines) {
    const recorded = story.machines[machine.uid]
    const hold = recorded === undefined ? null : budgetHold(recorded)
    if (hold === null || !(ms(now) - ms(hold.at) > HELD_MS)) continue
    return { reason: 'drain-blocked', sentence: `${nameOf(machine)} can’t be drained: ${lower(hold.sentence)}`, condition: machine.state.condition, since: hold.at }
  }
  return null
}

const lower = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`

function preflight({ cluster }: Sight): Halt | null {
  const pool = cluster.pools.find(({ state }) => state.word === 'Stalled' && state.condition?.type === 'ScalingUp')
  return pool === undefined ? null : { reason: 'preflight', sentence: pool.state.sentence ?? `Pool ${pool.name} cannot grow`, condition: pool.state.condition }
}

/** What else a person must mend, and a broken machine once nothing else is under way. */
function other({ cluster: { state }, machines }: Sight): Halt | null {
  const busy = machines.some((machine) => machine.deletingSince !== null || isOnItsWay(machine))
  const stuck = state.word === 'Stalled' || state.word === 'Deletion held' || (state.word === 'Degraded' && !busy)
  return stuck ? { reason: 'other', sentence: state.sentence ?? 'It does not go on', condition: state.condition } : null
}

/** The cluster's own sentence; what holds a pool for a while and ends by itself is added. */
function rollingOf({ cluster, story }: Sight): { readonly sentence: string | null; readonly condition: ConditionView | null } {
  const { sentence, condition, word } = cluster.state
  if (sentence === null) return { sentence: word === 'Ready' && story.rollout.done < story.rollout.total ? 'Cluster API is about to begin' : null, condition }
  const held = cluster.pools.flatMap((pool) => (pool.state.condition?.type === 'ScalingUp' && pool.ready < pool.desired ? (plainPreflight(pool.state.condition.message) ?? []) : []))[0]
  return { sentence: held === undefined || held.needsYou ? sentence : `${sentence}; ${held.held}`, condition }
}
