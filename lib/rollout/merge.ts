import { derive, weightier } from '@/lib/rollout/facts'
import { keep } from '@/lib/rollout/keep'
import type { Ask, PoolChange, Rollout, RolloutMachine, Story, Trouble } from '@/lib/rollout/story'
import { compareTimes, earliest, latest } from '@/lib/rollout/times'
import { compareVersions } from '@/lib/kubernetes/version'

/**
 * Both replicas' facts in one story. Every part is a union, an earliest or latest time, or a value with the time that decides
 * between two: so the order of merging does not matter, and a story merged twice is itself. Keeps `a`'s id.
 */
export function merge(a: Story, b: Story): Story {
  const rollout = mergeRollouts(a.rollout, b.rollout)
  const uids = [...new Set([...Object.keys(a.machines), ...Object.keys(b.machines)])].sort()
  const machines = Object.fromEntries(uids.flatMap((uid) => {
    const [left, right] = [a.machines[uid], b.machines[uid]]
    const both = left !== undefined && right !== undefined ? mergeMachines(left, right) : (left ?? right)
    return both === undefined ? [] : [[uid, { ...both, id: `${rollout.id}:${uid}`, rollout: rollout.id }]]
  }))
  return keep(a, derive({ rollout, machines }))
}

/** By time, then by id: the order is the same on every replica. */
export function mergeAsks(a: readonly Ask[], b: readonly Ask[]): readonly Ask[] {
  const all = new Map<string, Ask>()
  for (const ask of [...a, ...b]) {
    const known = all.get(ask.operationId)
    all.set(ask.operationId, known === undefined ? ask : firstBy(known, ask, (each) => each.at))
  }
  return [...all.values()].sort((left, right) => compareTimes(left.at, right.at) || (left.operationId < right.operationId ? -1 : 1))
}

/** The same for the same value, in whatever order a database gave its keys back. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part)) ?? ''

/** Of two values of one thing the earlier; at the same time the one whose text sorts first. */
const firstBy = <T>(a: T, b: T, at: (value: T) => string): T => {
  const order = compareTimes(at(a), at(b)) || (text(a) <= text(b) ? -1 : 1)
  return order <= 0 ? a : b
}
const lastBy = <T>(a: T, b: T, at: (value: T) => string): T => {
  const order = compareTimes(at(a), at(b)) || (text(a) <= text(b) ? -1 : 1)
  return order <= 0 ? b : a
}

/** Of what does not change once it is known. */
const known = (a: string | null, b: string | null): string | null => (a === null ? b : b === null ? a : a <= b ? a : b)

function mergeRollouts(a: Rollout, b: Rollout): Rollout {
  const now = current(a, b)
  const asked = askedAt(a.pools) === askedAt(b.pools) ? null : lastBy(a, b, ({ pools }) => askedAt(pools))
  return {
    ...a,
    change: weightier(a.change, b.change),
    asks: mergeAsks(a.asks, b.asks),
    pools: mergePools(a.pools, b.pools),
    version: mergeVersions(a.version, b.version),
    startedAt: earliest(a.startedAt, b.startedAt) ?? a.startedAt,
    endedAt: earliest(a.endedAt, b.endedAt),
    state: now.state,
    expectedEnd: now.expectedEnd,
    percent: asked === null ? Math.max(a.percent, b.percent) : asked.percent,
    troubles: mergeTroubles(a.troubles, b.troubles),
    ...(now.seenAt === undefined ? {} : { seenAt: now.seenAt }),
  }
}

/** What the story says now: the one that has ended, else the one that was seen last. */
function current(a: Rollout, b: Rollout): Pick<Rollout, 'state' | 'expectedEnd' | 'seenAt'> {
  const said = ({ state, expectedEnd, seenAt }: Rollout) => ({ state, expectedEnd, ...(seenAt === undefined ? {} : { seenAt }) })
  if (a.endedAt === null && b.endedAt === null) return lastBy(said(a), said(b), (each) => each.seenAt ?? '')
  if (a.endedAt !== null && b.endedAt !== null) return compareTimes(a.endedAt, b.endedAt) === 0 ? lastBy(said(a), said(b), (each) => each.seenAt ?? '') : said(compareTimes(a.endedAt, b.endedAt) < 0 ? a : b)
  return said(a.endedAt === null ? b : a)
}

