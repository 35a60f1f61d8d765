import { onTestFinished } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { LiveView } from '@/lib/live/event'
import { idOf } from '@/lib/live/reduce'
import type { MachineView } from '@/lib/machine/view'
import type { Ask, Rollout, Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { StoredStory, StoryStore } from '@/server/db/rollouts'
import type { Picture } from '@/lib/rollout/picture'
import { Rollouts, type RolloutsOptions } from '@/server/live/rollouts'
import { rivalOf } from '@/server/rollouts/rival'
import { exampleStory } from '@/server/rollouts/example'

/** As small as a reducer can be: a change goes on while a pool has fewer machines ready than desired, or until its cluster is gone. */
export const reducer: RolloutsOptions['reducer'] = {
  tell: (story, { before, after }, now, newId) => {
    const pool = after?.cluster.pools[0]
    if (after?.cluster.name === 'poison') throw new Error('cannot be told')
    const deleting = (after?.cluster.deletingSince ?? null) !== null
    if (!story && !deleting && (!pool || pool.desired === pool.ready)) return null
    const { uid, tenant, name } = (after ?? before)?.cluster ?? { uid: story?.rollout.clusterUid ?? '', tenant: '', name: '' }
    const begun = story ?? exampleStory({ id: newId(), clusterUid: uid, tenant, cluster: name, startedAt: now, title: 'Pool general', change: deleting ? 'delete' : 'scale' }, [])
    const over = !pool || (deleting ? begun.rollout.change !== 'delete' : pool.ready === pool.desired)
    const seen = exampleStory(begun.rollout, [...(after?.machines.keys() ?? [])]).machines
    const rollout: Rollout = {
      ...begun.rollout, done: pool?.ready ?? 0, pools: pool ? { general: { from: null, to: pool.desired } } : begun.rollout.pools,
      ...(over ? { endedAt: now, state: { is: 'done', at: now } } : {}),
    }
    return { rollout, machines: { ...seen, ...begun.machines } }
  },
  withAsks: (story, asks) => {
    const known = new Set(story.rollout.asks.map(({ operationId }) => operationId))
    return { ...story, rollout: { ...story.rollout, asks: [...story.rollout.asks, ...asks.filter(({ operationId }) => !known.has(operationId))] } }
  },
  merge: (a, b) => {
    const ended = a.rollout.endedAt ? a.rollout : b.rollout.endedAt ? b.rollout : a.rollout
    const rollout = { ...a.rollout, endedAt: ended.endedAt, state: ended.state, done: Math.max(a.rollout.done, b.rollout.done) }
    return { rollout, machines: exampleStory(rollout, [...new Set([...Object.keys(a.machines), ...Object.keys(b.machines)])]).machines }
  },
}

export function picture(ready: number, desired: number, machines: readonly string[] = [], more: Partial<ClusterView> = {}): Picture {
  const pool = { name: 'general', desired, ready }
  const cluster = { kind: 'cluster', uid: 'u1', tenant: 'blue', name: 'blue-1', pools: [pool], deletingSince: null, ...more } as unknown as ClusterView
  return { cluster, machines: new Map(machines.map((uid) => [uid, { kind: 'machine', uid } as MachineView])) }
}

/** A Rollouts with its streams; it ends with its test. */
export function replica(store: StoryStore, more: Partial<RolloutsOptions> = {}) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const views = new Map<string, LiveView>()
  const notes: TimelineEntry[] = []
  const rollouts = new Rollouts({
    store, reducer, signal: stop.signal, isGone: () => true, upgradeOf: () => null, note: (entry) => void notes.push(entry),
    publish: (_, upserts, removes) => {
      for (const view of upserts) views.set(idOf(view), view)
      for (const { id } of removes) views.delete(id)
    },
    ...more,
  })
  const shown = (): readonly Rollout[] => [...views.values()].filter((view) => view.kind === 'rollout')
  const machines = (): string[] => [...views.keys()].filter((id) => id.includes(':'))
  return { rollouts, views, shown, machines, notes, stop }
}

/** A database that can be away, in memory and with as much time as a test gives it. */
export function memory(rows: readonly Story[] = []) {
  const table = new Map(rows.map((story): [string, StoredStory] => [story.rollout.id, { story, version: 0 }]))
  const state: { away: boolean; writes: number; asks: readonly Ask[] } = { away: false, writes: 0, asks: [] }
  const answer = async <T>(value: () => T): Promise<T> => {
    await Promise.resolve()
    if (state.away) throw new Error('away')
    return value()
  }
  const open = () => [...table.values()].filter(({ story }) => story.rollout.endedAt === null)
  const write = (story: Story, version: number): boolean => (state.writes++, table.set(story.rollout.id, { story, version }), true)
  // A write takes longer than a reading.
  const slowly = async (done: () => boolean): Promise<boolean> => (await new Promise((resolve) => setTimeout(resolve, 5)), answer(done))
  const store: StoryStore = {
    open: () => answer(open),
    lastEnded: (uids) => answer(() => [...table.values()].filter(({ story }) => story.rollout.endedAt !== null && uids.includes(story.rollout.clusterUid)).slice(-1)),
    rival: (mine, own) => answer(() => rivalOf(mine, own, [...table.values()].filter(({ story }) => story.rollout.clusterUid === mine.clusterUid))),
    insert: (story) => slowly(() => !open().some((row) => row.story.rollout.clusterUid === story.rollout.clusterUid && story.rollout.endedAt === null) && write(story, 0)),
    update: (story, version) => slowly(() => table.get(story.rollout.id)?.version === version && write(story, version + 1)),
    find: (id) => answer(() => table.get(id) ?? null),
    asks: () => answer(() => state.asks),
  }
  return { store, state, stories: () => [...table.values()].map(({ story }) => story.rollout), whole: () => [...table.values()].map(({ story }) => story) }
}
