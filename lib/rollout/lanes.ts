import { span } from '@/lib/duration'
import { shortMachineName } from '@/lib/kubernetes/names'
import { isLeaving, tallyOf } from '@/lib/rollout/facts'
import { COMING, durations, type Stretch, stretchesOf, wholeComing, wholeLeaving } from '@/lib/rollout/phases'
import type { Phase, Rollout, RolloutMachine, Story } from '@/lib/rollout/story'
import { compareTimes, ms, ninetieth } from '@/lib/rollout/times'
import { isHold } from '@/lib/rollout/troubles'
import type { StateRole } from '@/lib/state'

/** All times in ms since 1970. `to` null: up to now. */
export interface Span {
  readonly from: number
  readonly to: number | null
}
export type Block = Stretch

/** What is expected, drawn in dashes: to be made, to serve until then, to be drained and deleted. */
export interface Expected {
  readonly what: 'make' | 'serve' | 'leave'
  readonly from: number
  readonly to: number
}

export interface LaneMachine {
  readonly uid: string
  /** Without the cluster's name. */
  readonly name: string
  readonly machine: RolloutMachine
  readonly blocks: readonly Block[]
  /** The thin line. */
  readonly serving: readonly Span[]
}

/** One row of the rollout picture: a machine that goes, the one that comes in its place, or one of them alone. */
export interface Lane {
  readonly key: string
  readonly pool: string | null
  readonly old: LaneMachine | null
  /** null: none comes, or it is not made yet. */
  readonly new: LaneMachine | null
  /** "Replaced", "Joined", "Removed", the machine's own word, "Next", "After that". */
  readonly word: string
  readonly role: StateRole
  readonly finished: boolean
  /** It has been in its phase for longer than nine of ten were. */
  readonly overdue: boolean
  readonly startedAt: number | null
  /** "2 min 00 s", "13 s, usually 26 s", "waits for general-m4v7t". */
  readonly tookOrWaits: string | null
  readonly expected: { readonly old: readonly Expected[]; readonly new: readonly Expected[] }
  /** Where a block has its triangle. */
  readonly waits: readonly (Span & { readonly sentence: string })[]
}

interface Pair {
  readonly pool: string | null
  readonly old: RolloutMachine | null
  readonly new: RolloutMachine | null
}

/**
 * The rows of a story's picture, which are its table's too. Pairs are for display: the n-th to leave with the n-th to come, by pool.
 * @param now RFC 3339, or ms since 1970
 */
export function lanesOf(story: Story, now: string | number): readonly Lane[] {
  const { rollout, machines } = story
  const clock = typeof now === 'number' ? now : ms(now)
  const end = rollout.endedAt === null ? clock : ms(rollout.endedAt)
  const all = Object.values(machines)
  const usual = usualOf(rollout, all)
  const lanes: Lane[] = []
  for (const pool of [...new Set<string | null>([...Object.keys(rollout.pools), ...all.map((machine) => machine.pool)])].sort((a, b) => (a ?? '').localeCompare(b ?? ''))) {
    lanes.push(...lanesOfPool(pairsOf(pool, rollout, all), rollout, usual, end))
  }
  return lanes
}

function pairsOf(pool: string | null, rollout: Rollout, all: readonly RolloutMachine[]): readonly Pair[] {
  const own = all.filter((machine) => machine.pool === pool)
  const byTime = (time: (machine: RolloutMachine) => string | null | undefined) => (a: RolloutMachine, b: RolloutMachine): number => {
    const [left, right] = [time(a) ?? null, time(b) ?? null]
    if (left === null || right === null) return left !== right ? (left === null ? 1 : -1) : a.name < b.name ? -1 : 1
    return compareTimes(left, right) || (a.name < b.name ? -1 : 1)
  }
  const olds = own.filter(({ side }) => side === 'old').sort(byTime(({ leaving }) => leaving.deletion ?? leaving.gone))
  const news = own.filter(({ side }) => side === 'new').sort(byTime(({ steps }) => steps.requested))
  const { coming } = tallyOf(pool, rollout, all)
  // Machines that have not been asked of vSphere yet have a row too; one that came and left again needs none for its successor.
  const unmade = rollout.endedAt === null ? Math.max(0, coming - news.filter((machine) => !isLeaving(machine)).length) : 0
  const rows = Math.max(olds.length, news.length + unmade)
  return Array.from({ length: rows }, (_, index) => ({ pool, old: olds[index] ?? null, new: news[index] ?? null }))
}

interface Usual {
  readonly medians: Rollout['medians']
  readonly ninetieths: Partial<Record<Phase, number>>
  readonly coming: number | null
  readonly leaving: number | null
  readonly cluster: string
  /** Machines come one after the other, each in the place of one that goes. */
  readonly inTurn: boolean
}

