'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { UpgradeView } from '@/lib/upgrade/view'
import { ClusterGone, ClusterMissing } from '@/components/cluster/not-there'
import { useCluster, useEntries, useGone, useTenant } from '@/components/live/hooks'
import { clusterHref } from '@/lib/cluster/href'
import { ChooseUpgrade } from './choose'
import { UpgradeUnderWay } from './under-way'
import { useFollowed } from './use-followed'

/** The upgrade that is not at its end yet, or the choice of one. */
export function UpgradePage({ cluster: name, upgrade }: { cluster: string; upgrade: UpgradeView | null }) {
  const { name: tenant } = useTenant()
  const cluster = useCluster(name)
  const entries = useEntries(name)
  const gone = useGone().find((left) => left.cluster.name === name)
  const router = useRouter()
  useFollowed(upgrade, entries)

  if (!cluster) return gone ? <ClusterGone name={name} at={gone.at} entries={entries} /> : <ClusterMissing name={name} />
  const open = upgrade !== null && (upgrade.state === 'running' || upgrade.state === 'paused')
  return (
    <div className="max-w-[1180px]">
      <p className="mb-1"><Link href={clusterHref(tenant, name)} className="link text-ink-2">{name}</Link></p>
      {open ? <UpgradeUnderWay key={upgrade.operationId} cluster={cluster} upgrade={upgrade} /> : <ChooseUpgrade cluster={cluster} last={upgrade} onStarted={() => router.refresh()} />}
    </div>
  )
}
