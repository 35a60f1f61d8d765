import { expect, test } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { LiveMessage, TenantState } from '@/lib/live/event'
import { emptyState, reduce, same } from '@/lib/live/reduce'
import { clusterNamed, entriesOf, machinesOf, rolloutOf, storyById, storyOf } from '@/lib/live/select'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout, RolloutMachine } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { UpgradeView } from '@/lib/upgrade/view'

const cluster = (uid: string, name = uid, group: ClusterView['group'] = 'settled') => ({ kind: 'cluster', uid, name, group, pools: [{ name: 'general' }] }) as unknown as ClusterView
const machine = (uid: string, owner = 'a', createdAt = uid, pool: string | null = 'general') => ({ kind: 'machine', uid, name: uid, cluster: owner, pool, createdAt }) as unknown as MachineView
const entry = (key: string, at: string, clusterUid = 'a') => ({ kind: 'entry', key, at, clusterUid }) as TimelineEntry
const rollout = (id: string, startedAt: string, endedAt: string | null = null, clusterUid = 'a') => ({ kind: 'rollout', id, startedAt, endedAt, clusterUid }) as Rollout
const inRollout = (id: string, uid: string) => ({ kind: 'rollout-machine', id: `${id}:${uid}`, rollout: id, uid }) as RolloutMachine
const changes = (upserts: Extract<LiveMessage, { type: 'changes' }>['upserts'], removes: Extract<LiveMessage, { type: 'changes' }>['removes'] = []): LiveMessage => ({ type: 'changes', upserts, removes })
const full = reduce(emptyState, changes([cluster('a'), cluster('b'), machine('m1'), machine('m2'), entry('e1', '2026-11-21T14:00:00Z')]))
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

test('a changed view is new, every other keeps its identity', () => {
  const next = reduce(full, changes([cluster('a', 'renamed')]))
  expect(next.clusters['a']?.name).toBe('renamed')
  expect(next.clusters['b']).toBe(full.clusters['b'])
  expect(next.machines).toBe(full.machines)
  expect(next.entries).toBe(full.entries)
})

test('a message that says nothing new changes nothing at all', () => {
  expect(reduce(full, changes([copy(cluster('a')), copy(machine('m1'))]))).toBe(full)
  expect(reduce(full, changes([], [{ kind: 'machine', id: 'unknown' }]))).toBe(full)
  expect(reduce(full, { type: 'beat' })).toBe(full)
  expect(reduce(full, { type: 'synced' })).toBe(full)
  expect(reduce(full, { type: 'health', health: copy(full.health) })).toBe(full)
})

test('removed views go, and a view that is removed and made again in one message stays', () => {
  const gone = reduce(full, changes([], [{ kind: 'machine', id: 'm1' }, { kind: 'cluster', id: 'b' }]))
  expect([Object.keys(gone.machines), Object.keys(gone.clusters)]).toEqual([['m2'], ['a']])
  expect(Object.keys(reduce(full, changes([machine('m1')], [{ kind: 'machine', id: 'm1' }])).machines).sort()).toEqual(['m1', 'm2'])
  expect(full.machines['m1']).toBeDefined()
})

test('a cluster has one upgrade: the next takes the place of the last, and it goes with its cluster', () => {
  const upgrade = (operationId: string) => ({ kind: 'upgrade', uid: 'a', operationId }) as UpgradeView
  const next = reduce(reduce(full, changes([upgrade('o1')])), changes([upgrade('o2')]))
  expect(next.upgrades).toEqual({ a: upgrade('o2') })
  expect(next.clusters).toBe(full.clusters)
  expect(reduce(next, changes([], [{ kind: 'upgrade', id: 'a' }])).upgrades).toEqual({})
})