function usualOf(rollout: Rollout, all: readonly RolloutMachine[]): Usual {
  const ninetieths = Object.fromEntries(Object.entries(durations(all)).flatMap(([phase, times]) => [[phase, ninetieth(times) ?? undefined]])) as Partial<Record<Phase, number>>
  const inTurn = rollout.change === 'replace' || rollout.change === 'upgrade'
  return { medians: rollout.medians, ninetieths, coming: wholeComing(all), leaving: wholeLeaving(all), cluster: rollout.cluster, inTurn }
}

const nameOf = (machine: RolloutMachine, cluster: string): string => shortMachineName(machine.name, cluster)

function lanesOfPool(pairs: readonly Pair[], rollout: Rollout, usual: Usual, end: number): readonly Lane[] {
  const open = rollout.endedAt === null
  let waiting = 0
  // When the machine of each row serves, as far as that is known or expected: the next row's begins then.
  let turn = end
  let ahead: string | null = null
  return pairs.map((pair, index) => {
    const { old, new: made } = pair
    const begun = made !== null || old === null ? made !== null : isLeaving(old)
    const word = wordOf(pair, begun, waiting)
    const expected = open ? expectedOf(pair, begun, usual, end, turn) : { old: [], new: [] }
    const current = currentOf(pair, end)
    const overdue = open && current !== null && current.took > (usual.ninetieths[current.phase] ?? Number.POSITIVE_INFINITY)
    const lane: Lane = {
      key: old?.uid ?? made?.uid ?? `${pair.pool ?? ''}:${index}`,
      pool: pair.pool,
      old: old === null ? null : laneMachine(old, usual.cluster, end, open),
      new: made === null ? null : laneMachine(made, usual.cluster, end, open),
      ...word,
      overdue,
      startedAt: startOf(pair),
      tookOrWaits: begun ? tookOf(pair, word.finished, current, overdue, usual, end) : ahead === null ? null : `waits for ${ahead}`,
      expected,
      waits: waitsOf(pair, end),
    }
    if (!begun) waiting += 1
    if (usual.inTurn && !word.finished) {
      ahead = made !== null ? nameOf(made, usual.cluster) : old !== null ? nameOf(old, usual.cluster) : ahead
      turn = Math.max(turn, ...expected.new.map(({ to }) => to))
    }
    return lane
  })
}

function laneMachine(machine: RolloutMachine, cluster: string, end: number, open: boolean): LaneMachine {
  const { steps, leaving, side } = machine
  const from = side === 'new' ? ms(steps.ready) : ms(steps.ready ?? steps.requested)
  const until = [ms(leaving.deletion), ms(leaving.gone)].find((time) => !Number.isNaN(time))
  const to = until ?? (open ? null : end)
  const serving = Number.isNaN(from) || (to !== null && to <= from) ? [] : [{ from, to }]
  // Of a story that has ended nothing goes on.
  const blocks = stretchesOf(machine).map((block) => (block.to === null && !open ? { ...block, to: Math.max(block.from, end) } : block))
  return { uid: machine.uid, name: nameOf(machine, cluster), machine, blocks, serving }
}

type Word = Pick<Lane, 'word' | 'role' | 'finished'>

function wordOf({ old, new: made }: Pair, begun: boolean, waiting: number): Word {
  if (!begun) return { word: waiting === 0 ? 'Next' : 'After that', role: 'idle', finished: false }
  const own = (machine: RolloutMachine, finished = false): Word => ({ word: machine.last.word, role: machine.last.role, finished })
  if (made !== null) {
    if (made.leaving.gone !== null) return { word: 'Removed', role: 'idle', finished: true }
    if (isLeaving(made) || made.last.word !== 'Ready') return own(made)
    if (old === null) return { word: 'Joined', role: 'ok', finished: true }
    if (old.leaving.gone !== null) return { word: 'Replaced', role: 'ok', finished: true }
    return isLeaving(old) ? own(old) : { word: 'Joined', role: 'ok', finished: false }
  }
  if (old === null) return { word: 'Next', role: 'idle', finished: false }
  return old.leaving.gone !== null ? { word: 'Removed', role: 'idle', finished: true } : own(old)
}

const starts = (machine: RolloutMachine | null): readonly number[] =>
  machine === null ? [] : [machine.side === 'new' ? ms(machine.steps.requested) : ms(machine.leaving.deletion)].filter((time) => !Number.isNaN(time))

function startOf({ old, new: made }: Pair): number | null {
  const times = [...starts(old), ...starts(made)]
  return times.length === 0 ? null : Math.min(...times)
}

