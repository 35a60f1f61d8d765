import type { ClusterView } from '@/lib/cluster/view'
import type { TenantState } from '@/lib/live/event'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout, Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'

export const clusterNamed = (state: TenantState, name: string): ClusterView | null =>
  Object.values(state.clusters).find((cluster) => cluster.name === name) ?? null

/** By pool, then oldest first: a new machine appears at its pool's end and moves no other. */
export function machinesOf(state: TenantState, cluster: string): readonly MachineView[] {
  const text = (machine: MachineView) => `${machine.pool ?? '\uffff'}\u0000${machine.createdAt}\u0000${machine.name}`
  return Object.values(state.machines)
    .filter((machine) => machine.cluster === cluster)
    .sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

/** Newest first. By uid: a cluster made again under an old name has a history of its own. */
export function entriesOf(state: TenantState, clusterUid: string): readonly TimelineEntry[] {
  return Object.values(state.entries)
    .filter((entry) => entry.clusterUid === clusterUid)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || (a.key < b.key ? 1 : -1))
}

/** The open story of a cluster, else the last that ended; null when none is known. */
export function rolloutOf(state: TenantState, clusterUid: string): Rollout | null {
  const own = Object.values(state.rollouts).filter((rollout) => rollout.clusterUid === clusterUid)
  return own.sort((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || Date.parse(b.startedAt) - Date.parse(a.startedAt))[0] ?? null
}

export function storyOf(state: TenantState, clusterUid: string): Story | null {
  const rollout = rolloutOf(state, clusterUid)
  return rollout && storyById(state, rollout.id)
}

/** null for a story that is no longer on the stream: older ones are read from the database. */
export function storyById(state: TenantState, id: string): Story | null {
  const rollout = Object.hasOwn(state.rollouts, id) ? state.rollouts[id] : undefined
  if (!rollout) return null
  const own = Object.values(state.rolloutMachines).filter((machine) => machine.rollout === id)
  return { rollout, machines: Object.fromEntries(own.map((machine) => [machine.uid, machine])) }
}
