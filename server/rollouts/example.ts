import type { Rollout, RolloutMachine, Story } from '@/lib/rollout/story'

/** A story for tests. */
export function exampleStory(more: Partial<Rollout> = {}, machines: readonly string[] = ['m1']): Story {
  const rollout: Rollout = {
    kind: 'rollout', id: 'r1', tenant: 'blue', clusterUid: 'u1', cluster: 'blue-1', change: 'scale', title: 'Pool general from 2 to 4 machines', asks: [],
    pools: { general: { from: 2, to: 4 } }, version: { from: null, to: null }, startedAt: '2026-11-21T14:00:00.000Z', endedAt: null,
    state: { is: 'rolling', sentence: null, condition: null }, done: 0, total: 2, percent: 0, expectedEnd: null, medians: {}, troubles: [], ...more,
  }
  return { rollout, machines: Object.fromEntries(machines.map((uid) => [uid, exampleMachine(rollout, uid)])) }
}

const exampleMachine = ({ id, tenant, clusterUid }: Rollout, uid: string): RolloutMachine => ({
  kind: 'rollout-machine', id: `${id}:${uid}`, rollout: id, tenant, clusterUid, uid, name: uid, pool: 'general', side: 'new', address: null, version: null,
  steps: { requested: '2026-11-21T14:00:01.000Z' }, leaving: { deletion: null, drained: null, gone: null },
  last: { word: 'Cloning', role: 'busy', sentence: null, condition: null, percent: null }, lastSeen: '2026-11-21T14:00:01.000Z', troubles: [],
})
