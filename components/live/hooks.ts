'use client'
import { useContext } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { TenantState } from '@/lib/live/event'
import { clusterNamed, entriesOf, machinesOf, storyById, storyOf } from '@/lib/live/select'
import type { MachineView } from '@/lib/machine/view'
import type { Permission } from '@/lib/permission'
import type { Rollout, Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { UpgradeView } from '@/lib/upgrade/view'
import { FreshnessContext, goneKey, InitialState, stateKey, useTenant, type Gone } from './context'
import type { Freshness } from './freshness'
import { useHeld } from './held'

export { useTenant } from './context'

const none: readonly Gone[] = []

function useTenantState(): TenantState {
  const { name } = useTenant()
  return useHeld(stateKey(name), useContext(InitialState))
}

export function useClusters(): readonly ClusterView[] {
  return Object.values(useTenantState().clusters)
}

export function useCluster(name: string): ClusterView | null {
  return clusterNamed(useTenantState(), name)
}

/** Every machine by cluster, for the ticks of the list. */
export function useMachinesByCluster(): ReadonlyMap<string, readonly MachineView[]> {
  return Map.groupBy(Object.values(useTenantState().machines), (machine) => machine.cluster)
}

export function useMachines(cluster: string): readonly MachineView[] {
  return machinesOf(useTenantState(), cluster)
}

/** By uid of the cluster: the story that is open, for the sentence of the list. */
export function useOpenRollouts(): ReadonlyMap<string, Rollout> {
  return new Map(useRollouts().filter(({ endedAt }) => endedAt === null).map((rollout) => [rollout.clusterUid, rollout]))
}

/** Newest first. */
export function useEntries(cluster: string): readonly TimelineEntry[] {
  const state = useTenantState()
  const gone = useGone().find((left) => left.cluster.name === cluster)
  const uid = (clusterNamed(state, cluster) ?? gone?.cluster)?.uid
  return uid ? entriesOf(state, uid) : []
}

/** The upgrade of a cluster that is not at its end, else its last one; null without any. */
export function useUpgrade(clusterUid: string | null): UpgradeView | null {
  const { upgrades } = useTenantState()
  return clusterUid === null ? null : (upgrades[clusterUid] ?? null)
}

/** The open story of a cluster, else the last that ended. */
export function useStory(clusterUid: string | null): Story | null {
  const state = useTenantState()
  return clusterUid === null ? null : storyOf(state, clusterUid)
}

/** A story by its own id while the stream tells it; null for older ones. */
export function useStoryById(id: string): Story | null {
  return storyById(useTenantState(), id)
}

/** All that the stream tells of a tenant: the open story of each cluster and the last that ended. */
export function useRollouts(): readonly Rollout[] {
  return Object.values(useTenantState().rollouts)
}

export function useFreshness(): Freshness {
  return useContext(FreshnessContext)
}

export function useGone(): readonly Gone[] {
  const { name } = useTenant()
  return useHeld(goneKey(name), none)
}

/** What it is called, and the least of the roles in chart/rbac/tenant-roles.yaml that has it. */
const needs: Record<Permission, readonly [what: string, role: string]> = {
  'view:cluster': ['Seeing clusters', 'viewer'],
  'create:cluster': ['Creating clusters', 'admin'],
  'delete:cluster': ['Deleting clusters', 'admin'],
  'unstick:cluster': ['Freeing clusters', 'admin'],
  'adopt:cluster': ['Taking clusters over', 'admin'],
  'upgrade:cluster': ['Upgrading', 'admin'],
  'change:control-plane': ['Changing the control plane', 'admin'],
  'scale:node-pool': ['Scaling', 'operator'],
  'change:node-pool': ['Changing pools', 'admin'],
  'change:addresses': ['Changing address ranges', 'admin'],
  'change:add-ons': ['Changing add-ons', 'admin'],
  'remove:machine': ['Removing machines', 'admin'],
  'download:kubeconfig': ['An admin kubeconfig', 'operator'],
  'download:view-kubeconfig': ['A kubeconfig', 'viewer'],
}

export interface Can {
  readonly allowed: boolean
  /** Why not, for the button; null when allowed. */
  readonly reason: string | null
}

/** The answer spares a refusal: the judge is the API server. Writes are off while what is shown may be old. */
export function useCan(permission: Permission): Can {
  const { access, displayName } = useTenant()
  const fresh = useFreshness()
  // First: a page rendered while the management cluster is away knows no rights at all.
  if (fresh.state === 'stale') {
    const reason = fresh.cause === 'management' ? 'Changes are off until the management cluster answers again.' : 'Changes are off until the connection is back.'
    return { allowed: false, reason }
  }
  if (!access.includes(permission)) {
    const [what, role] = needs[permission]
    return { allowed: false, reason: `${what} needs the role ${role} in ${displayName}. A platform admin can give it to you.` }
  }
  return { allowed: true, reason: null }
}