interface Current {
  readonly machine: RolloutMachine
  readonly phase: Phase
  readonly took: number
}

/** What the row is in now: the machine that comes first, then the one that leaves. */
function currentOf({ old, new: made }: Pair, end: number): Current | null {
  for (const machine of [made, old]) {
    const block = machine === null ? undefined : stretchesOf(machine).find(({ to }) => to === null)
    if (machine !== null && block !== undefined) return { machine, phase: block.phase, took: Math.max(0, end - block.from) }
  }
  return null
}

function tookOf(pair: Pair, finished: boolean, current: Current | null, overdue: boolean, usual: Usual, end: number): string | null {
  if (finished) {
    const from = startOf(pair)
    const ends = [pair.new?.leaving.gone, pair.new?.steps.ready, pair.old?.leaving.gone].map(ms).filter((time) => !Number.isNaN(time))
    if (from === null || ends.length === 0) return null
    return [span(Math.max(...ends) - from), ...waitsOf(pair, end).map((wait) => heldWords(wait, end))].join(', ')
  }
  if (current === null) return pair.new?.last.sentence ?? pair.old?.last.sentence ?? null
  const { machine, phase, took } = current
  const { role, sentence } = machine.last
  const waits = sentence !== null && (role === 'warn' || role === 'bad' || machine.last.word === 'Waiting for address' || machine.last.word === 'Requested')
  if (waits) return `${sentence}, ${span(took)}`
  const median = usual.medians[phase]
  if (overdue) return `${span(took)}, longer than usual`
  return median === undefined ? span(took) : `${span(took)}, usually ${span(median)}`
}

function waitsOf({ old, new: made }: Pair, end: number): Lane['waits'] {
  return [old, made].flatMap((machine) => machine?.troubles ?? []).filter(isHold).flatMap(({ at, until, sentence }) => {
    const from = ms(at)
    return Number.isNaN(from) ? [] : [{ from, to: until === null ? null : Math.min(Math.max(from, ms(until)), Math.max(from, end)), sentence }]
  })
}

/** "drain waited 13 s for budget ledger-api". */
function heldWords({ from, to, sentence }: Lane['waits'][number], end: number): string {
  const budget = /^Disruption budget (\S+)/.exec(sentence)?.[1]
  return `drain waited ${span((to ?? end) - from)}${budget === undefined ? ' for a disruption budget' : ` for budget ${budget}`}`
}

/**
 * What is to come of one row, once a machine has shown how long it takes.
 * @param turn when a machine that is not made yet is expected to be begun
 */
function expectedOf({ old, new: made }: Pair, begun: boolean, usual: Usual, now: number, turn: number): Lane['expected'] {
  const { coming, leaving } = usual
  const comes = made === null || (made.steps.ready === undefined && !isLeaving(made))
  const from = begun ? now : Math.max(now, turn)
  const makes = comes && coming !== null && (made !== null || (usual.inTurn && !begun) || old === null)
  const ready = !makes ? now : begun && made !== null ? Math.max(now, readyOf(made, usual, coming)) : from + coming
  const news: readonly Expected[] = makes && ready > from ? [{ what: 'make', from, to: ready }] : []
  if (old === null || old.leaving.gone !== null || leaving === null) return { old: [], new: news }
  if (isLeaving(old)) {
    const gone = goneOf(old, usual, leaving)
    return { old: gone > now ? [{ what: 'leave', from: now, to: gone }] : [], new: news }
  }
  if (!usual.inTurn || coming === null) return { old: [], new: news }
  const serve: readonly Expected[] = ready > now ? [{ what: 'serve', from: now, to: ready }] : []
  return { old: [...serve, { what: 'leave', from: Math.max(now, ready), to: Math.max(now, ready) + leaving }], new: news }
}

const readyOf = (machine: RolloutMachine, usual: Usual, coming: number): number =>
  through(COMING.map(([phase]) => phase), machine, usual) ?? ms(machine.steps.requested) + coming

const goneOf = (machine: RolloutMachine, usual: Usual, leaving: number): number =>
  through(['drain', 'delete'], machine, usual) ?? ms(machine.leaving.deletion) + leaving

/** By the phases that it has before it, when their medians are known. */
function through(phases: readonly Phase[], machine: RolloutMachine, { medians }: Usual): number | null {
  const block = stretchesOf(machine).find(({ to }) => to === null)
  const index = block === undefined ? -1 : phases.indexOf(block.phase)
  if (block === undefined || index < 0) return null
  const ahead = phases.slice(index).map((phase) => medians[phase])
  return ahead.reduce<number | null>((sum, time) => (sum === null || time === undefined ? null : sum + time), block.from)
}
