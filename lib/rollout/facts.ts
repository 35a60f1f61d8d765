import { compareVersions } from '@/lib/kubernetes/version'
import { durations } from '@/lib/rollout/phases'
import type { Ask, ChangeKind, Phase, PoolChange, Rollout, RolloutMachine, SizePart, Story, Trouble } from '@/lib/rollout/story'
import { compareTimes, earliest, median } from '@/lib/rollout/times'
import { listed, plural } from '@/lib/text'

/** What says more comes later: a change of size during an upgrade is told as the upgrade. */
const WEIGHT: readonly ChangeKind[] = ['repair', 'scale', 'replace', 'upgrade', 'create', 'delete']

export const weightier = (left: ChangeKind, right: ChangeKind): ChangeKind => (WEIGHT.indexOf(left) >= WEIGHT.indexOf(right) ? left : right)

/**
 * The story with all that follows from its facts alone: kind, title, start, counts, medians. Facts of two replicas may be
 * united first and this asked afterwards: the result is the same for every order.
 */
export function derive({ rollout, machines }: Story): Story {
  const list = Object.values(machines)
  const change = rollout.asks.reduce((kind, ask) => weightier(kind, askedChange(ask)), rollout.change)
  const pools = Object.fromEntries(Object.entries(rollout.pools).map(([name, pool]) => [name, askedFrom(name, pool, rollout)]))
  const startedAt = earliest(rollout.startedAt, ...rollout.asks.map((ask) => ask.at)) ?? rollout.startedAt
  const version = change === 'create' ? { ...rollout.version, from: null } : rollout.version
  const known = { ...rollout, change, pools, startedAt, version }
  const medians = Object.fromEntries(Object.entries(durations(list)).flatMap(([phase, times]) => {
    const middle = median(times)
    return middle === null ? [] : [[phase, middle]]
  })) as Partial<Record<Phase, number>>
  return { rollout: { ...known, title: titleOf(known, list), ...countsOf(known, list), medians, troubles: closed(rollout.troubles, rollout.endedAt) }, machines: closedAll(machines, rollout.endedAt) }
}

/** A deletion is a story of its own: asked for while another is open, it ends that one and is not its kind. */
function askedChange({ kind }: Ask): ChangeKind {
  return kind === 'delete' ? 'repair' : kind
}

/** Operations name a pool as people do, or by its MachineDeployment. */
export const isAskFor = (ask: Ask, pool: string, cluster: string): boolean => (ask.kind === 'scale' || ask.kind === 'replace') && (ask.pool === pool || ask.pool === `${cluster}-${pool}`)

/** The earliest size that anybody knows of: an ask precedes what is seen of it. */
function askedFrom(name: string, pool: PoolChange, { asks, cluster }: Rollout): PoolChange {
  const known = asks.flatMap((ask) => (isAskFor(ask, name, cluster) && ask.from !== null ? [{ from: ask.from, at: ask.at }] : []))
  if (pool.from !== null) known.push({ from: pool.from, at: pool.fromAt ?? '' })
  const [first] = known.sort((a, b) => compareTimes(a.at, b.at) || a.from - b.from)
  return first === undefined || first.at === '' ? pool : { ...pool, from: first.from, fromAt: first.at }
}

/** At the end of a story nothing of it is still wrong. */
const closed = (troubles: readonly Trouble[], endedAt: string | null): readonly Trouble[] =>
  endedAt === null ? troubles : troubles.map((trouble) => ({ ...trouble, until: earliest(trouble.until, endedAt) }))

const closedAll = (machines: Story['machines'], endedAt: string | null): Story['machines'] =>
  endedAt === null ? machines : Object.fromEntries(Object.entries(machines).map(([uid, machine]) => [uid, { ...machine, troubles: closed(machine.troubles, endedAt) }]))

export interface Tally {
  /** Machines that come, and of them those that are ready. */
  readonly coming: number
  readonly arrived: number
  /** Machines that leave, and of them those that are gone. */
  readonly leaving: number
  readonly gone: number
}

export const isLeaving = ({ leaving }: RolloutMachine): boolean => leaving.deletion !== null || leaving.gone !== null
export const hasArrived = (machine: RolloutMachine): boolean => machine.side === 'new' && machine.steps.ready !== undefined && !isLeaving(machine)

