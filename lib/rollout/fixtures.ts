/** A small world for tests: lives of machines on a clock, and the pictures that the watches would show of it at any second. */
import { groupOf, roleOf } from '@/lib/cluster/group'
import type { AddressesView, ClusterView, ClusterWord, NodePoolView } from '@/lib/cluster/view'
import type { MachineStepName, MachineView, MachineWord } from '@/lib/machine/view'
import type { Ask, Story } from '@/lib/rollout/story'
import type { OpenUpgrade, Picture, Seen } from '@/lib/rollout/picture'
import { tell, withAsks } from '@/lib/rollout/tell'
import type { ConditionView, State, StateRole } from '@/lib/state'

const NOON = Date.UTC(2026, 10, 21, 14)
/** RFC 3339 as Kubernetes writes it, seconds after 14:00. */
export const at = (second: number): string => new Date(NOON + Math.floor(second) * 1000).toISOString().replace('.000Z', 'Z')
/** RFC 3339 as the portal writes it. */
export const clock = (second: number): string => new Date(NOON + second * 1000).toISOString()

export const cond = (type: string, status: ConditionView['status'], reason: string, message = '', since: string | null = null): ConditionView => ({ type, status, reason, message, since })

/** Seconds after a machine was asked for. */
export const STEPS: readonly (readonly [MachineStepName, number, MachineWord])[] = [
  ['requested', 0, 'Cloning'], ['cloned', 30, 'Waiting for address'], ['address', 35, 'Powering on'], ['powered-on', 50, 'Bootstrapping'],
  ['bootstrapped', 80, 'Joining'], ['joined', 88, 'Joining'], ['ready', 90, 'Ready'],
]
const DRAIN = 20
const DELETE = 10

export interface Life {
  readonly id: string
  readonly pool?: string
  readonly made: number
  readonly version?: string
  /** From when on it is outdated. */
  readonly outdated?: number
  readonly leaves?: number
  /** How much longer its drain takes, for a disruption budget. */
  readonly held?: number
  /** It waits for this step until then, whatever the pace. */
  readonly waits?: { readonly for: MachineStepName; readonly until: number }
  /** A state of its own at some time. */
  readonly says?: (second: number) => State<MachineWord> | null
}

interface Pool {
  readonly desired: number
  readonly memoryMiB?: number
  readonly version?: string
  readonly surge?: number
  readonly state?: Partial<NodePoolView['state']>
}

export interface World {
  readonly made?: number
  readonly answers?: number
  readonly version?: (second: number) => ClusterView['version']
  readonly pools: (second: number) => Readonly<Record<string, Pool>>
  readonly lives: readonly Life[]
  readonly addresses?: (second: number) => AddressesView
  readonly state?: (second: number) => Partial<ClusterView['state']> | null
  readonly deleting?: number
  readonly gone?: number
}

const V = 'v1.35.2'
const state = <Word extends string>(word: Word, role: StateRole, sentence: string | null = null, condition: ConditionView | null = null): State<Word> => ({ word, role, sentence, condition, percent: null })

export const BUDGET_MESSAGE = `Drain not completed yet (started at 2024-10-09T16:13:59Z):
* Pod shop/ledger-api-0: cannot evict pod as it would violate the pod's disruption budget. The disruption budget ledger-api needs 3 healthy pods and has 3 currently`

function lifeAt(life: Life, second: number): MachineView | null {
  const { id, pool = 'general', made, waits } = life
  const left = life.leaves === undefined ? null : second - life.leaves
  if (second < made || (left !== null && left >= goneAfter(life))) return null
  const shift = (name: MachineStepName): number => {
    const index = STEPS.findIndex(([step]) => step === name)
    const from = waits === undefined ? -1 : STEPS.findIndex(([step]) => step === waits.for)
    const planned = made + (STEPS[index]?.[1] ?? 0)
    const late = waits === undefined || index < from ? 0 : Math.max(0, waits.until - made - (STEPS[from]?.[1] ?? 0))
    return planned + late
  }
  const stop = left !== null && left >= 0 ? (life.leaves ?? second) : second
  const steps = STEPS.map(([name]) => ({ name, at: shift(name) <= stop ? at(shift(name)) : null }))
  const reached = steps.filter((step) => step.at !== null).length
  const own = life.says?.(second) ?? comingState(STEPS[reached - 1]?.[2] ?? 'Requested', made)
  const name = `blue-1-${pool}-abcde-${id}`
  return {
    kind: 'machine', uid: `uid-${id}`, tenant: 'blue', cluster: 'blue-1', pool, name, phase: 'Running', node: reached >= 6 ? { name, ready: reached === 7 } : null,
    address: reached >= 3 ? `10.40.12.${(made % 200) + 1}` : null, version: life.version ?? V, upToDate: !(life.outdated !== undefined && second >= life.outdated), steps, createdAt: at(made),
    deletingSince: left !== null && left >= 0 ? at(life.leaves ?? 0) : null, state: left !== null && left >= 0 ? leavingState(life, left) : own,
  }
}

export const goneAfter = (life: Life): number => DRAIN + (life.held ?? 0) + DELETE

function comingState(word: MachineWord, made: number): State<MachineWord> {
  if (word === 'Ready') return state(word, 'ok', null, cond('Ready', 'True', 'Ready'))
  if (word === 'Waiting for address') return state(word, 'idle', 'It waits for an address from the pool', cond('IPAddressClaimsFulfilled', 'False', 'WaitingForIPAddress', '0/1 claims being processed', at(made + 30)))
  return state(word, 'busy')
}

