import { sameVersion } from '@/lib/kubernetes/version'
import type { MachineView } from '@/lib/machine/view'
import { expectedEnd, percentOf } from '@/lib/rollout/estimate'
import { derive, isAskFor, weightier } from '@/lib/rollout/facts'
import { openState } from '@/lib/rollout/halt'
import { keep } from '@/lib/rollout/keep'
import { machinesAfter } from '@/lib/rollout/machines'
import { askedAt, mergeAsks, pick } from '@/lib/rollout/merge'
import type { Picture, Seen } from '@/lib/rollout/picture'
import { beginning, isOnItsWay, isOutdated, isStarting, isUpgrading, machinesOf, poolChange, poolNames, poolOf, resized, wantedOf } from '@/lib/rollout/signs'
import type { Ask, ChangeKind, PoolChange, Rollout, Story } from '@/lib/rollout/story'
import { earliest, latest, ms } from '@/lib/rollout/times'
import { clusterTroubles, noted, over } from '@/lib/rollout/troubles'

export { merge } from '@/lib/rollout/merge'

/**
 * The open story of a cluster after what was seen, or null while the cluster is idle. A story that ends is returned once more with
 * `endedAt`; the next call is given null in its place. The same seen again gives the same story, by identity. Time alone can
 * change it too (a drain held for 30 s, an ask without effect for 60 s): an open story is told again every few seconds.
 * @param now RFC 3339
 * @param newId makes the id of a story that begins
 */
export function tell(story: Story | null, seen: Seen, now: string, newId: () => string): Story | null {
  if (story !== null && story.rollout.endedAt !== null) return story
  const uid = story?.rollout.clusterUid ?? seen.after?.cluster.uid
  const before = seen.before?.cluster.uid === uid ? seen.before : null
  const after = seen.after?.cluster.uid === uid ? seen.after : null
  if (story === null) {
    if (after === null) return null
    const opened = open(before, after, now, newId)
    return opened === null ? null : advance(opened, { ...seen, before, after }, now, true)
  }
  if (after === null) return keep(story, departed(story, before, now))
  if (after.cluster.deletingSince !== null && story.rollout.change !== 'delete') return keep(story, cutShort(story, latest(after.cluster.deletingSince, story.rollout.startedAt) ?? now, now))
  return keep(story, advance(story, { ...seen, before, after }, now, false))
}

/** The story with what people asked for: decides its kind and title. Asks that it has already change nothing. */
export function withAsks(story: Story, asks: readonly Ask[]): Story {
  return keep(story, derive({ ...story, rollout: { ...story.rollout, asks: mergeAsks(story.rollout.asks, asks) } }))
}

function open(before: Picture | null, after: Picture, now: string, newId: () => string): Story | null {
  const { cluster } = after
  const change = cluster.deletingSince !== null ? 'delete' : beginning(before, after)
  if (change === null) return null
  const id = newId()
  return {
    rollout: {
      kind: 'rollout', id, tenant: cluster.tenant, clusterUid: cluster.uid, cluster: cluster.name, change, title: '', asks: [], pools: {},
      version: { from: null, to: null }, startedAt: beganAt(change, before, after, now), endedAt: null,
      state: { is: 'rolling', sentence: null, condition: null }, done: 0, total: 0, percent: 0, expectedEnd: null, medians: {}, troubles: [], seenAt: now,
    },
    machines: {},
  }
}

/** The facts' own time where they have one; a change of what is wanted has none, and begins when it is seen. */
function beganAt(change: ChangeKind, before: Picture | null, after: Picture, now: string): string {
  const { cluster } = after
  if (change === 'create') return earliest(cluster.createdAt) ?? now
  if (change === 'delete') return earliest(cluster.deletingSince) ?? now
  const machines = machinesOf(after)
  const replaced = before === null ? youngestOutdated(after) : new Map<string | null, number>()
  const isComing = (machine: MachineView): boolean =>
    before !== null ? !before.machines.has(machine.uid) : machine.deletingSince === null && (isOnItsWay(machine) || ms(machine.createdAt) > (replaced.get(machine.pool) ?? Number.POSITIVE_INFINITY))
  return earliest(now, ...machines.map((machine) => machine.deletingSince), ...machines.filter(isComing).map((machine) => machine.createdAt)) ?? now
}

/** Met in the middle: what is younger than all outdated machines of its pool came with the change that made those outdated. */
function youngestOutdated(after: Picture): ReadonlyMap<string | null, number> {
  const youngest = new Map<string | null, number>()
  for (const machine of machinesOf(after)) {
    if (isOutdated(machine, poolOf(after, machine.pool))) youngest.set(machine.pool, Math.max(youngest.get(machine.pool) ?? 0, ms(machine.createdAt)))
  }
  return youngest
}

