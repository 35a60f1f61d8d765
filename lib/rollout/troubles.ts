import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { RolloutMachine, Trouble } from '@/lib/rollout/story'
import { compareTimes, ms } from '@/lib/rollout/times'
import type { ConditionView, StateRole } from '@/lib/state'

export interface Found {
  readonly key: string
  readonly sentence: string
  readonly condition: ConditionView | null
}

/** A trouble that comes back this often is noise, and every return of it makes the story longer. */
const MOST_RETURNS = 20

const isWrong = (role: StateRole): boolean => role === 'warn' || role === 'bad'

/** Counts and names of machines change while the trouble is the same: they are no part of its key. */
function keyOf(subject: string, sentence: string, condition: ConditionView | null): string {
  const first = (sentence.split('; ')[0] ?? '').replace(/\d+/g, '#')
  // By code points: half of one is no Unicode, and PostgreSQL refuses the whole story for it.
  const said = [...first].slice(0, 120).join('')
  return `${subject}:${condition?.type ?? ''}/${condition?.reason ?? ''}:${said}`
}

/** A drain that a disruption budget holds is no trouble at first, but how long it held is told. */
export const BUDGET = 'budget'
export const isHeldByBudget = ({ state }: Pick<MachineView, 'state'>): boolean =>
  state.word === 'Draining' && state.condition?.reason === 'DrainingNode' && /disruption budget/i.test(state.condition.message)

export function machineTroubles(machine: MachineView): readonly Found[] {
  const { role, sentence, condition } = machine.state
  if (isHeldByBudget(machine)) return [{ key: BUDGET, sentence: budgetWords(condition?.message ?? ''), condition }]
  return isWrong(role) && sentence !== null ? [{ key: keyOf('machine', sentence, condition), sentence, condition }] : []
}

/** A name as Kubernetes has it, with its namespace or without. */
const NAME = String.raw`[a-z0-9][\w.\/-]{0,250}`
// cluster-api internal/controllers/machine/drain/drain.go, ConditionMessage: the pods before their error; older ones wrote them after it.
const NEEDS = new RegExp(`disruption budget (${NAME}) needs`)
const POD_BEFORE = new RegExp(`\\* Pods? (${NAME})[^:\\n]{0,300}: cannot evict pod as it would violate`, 'i')
const POD_AFTER = new RegExp(`needs \\d+ healthy pods and has \\d+ currently: (${NAME})`)

/** "Disruption budget ledger-api allows no eviction of pod ledger-api-0 yet", with the names that the condition has. */
export function budgetWords(message: string): string {
  const budget = NEEDS.exec(message)?.[1]
  const pod = POD_BEFORE.exec(message)?.[1] ?? POD_AFTER.exec(message)?.[1]
  return `${budget === undefined ? 'A disruption budget' : `Disruption budget ${budget}`} allows no eviction${pod === undefined ? '' : ` of pod ${pod}`} yet`
}

/** Of the cluster, its control plane and pools; what only repeats a machine's own trouble is left to the machine. */
export function clusterTroubles(cluster: ClusterView, machines: readonly MachineView[]): readonly Found[] {
  const states = [
    { subject: 'cluster', state: cluster.state },
    { subject: 'control plane', state: cluster.controlPlane.state },
    ...cluster.pools.map((pool) => ({ subject: `pool ${pool.name}`, state: pool.state })),
  ]
  const found: Found[] = []
  for (const { subject, state: { role, sentence, condition } } of states) {
    if (!isWrong(role) || sentence === null || found.some((other) => other.sentence === sentence)) continue
    const repeats = machines.some(({ state }) => isWrong(state.role) && condition !== null && state.condition?.type === condition.type && state.condition.message === condition.message && state.condition.since === condition.since)
    if (!repeats) found.push({ key: keyOf(subject, sentence, condition), sentence, condition })
  }
  return found
}

/**
 * The troubles with what is found now. One that is no longer found is over; one that returns afterwards is another, with a
 * number in its key.
 * @param known when the same thing was last seen otherwise; null when it is met for the first time
 */
export function noted(troubles: readonly Trouble[], found: readonly Found[], now: string, known: string | null): readonly Trouble[] {
  const keys = new Set(found.map(({ key }) => key))
  const next = troubles.map((trouble) => (trouble.until === null && !keys.has(base(trouble.key)) ? { ...trouble, until: now } : trouble))
  for (const { key, sentence, condition } of found) {
    const same = next.filter((trouble) => base(trouble.key) === key)
    if (same.some((trouble) => trouble.until === null) || same.length >= MOST_RETURNS) continue
    next.push({ key: same.length === 0 ? key : `${key}~${same.length + 1}`, at: sinceOf(condition, now, known), until: null, sentence, condition })
  }
  return next.sort((a, b) => compareTimes(a.at, b.at) || (a.key < b.key ? -1 : 1))
}

/**
 * A condition's own time is that of its status, which may have been so long before this trouble: it holds when nothing else was
 * seen since then.
 */
export function sinceOf(condition: ConditionView | null, now: string, known: string | null): string {
  const since = condition?.since ?? null
  return since !== null && ms(since) < ms(now) && (known === null || ms(since) > ms(known)) ? since : now
}

export const over = (troubles: readonly Trouble[], now: string): readonly Trouble[] => noted(troubles, [], now, null)

const base = (key: string): string => key.replace(/~\d+$/, '')
export const isHold = ({ key }: Trouble): boolean => base(key) === BUDGET

export const budgetHold = (machine: RolloutMachine): Trouble | null =>
  machine.troubles.find((trouble) => trouble.until === null && isHold(trouble)) ?? null