function leavingState(life: Life, left: number): State<MachineWord> {
  const drain = DRAIN + (life.held ?? 0)
  const since = at(life.leaves ?? 0)
  if (left >= drain) return state('Deleting', 'idle', 'vSphere is removing its VM', cond('Deleting', 'True', 'WaitingForInfrastructureDeletion', '', since))
  const held = life.held !== undefined && left >= 5
  return state('Draining', 'idle', held ? 'A disruption budget allows no eviction yet' : 'Its pods are moving to other machines', cond('Deleting', 'True', 'DrainingNode', held ? BUDGET_MESSAGE : 'Drain not completed yet', since))
}

export function pictureAt(world: World, second: number): Picture | null {
  const made = world.made ?? -100_000
  if (second < made || (world.gone !== undefined && second >= world.gone)) return null
  const machines = world.lives.flatMap((life) => lifeAt(life, second) ?? [])
  const answers = second >= (world.answers ?? -99_000)
  const pools = Object.entries(world.pools(second)).map(([name, pool]) => poolView(name, pool, machines.filter((machine) => machine.pool === name)))
  const version = world.version?.(second) ?? { desired: V, current: V }
  const deleting = world.deleting !== undefined && second >= world.deleting
  const word: ClusterWord = deleting ? 'Deleting' : !answers ? 'Creating' : version.desired !== version.current ? 'Upgrading' : pools.some((pool) => pool.state.word === 'Replacing') ? 'Replacing'
    : pools.some((pool) => pool.state.word !== 'Ready') ? (second - made < 1800 && made >= 0 ? 'Creating' : 'Scaling') : 'Ready'
  const said = world.state?.(second) ?? {}
  const own = { ...state(word, roleOf(word), word === 'Ready' ? null : `${word} goes on`), ...said }
  const cluster: ClusterView = {
    kind: 'cluster', uid: 'uid-blue-1', tenant: 'blue', name: 'blue-1', state: { ...own, role: roleOf(own.word) }, group: groupOf(own.word), version,
    controlPlane: { replicas: 2, readyReplicas: answers ? 2 : 0, answers, state: answers ? state('Ready', 'ok') : state('Creating', 'busy', 'The control plane is starting') },
    endpoint: null, identity: null, placement: null, networks: { pods: [], services: [] }, addresses: world.addresses?.(second) ?? { kind: 'dhcp' }, pools,
    machines: { desired: 0, ready: 0, total: machines.length }, health: [{ ok: answers, sentence: '', condition: cond('RemoteConnectionProbe', answers ? 'True' : 'False', 'x', '', at(world.answers ?? -99_000)) }],
    kubeconfig: { ready: true }, remaining: [], createdAt: at(made), deletingSince: deleting ? at(world.deleting ?? 0) : null,
  }
  return { cluster, machines: new Map(machines.map((machine) => [machine.uid, machine])) }
}

function poolView(name: string, pool: Pool, machines: readonly MachineView[]): NodePoolView {
  const staying = machines.filter((machine) => machine.deletingSince === null)
  const counts = { desired: pool.desired, ready: staying.filter((machine) => machine.state.word === 'Ready').length, upToDate: staying.filter((machine) => machine.upToDate).length, total: machines.length }
  const word = machines.some((machine) => !machine.upToDate) ? 'Replacing' : counts.ready !== pool.desired || counts.total !== pool.desired ? 'Scaling' : 'Ready'
  return {
    name, machineDeployment: `blue-1-${name}`, version: pool.version ?? V, ...counts, cpus: 4, memoryMiB: pool.memoryMiB ?? 8192, diskGiB: 60, surge: pool.surge ?? 1,
    state: { ...state(word as NodePoolView['state']['word'], word === 'Ready' ? 'ok' : 'busy'), ...pool.state },
  }
}

export const seenAt = (world: World, before: number | null, second: number): Seen => ({ before: before === null ? null : pictureAt(world, before), after: pictureAt(world, second) })

export interface Told {
  /** The open story after each look; ended ones as they were returned. */
  readonly all: readonly { readonly second: number; readonly story: Story | null }[]
  readonly ended: readonly Story[]
  readonly open: Story | null
}

/** Tells a world's story as one replica would: a look every `every` seconds. A start has no picture before it. */
export function watch(world: World, from: number, to: number, options: { every?: number; story?: Story | null; before?: number | null; asks?: readonly Ask[]; id?: string; upgrade?: (second: number) => OpenUpgrade | null } = {}): Told {
  const { every = 1, asks = [], id = 'r', upgrade = () => null } = options
  let story = options.story ?? null
  let before = options.before ?? null
  let count = 0
  const all: { second: number; story: Story | null }[] = []
  const ended: Story[] = []
  for (let second = from; second <= to; second += every) {
    const open = upgrade(second)
    let next = tell(story, { ...seenAt(world, before, second), ...(open === null ? {} : { upgrade: open }) }, clock(second), () => `${id}${++count}`)
    const known = asks.filter((ask) => ask.at <= clock(second))
    if (next !== null && next.rollout.endedAt === null && known.length > 0) next = withAsks(next, known)
    all.push({ second, story: next })
    story = next
    if (next !== null && next.rollout.endedAt !== null) {
      ended.push(next)
      story = null
    }
    before = second
  }
  return { all, ended, open: story }
}