function advance(story: Story, { before, after, upgrade }: Seen & { readonly after: Picture }, now: string, opened: boolean): Story {
  const { rollout } = story
  const machines = machinesAfter(story, before, after, now, opened)
  const pools = poolsAfter({ rollout, machines }, before, after, now, opened)
  const asked = askedAt(pools) !== askedAt(rollout.pools)
  const next = derive({
    rollout: {
      ...rollout,
      change: changeAfter(rollout, pools, before, after),
      pools,
      version: versionAfter(rollout, before, after, now),
      troubles: noted(rollout.troubles, clusterTroubles(after.cluster, machinesOf(after)), now, opened ? null : now),
    },
    machines,
  })
  const ahead = upgrade !== undefined && hasStepsAhead(next, after)
  if (!ahead && isDone(next, after, now)) return ended(next, { is: 'done', at: endOf(next, after) ?? now })
  const percent = percentOf(next, after)
  // What a pause finds under way goes to its end, with the words of every change.
  const waits = ahead && upgrade === 'paused' && after.cluster.state.word === 'Ready'
  const said = { state: openState(next, after, now, { opened, waits }), expectedEnd: waits ? null : expectedEnd(next, after, now, asked) }
  const same = keep({ state: rollout.state, expectedEnd: rollout.expectedEnd }, said)
  const unchanged = same.state === rollout.state && same.expectedEnd === rollout.expectedEnd
  return {
    ...next,
    rollout: { ...next.rollout, ...said, percent: asked ? percent : Math.max(percent, rollout.percent), ...(unchanged ? {} : { seenAt: now }) },
  }
}

/** What is seen of an open story may make it more than it began as. Sizes count by what the story began with. */
function changeAfter(rollout: Rollout, pools: Rollout['pools'], before: Picture | null, after: Picture): ChangeKind {
  const { change } = rollout
  if (change === 'delete') return change
  const kinds: ChangeKind[] = poolNames(before, after).flatMap((name) => poolChange(before, after, name) ?? []).filter((kind) => kind === 'replace' || kind === 'upgrade')
  if (isUpgrading(after.cluster)) kinds.push('upgrade')
  if (Object.values(pools).some((pool) => pool.from !== null && pool.from !== pool.to)) kinds.push('scale')
  return kinds.reduce(weightier, change)
}

function poolsAfter({ rollout, machines }: Pick<Story, 'rollout' | 'machines'>, before: Picture | null, after: Picture, now: string, opened: boolean): Rollout['pools'] {
  const { change } = rollout
  const next: Record<string, PoolChange> = {}
  for (const name of new Set([...Object.keys(rollout.pools), ...poolNames(before, after)])) {
    if (name === null) continue
    const known = rollout.pools[name]
    const view = poolOf(after, name)
    const all = change === 'create' || change === 'delete'
    // After a start `before` is unknown, and what moves then is told by the machines that the story has.
    const moved = before !== null || opened ? poolChange(before, after, name) !== null : Object.values(machines).some((machine) => machine.pool === name)
    if (known === undefined && !all && !moved) continue
    if (known === undefined && view === undefined && poolOf(before, name) === undefined) continue
    const to = change === 'delete' || view === undefined ? 0 : wantedOf(view)
    const sizes = [...new Set([...(known?.sizes ?? []), ...(view === undefined ? [] : resized(poolOf(before, name), view))])].sort()
    const left = machinesOf(after).filter((machine) => machine.pool === name && machines[machine.uid] === undefined).length
    next[name] = {
      ...(known ?? beginOf(rollout, poolOf(before, name), view === undefined ? null : view.desired, before !== null, now)),
      to,
      at: known?.at === undefined || known.to !== to ? now : known.at,
      kept: Math.min(known?.kept ?? Number.POSITIVE_INFINITY, left),
      ...(sizes.length === 0 ? {} : { sizes }),
    }
  }
  return next
}

function beginOf({ change, startedAt }: Rollout, before: Picture['cluster']['pools'][number] | undefined, desired: number | null, known: boolean, now: string): Pick<PoolChange, 'from' | 'fromAt'> {
  if (change === 'create') return { from: 0, fromAt: startedAt }
  if (before !== undefined) return { from: wantedOf(before), fromAt: now }
  if (change === 'delete' && desired !== null) return { from: desired, fromAt: now }
  return known ? { from: 0, fromAt: now } : { from: null }
}

function versionAfter({ version, change }: Rollout, before: Picture | null, after: Picture, now: string): Rollout['version'] {
  const { cluster } = after
  if (change === 'delete') return version
  const outdated = machinesOf(after).filter((machine) => isOutdated(machine, poolOf(after, machine.pool))).map((machine) => machine.version)
  const from = [version.from, before?.cluster.version.current ?? null, cluster.version.current, ...outdated].reduce((low, next) => pick(low, next, -1))
  const to = [version.to, cluster.version.desired, ...cluster.pools.map((pool) => pool.version)].reduce((high, next) => pick(high, next, 1))
  const sides = { from: from ?? null, to: to ?? null }
  if (isUpgrading(cluster)) return { ...sides, at: version.at ?? null }
  // Refused, and taken back: it never got there.
  if (version.at === null && differs(cluster.version.current, sides.to)) return { ...sides, at: null }
  if (version.at === undefined && (before === null || !differs(before.cluster.version.desired, cluster.version.desired))) return sides
  return { ...sides, at: version.at ?? now }
}

