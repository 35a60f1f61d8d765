'use client'
import { useSearchParams } from 'next/navigation'
import type { ClusterView } from '@/lib/cluster/view'
import { planeVersion, skewHold } from '@/lib/node-pool/skew'
import { OriginNote } from '@/components/adopt/origin-note'
import { ClusterDoctor } from '@/components/doctor/doctor'
import { useCluster, useEntries, useGone, useMachines, useStory, useUpgrade } from '@/components/live/hooks'
import { MachinesPanel } from '@/components/machine/machines-panel'
import { PoolsPanel } from '@/components/node-pool/pools-panel'
import { RolloutPanel } from '@/components/rollout/rollout-panel'
import { useTold } from '@/components/rollout/use-told'
import { ActivityPanel } from '@/components/timeline/activity-panel'
import { UpgradeNote } from '@/components/upgrade/upgrade-note'
import { Facts } from './facts'
import { DeletingView } from './deleting-view'
import { ClusterHeader } from './header'
import { HealthPanel } from './health-panel'
import { ClusterGone, ClusterMissing, ClusterSoon } from './not-there'

const heldIn = (cluster: ClusterView) => (name: string): string | null => {
  const pool = cluster.pools.find((each) => each.name === name)
  return pool === undefined ? null : skewHold(pool, planeVersion(cluster))
}

/** The server may not know a cluster that was made a second ago, and this browser knows some that are gone: it decides here. */
export function ClusterPage({ name }: { name: string }) {
  const cluster = useCluster(name)
  const gone = useGone().find((left) => left.cluster.name === name)
  const machines = useMachines(name)
  const entries = useEntries(name)
  const story = useStory(cluster?.uid ?? null)
  const upgrade = useUpgrade(cluster?.uid ?? null)
  const told = useTold(story?.rollout ?? null)
  const made = useSearchParams().has('made')

  if (!cluster) return gone ? <ClusterGone name={name} at={gone.at} entries={entries} /> : made ? <ClusterSoon name={name} /> : <ClusterMissing name={name} />
  if (cluster.deletingSince) return <DeletingView cluster={cluster} machines={machines} entries={entries} story={story} />
  return (
    <div className="space-y-4">
      <ClusterHeader cluster={cluster} rollout={story?.rollout ?? null} told={told} />
      {cluster.origin ? <OriginNote cluster={cluster.name} origin={cluster.origin} /> : null}
      <UpgradeNote cluster={name} upgrade={upgrade} />
      <Facts cluster={cluster} machines={machines} />
      {story && told ? <RolloutPanel story={story} /> : null}
      <div className="grid grid-cols-[minmax(0,1fr)_380px] items-start gap-4 max-l:grid-cols-[minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <PoolsPanel cluster={cluster} />
          <MachinesPanel machines={machines} hasPools={cluster.pools.length > 0 || cluster.state.word === 'Creating'} held={heldIn(cluster)} />
        </div>
        <div className="min-w-0 space-y-4">
          <HealthPanel cluster={cluster} />
          <ClusterDoctor cluster={cluster} />
          <ActivityPanel entries={entries} />
        </div>
      </div>
    </div>
  )
}
