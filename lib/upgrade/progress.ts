import type { ClusterView } from '@/lib/cluster/view'
import { sameVersion } from '@/lib/kubernetes/version'
import type { MachineView } from '@/lib/machine/view'

/** How far a step is, by what is live: not asked for, on its way (with what it does now), or there. */
export type StepState = { readonly is: 'unwritten' } | { readonly is: 'under-way'; readonly words: string | null; readonly held: boolean } | { readonly is: 'done' }

const is = (version: string | null, target: string): boolean => version !== null && sameVersion(version, target)

/**
 * Kamaji's provider keeps the old version in the status until the new one serves, and stays ready meanwhile; a version that
 * Kamaji refuses is told by a condition only, which the control plane's own sentence has.
 */
export function controlPlaneState({ version, controlPlane }: Pick<ClusterView, 'version' | 'controlPlane'>, target: string): StepState {
  if (!is(version.desired, target)) return { is: 'unwritten' }
  const { word, role, sentence } = controlPlane.state
  if (is(version.current, target) && word === 'Ready') return { is: 'done' }
  return { is: 'under-way', words: sentence, held: role === 'warn' || role === 'bad' }
}

/**
 * A pool has arrived when every machine of it has the version and serves, and no other is left. One whose machines are made
 * anew only when somebody deletes them has done its part once it is written.
 * @param machines of the cluster
 */
export function poolState(pool: ClusterView['pools'][number] | undefined, machines: readonly MachineView[], target: string, onDelete: boolean): StepState {
  if (pool === undefined || !is(pool.version, target)) return { is: 'unwritten' }
  if (onDelete) return { is: 'done' }
  const own = machines.filter((machine) => machine.pool === pool.name)
  const arrived = own.every((machine) => machine.deletingSince === null && machine.upToDate && machine.state.word === 'Ready' && is(machine.version, target))
  if (arrived && own.length === pool.desired && pool.state.word === 'Ready') return { is: 'done' }
  const { role, sentence } = pool.state
  return { is: 'under-way', words: sentence, held: role === 'warn' || role === 'bad' }
}
