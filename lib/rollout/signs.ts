import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { sameVersion } from '@/lib/kubernetes/version'
import { hasJoined, isComing } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import { weightier } from '@/lib/rollout/facts'
import type { ChangeKind, SizePart } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import { ms } from '@/lib/rollout/times'

/** Signs of a change in what was seen: of a cluster, a pool, a machine. `before` is always of the same cluster. */

export const machinesOf = ({ machines }: Picture): readonly MachineView[] => [...machines.values()]
export const poolOf = (picture: Picture | null, name: string | null): NodePoolView | undefined => picture?.cluster.pools.find((pool) => pool.name === name)

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && !sameVersion(a, b)

/** It will be replaced: Cluster API says so, or its version is another than its pool's, which is seen some seconds earlier. */
export function isOutdated(machine: MachineView, pool: NodePoolView | undefined): boolean {
  return !machine.upToDate || (pool !== undefined && differ(machine.version, pool.version))
}

/** It never served: also one that failed before it joined. A node that flaps soon after its start is Joining again, see `isMadeSince`. */
export const isOnItsWay = (machine: MachineView): boolean => isComing(machine) || (machine.state.word === 'Failed' && machine.node === null && !hasJoined(machine))

/** What of each machine of a pool becomes another. A template that is not seen yet has no sizes, and says nothing. */
export function resized(before: NodePoolView | undefined, after: NodePoolView): readonly SizePart[] {
  const parts = ['cpus', 'diskGiB', 'memoryMiB'] as const
  return parts.filter((part) => before !== undefined && before[part] !== null && after[part] !== null && before[part] !== after[part])
}

/** What is asked for: none of a pool that is being removed. */
export const wantedOf = (pool: NodePoolView): number => (pool.state.word === 'Deleting' ? 0 : pool.desired)

export const isUpgrading = ({ version }: ClusterView): boolean => differ(version.desired, version.current)

/** The API server has not answered yet. */
export function isStarting({ cluster }: Picture): boolean {
  const { word } = cluster.controlPlane.state
  return word === 'Creating' || (word === 'Missing' && cluster.state.word !== 'Failed')
}

/** Machines are missing, on their way, or leaving; with `before`, also such as were exchanged between the two pictures. */
export function isMoving(before: Picture | null, after: Picture, pool: string | null): boolean {
  const own = machinesOf(after).filter((machine) => machine.pool === pool)
  if (own.some((machine) => machine.deletingSince !== null)) return true
  // What was on its way in a settled picture before was judged then: only what is new tells of a change.
  if (own.some((machine) => (before === null ? isOnItsWay(machine) : !before.machines.has(machine.uid)))) return true
  if (before !== null && machinesOf(before).some((machine) => machine.pool === pool && !after.machines.has(machine.uid))) return true
  const view = poolOf(after, pool)
  return view !== undefined && own.length < wantedOf(view)
}

/** The pools of both pictures, and null for machines outside of every pool. */
export function poolNames(before: Picture | null, after: Picture): readonly (string | null)[] {
  const pictures = before === null ? [after] : [before, after]
  return [...new Set<string | null>(pictures.flatMap((picture) => [...picture.cluster.pools.map((pool) => pool.name), ...machinesOf(picture).map((machine) => machine.pool)]))]
}

/** How one pool changes; null when it does not. */
export function poolChange(before: Picture | null, after: Picture, name: string | null): ChangeKind | null {
  const view = poolOf(after, name)
  const old = poolOf(before, name)
  const outdated = machinesOf(after).filter((machine) => machine.pool === name && isOutdated(machine, view))
  const newVersion = view !== undefined && (differ(old?.version ?? null, view.version) || outdated.some((machine) => differ(machine.version, view.version)))
  if (newVersion) return 'upgrade'
  if (outdated.length > 0 || (view !== undefined && resized(old, view).length > 0)) return 'replace'
  const wanted = (pool: NodePoolView | undefined): number => (pool === undefined ? 0 : wantedOf(pool))
  if (before !== null && wanted(old) !== wanted(view)) return 'scale'
  if (view?.state.word === 'Deleting') return 'scale'
  if (!isMoving(before, after, name)) return null
  return before !== null || isRemediating(after.cluster) ? 'repair' : 'scale'
}

const isRemediating = ({ health }: ClusterView): boolean => health.some(({ condition }) => condition.type === 'Remediating' && condition.status === 'True')

const YOUNG_MS = 30 * 60_000

/**
 * Met while it is made: its own word says so, unless something wrong speaks first; then its machines are as young as it is.
 */
function isBeingMade(after: Picture): boolean {
  const { cluster } = after
  if (cluster.state.word === 'Creating') return true
  if (!['Stalled', 'Degraded', 'Failed', 'Paused'].includes(cluster.state.word)) return false
  const born = ms(cluster.createdAt)
  return machinesOf(after).every((machine) => ms(machine.createdAt) - born < YOUNG_MS) && cluster.pools.some((pool) => isMoving(null, after, pool.name))
}

/** The change that begins with what was seen; null for a cluster that rests. */
export function beginning(before: Picture | null, after: Picture): ChangeKind | null {
  if (before === null && !machinesOf(after).some(hasJoined) && isStarting(after)) return 'create'
  const kinds = poolNames(before, after).flatMap((name) => poolChange(before, after, name) ?? [])
  if (isUpgrading(after.cluster)) kinds.push('upgrade')
  if (before === null && kinds.some((kind) => kind === 'scale' || kind === 'repair') && isBeingMade(after)) kinds.push('create')
  return kinds.length === 0 ? null : kinds.reduce(weightier)
}