test('a snapshot after a reconnect replaces all and redraws only what differs', () => {
  const state: TenantState = { ...copy(full), clusters: { a: cluster('a'), c: cluster('c') }, health: { state: 'live', lastContact: '2026-11-21T14:00:00Z' } }
  const next = reduce(full, { type: 'snapshot', state })
  expect(Object.keys(next.clusters)).toEqual(['a', 'c'])
  expect(next.clusters['a']).toBe(full.clusters['a'])
  expect(next.machines).toBe(full.machines)
  expect(next.health.state).toBe('live')
})

test('a person who may no longer see the tenant, or signed out, keeps nothing of it', () => {
  expect(reduce(full, { type: 'revoked' })).toEqual(emptyState)
  expect(reduce(full, { type: 'signed-out' })).toEqual(emptyState)
})

test('ids that are names of object methods are ids like any other', () => {
  const next = reduce(emptyState, changes([machine('constructor'), machine('toString')]))
  expect(Object.keys(next.machines)).toEqual(['constructor', 'toString'])
  expect(reduce(emptyState, changes([], [{ kind: 'machine', id: 'constructor' }]))).toBe(emptyState)
})

test('values are the same whatever the order of their keys, and lists only in their order', () => {
  expect(same({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  for (const [left, right] of [[{ a: 1 }, { a: 1, b: undefined }], [[1, 2], [2, 1]], [[], {}], [null, {}], [0, '0']]) expect(same(left, right)).toBe(false)
})

test('lists come in the order in which people read them', () => {
  const state = reduce(emptyState, changes([
    cluster('1', 'zeta', 'needs-you'), cluster('2', 'beta', 'settled'), cluster('3', 'alpha', 'settled'), cluster('4', 'mid', 'changing'),
    machine('m3', 'beta', '3', 'general'), machine('m1', 'beta', '1', 'general'), machine('m2', 'beta', '2', 'batch'), machine('m4', 'beta', '0', null), machine('x', 'other'),
    entry('e1', '2026-11-21T14:00:00Z', '2'), entry('e2', '2026-11-21T14:00:00.5Z', '2'), entry('e3', '2026-11-21T13:00:00Z', '2'), entry('e4', '2026-11-21T15:00:00Z', '1'),
  ]))
  expect(machinesOf(state, 'beta').map((each) => each.uid)).toEqual(['m2', 'm1', 'm3', 'm4'])
  expect(entriesOf(state, '2').map((each) => each.key)).toEqual(['e2', 'e1', 'e3'])
  expect(clusterNamed(state, 'nobody')).toBeNull()
})

test('a cluster shows its open story, else the last that ended, each with its own machines', () => {
  const ended = reduce(full, changes([
    rollout('r1', '2026-11-21T14:00:00Z', '2026-11-21T14:02:00Z'), inRollout('r1', 'm1'), rollout('r2', '2026-11-21T14:05:00Z', '2026-11-21T14:06:00Z'), inRollout('r2', 'm1'),
    rollout('r3', '2026-11-21T15:00:00Z', null, 'b'),
  ]))
  expect(storyOf(ended, 'a')).toEqual({ rollout: ended.rollouts['r2'], machines: { m1: ended.rolloutMachines['r2:m1'] } })
  const open = reduce(ended, changes([rollout('r0', '2026-11-21T13:00:00Z'), inRollout('r0', 'm9')], [{ kind: 'rollout', id: 'r1' }, { kind: 'rollout-machine', id: 'r1:m1' }]))
  expect(Object.keys(storyOf(open, 'a')?.machines ?? {})).toEqual(['m9'])
  expect([Object.keys(open.rollouts), Object.keys(open.rolloutMachines)]).toEqual([['r2', 'r3', 'r0'], ['r2:m1', 'r0:m9']])
  expect([open.rollouts['r2'] === ended.rollouts['r2'], open.clusters === full.clusters]).toEqual([true, true])
  expect([rolloutOf(open, 'nobody'), storyOf(open, 'nobody'), storyById(open, 'r1'), storyById(open, 'constructor')]).toEqual([null, null, null, null])
  expect(reduce(ended, changes([copy(ended.rollouts['r1'] as Rollout)]))).toBe(ended)
})