const differs = (a: string | null, b: string | null): boolean => a !== null && b !== null && !sameVersion(a, b)

/** What was asked has this long to show in the objects; afterwards it was refused, or taken back. */
const EFFECT_MS = 60_000

/** Nothing of the story is under way, and what was asked has come to be. */
function isDone({ rollout, machines }: Story, after: Picture, now: string): boolean {
  const { cluster } = after
  if (rollout.change === 'delete') return false
  const recent = (at: string | undefined): boolean => ms(now) - ms(at) < EFFECT_MS
  const settled = Object.entries(rollout.pools).every(([name, pool]) => {
    const view = poolOf(after, name)
    if (view === undefined) return !machinesOf(after).some((machine) => machine.pool === name)
    if (view.state.word === 'Deleting') return false
    // A new size is in the pool before Cluster API calls its machines outdated.
    const unseen = pool.sizes !== undefined && recent(pool.at) && !Object.values(machines).some((machine) => machine.pool === name && machine.side === 'old')
    return !unseen && view.ready === view.desired && view.upToDate === view.desired && view.total === view.desired
  })
  const resting = !machinesOf(after).some((machine) => machine.deletingSince !== null || isOutdated(machine, poolOf(after, machine.pool)) || (machines[machine.uid]?.side === 'new' && machines[machine.uid]?.steps.ready === undefined))
  if (!settled || !resting || isStarting(after) || isUpgrading(cluster) || !cluster.controlPlane.answers) return false
  const pending = rollout.asks.filter((ask, index) => recent(ask.at) && !rollout.asks.slice(index + 1).some((later) => later.kind === ask.kind && later.pool === ask.pool))
  return pending.every((ask) => {
    const pool = cluster.pools.find((each) => isAskFor(ask, each.name, cluster.name))
    if (ask.kind === 'upgrade') return ask.version === undefined || [cluster.version.desired, ...cluster.pools.map(({ version }) => version)].some((version) => version !== null && sameVersion(version, ask.version ?? ''))
    if (ask.kind === 'replace') return pool?.desired === 0 || Object.values(machines).some((machine) => machine.side === 'old' && machine.pool === (pool?.name ?? ask.pool))
    return ask.kind === 'create' || (ask.kind === 'scale' && ask.to === (pool?.desired ?? 0))
  })
}

/**
 * An upgrade goes step by step, and between two of them nothing moves: it is one change all the same, for as long as its Operation is not
 * at its end, paused or with no portal to go on with it.
 */
const hasStepsAhead = ({ rollout }: Story, { cluster }: Picture): boolean =>
  rollout.asks.some(({ version, pools = [] }) => version !== undefined && cluster.pools.some((pool) => pools.includes(pool.name) && differs(pool.version, version)))

/** The latest of the facts' own times, so that two replicas end a story at one moment. */
function endOf({ rollout, machines }: Story, { cluster }: Picture): string | null {
  const times = Object.values(machines).flatMap(({ steps, leaving }) => [...Object.values(steps), leaving.deletion, leaving.drained, leaving.gone])
  const probe = rollout.change === 'create' ? cluster.health.find(({ condition }) => condition.type === 'RemoteConnectionProbe')?.condition.since : null
  return latest(rollout.startedAt, rollout.version.at, probe, ...times, ...Object.values(rollout.pools).map((pool) => pool.at), ...rollout.troubles.map((trouble) => trouble.at))
}

type End = Extract<Rollout['state'], { is: 'done' | 'failed' }>

function ended({ rollout, machines }: Story, state: End): Story {
  return derive({ rollout: { ...rollout, state, endedAt: state.at, expectedEnd: null, percent: state.is === 'done' ? 100 : rollout.percent, seenAt: state.at }, machines })
}

/** The cluster is gone: so is every machine, and a deletion is done. */
function departed(story: Story, before: Picture | null, now: string): Story {
  if (story.rollout.change !== 'delete') return cutShort(story, latest(before?.cluster.deletingSince, story.rollout.startedAt) ?? now, now)
  const machines = machinesAfter(story, before, null, now, false)
  return ended({ rollout: { ...story.rollout, troubles: over(story.rollout.troubles, now) }, machines }, { is: 'done', at: now })
}

function cutShort(story: Story, at: string, now: string): Story {
  const end = ms(at) > ms(now) ? now : at
  return ended(story, { is: 'failed', sentence: `${story.rollout.cluster} was deleted before it was finished`, condition: null, at: end })
}