/** When something new was last asked of a pool: up to then a percentage may fall. */
export const askedAt = (pools: Rollout['pools']): string => latest(...Object.values(pools).map((pool) => pool.at)) ?? ''

function mergePools(a: Rollout['pools'], b: Rollout['pools']): Rollout['pools'] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return Object.fromEntries(names.flatMap((name) => {
    const [left, right] = [a[name], b[name]]
    const both = left !== undefined && right !== undefined ? mergePool(left, right) : (left ?? right)
    return both === undefined ? [] : [[name, both]]
  }))
}

function mergePool(a: PoolChange, b: PoolChange): PoolChange {
  const begins = [a, b].flatMap(({ from, fromAt }) => (from === null ? [] : [{ from, ...(fromAt === undefined ? {} : { fromAt }) }]))
  const [left, right] = begins
  const begin = left !== undefined && right !== undefined ? firstBy(left, right, (each) => each.fromAt ?? '') : (left ?? { from: null })
  const asked = ({ to, at }: PoolChange) => ({ to, ...(at === undefined ? {} : { at }) })
  const kept = [a.kept, b.kept].filter((count) => count !== undefined)
  const sizes = [...new Set([...(a.sizes ?? []), ...(b.sizes ?? [])])].sort()
  return {
    ...begin,
    ...lastBy(asked(a), asked(b), (each) => each.at ?? ''),
    ...(kept.length === 0 ? {} : { kept: Math.min(...kept) }),
    ...(sizes.length === 0 ? {} : { sizes }),
  }
}

/** Versions only go up: from the lowest that was seen to the highest that was asked for. */
function mergeVersions(a: Rollout['version'], b: Rollout['version']): Rollout['version'] {
  const from = pick(a.from, b.from, -1)
  const to = pick(a.to, b.to, 1)
  if (a.at === undefined && b.at === undefined) return { from, to }
  return { from, to, at: earliest(a.at, b.at) }
}

export function pick(a: string | null, b: string | null, sign: 1 | -1): string | null {
  if (a === null || b === null) return a ?? b
  const order = compareVersions(a, b) * sign || (a <= b ? 1 : -1)
  return order >= 0 ? a : b
}

function mergeMachines(a: RolloutMachine, b: RolloutMachine): RolloutMachine {
  const names = [...new Set([...Object.keys(a.steps), ...Object.keys(b.steps)])].sort() as (keyof RolloutMachine['steps'])[]
  const seen = (machine: RolloutMachine) => ({ last: machine.last, lastSeen: machine.lastSeen })
  return {
    ...a,
    name: known(a.name, b.name) ?? a.name,
    pool: known(a.pool, b.pool),
    address: known(a.address, b.address),
    version: known(a.version, b.version),
    side: a.side === 'new' || b.side === 'new' ? 'new' : 'old',
    steps: Object.fromEntries(names.flatMap((name) => {
      const at = earliest(a.steps[name], b.steps[name])
      return at === null ? [] : [[name, at]]
    })),
    leaving: {
      deletion: earliest(a.leaving.deletion, b.leaving.deletion),
      drained: earliest(a.leaving.drained, b.leaving.drained),
      gone: earliest(a.leaving.gone, b.leaving.gone),
    },
    ...lastBy(seen(a), seen(b), (each) => each.lastSeen),
    troubles: mergeTroubles(a.troubles, b.troubles),
  }
}

/**
 * By key: the earliest beginning, with what was said then, and the earliest end. One replica that has seen it over is enough:
 * the same trouble coming back has a key of its own.
 */
function mergeTroubles(a: readonly Trouble[], b: readonly Trouble[]): readonly Trouble[] {
  const all = new Map<string, Trouble>()
  for (const trouble of [...a, ...b]) {
    const other = all.get(trouble.key)
    const begin = (each: Trouble) => ({ at: each.at, sentence: each.sentence, condition: each.condition })
    all.set(trouble.key, other === undefined ? trouble : { key: trouble.key, ...firstBy(begin(other), begin(trouble), (each) => each.at), until: earliest(other.until, trouble.until) })
  }
  return [...all.values()].sort((left, right) => compareTimes(left.at, right.at) || (left.key < right.key ? -1 : 1))
}