/** What one pool of the story has to do; `name` null: machines outside of every pool. */
export function tallyOf(name: string | null, { change, pools }: Pick<Rollout, 'change' | 'pools'>, machines: readonly RolloutMachine[]): Tally {
  const pool = name === null ? undefined : pools[name]
  const own = machines.filter((machine) => machine.pool === name)
  const staying = own.filter((machine) => machine.side === 'new' && !isLeaving(machine))
  const olds = own.filter((machine) => machine.side === 'old')
  const missing = change === 'delete' || pool === undefined ? 0 : pool.to - (pool.kept ?? pool.from ?? pool.to)
  const fewer = change === 'scale' && pool !== undefined && pool.from !== null ? pool.from - pool.to : 0
  return {
    coming: change === 'delete' ? 0 : Math.max(0, staying.length, missing),
    arrived: staying.filter(hasArrived).length,
    leaving: Math.max(olds.length, fewer),
    gone: olds.filter((machine) => machine.leaving.gone !== null).length,
  }
}

export function talliesOf(rollout: Pick<Rollout, 'change' | 'pools'>, machines: readonly RolloutMachine[]): readonly Tally[] {
  const names = new Set<string | null>([...Object.keys(rollout.pools), ...machines.map((machine) => machine.pool)])
  return [...names].map((name) => tallyOf(name, rollout, machines))
}

/** A replaced machine counts once, by the one that comes; machines that only leave count by their going. */
function countsOf(rollout: Rollout, machines: readonly RolloutMachine[]): Pick<Rollout, 'done' | 'total'> {
  const parts = talliesOf(rollout, machines).map(({ coming, arrived, leaving, gone }) => (coming > 0 ? [arrived, coming] : [gone, leaving]) as [number, number])
  return { done: parts.reduce((sum, [done]) => sum + done, 0), total: parts.reduce((sum, [, total]) => sum + total, 0) }
}

const SIZE_WORDS: Readonly<Record<SizePart, string>> = { cpus: 'CPU', memoryMiB: 'memory', diskGiB: 'disk' }

function titleOf({ change, cluster, pools, version }: Rollout, machines: readonly RolloutMachine[]): string {
  const names = Object.keys(pools).sort()
  switch (change) {
    case 'create':
      return `Creation of ${cluster}`
    case 'delete':
      return `Deletion of ${cluster}`
    case 'upgrade':
      if (version.to === null) return `Upgrade of ${cluster}`
      return version.from === null || compareVersions(version.from, version.to) === 0 ? `Upgrade to ${version.to}` : `Upgrade from ${version.from} to ${version.to}`
    case 'replace': {
      const sizes = (['cpus', 'memoryMiB', 'diskGiB'] as const).filter((part) => names.some((name) => pools[name]?.sizes?.includes(part)))
      const words = sizes.length === 0 ? 'machine' : listed(sizes.map((part) => SIZE_WORDS[part]), 3)
      const replaced = names.filter((name) => pools[name]?.sizes !== undefined || machines.some((machine) => machine.side === 'old' && machine.pool === name))
      return `${words.charAt(0).toUpperCase()}${words.slice(1)} change${inPools(replaced.length === 0 ? names : replaced, ` of ${cluster}`)}`
    }
    case 'repair':
      return `Repair${inPools(names, ` of ${cluster}`)}`
    case 'scale': {
      const [name, ...others] = names.filter((each) => pools[each]?.from !== pools[each]?.to)
      const pool = name === undefined ? undefined : pools[name]
      if (pool === undefined) return names.length === 0 ? `Change of ${cluster}` : `Change of machines${inPools(names, '')}`
      if (others.length > 0) return `Size change${inPools([name ?? '', ...others], '')}`
      return `Pool ${name} ${pool.from === null ? '' : `from ${pool.from} `}to ${plural(pool.to, 'machine')}`
    }
  }
}

const inPools = (names: readonly string[], none: string): string => (names.length === 0 ? none : ` in pool${names.length === 1 ? '' : 's'} ${listed(names)}`)
