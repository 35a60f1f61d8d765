'use client'
import Link from 'next/link'
import { isOpen } from '@/lib/upgrade/view'
import { ClusterGone, ClusterMissing } from '@/components/cluster/not-there'
import { useCluster, useEntries, useGone, useTenant, useUpgrade } from '@/components/live/hooks'
import { clusterHref } from '@/lib/cluster/href'
import { ChooseUpgrade } from './choose'
import { UpgradeUnderWay } from './under-way'

/** The upgrade that is not at its end yet, or the choice of one. */
export function UpgradePage({ cluster: name }: { cluster: string }) {
  const { name: tenant } = useTenant()
  const cluster = useCluster(name)
  const entries = useEntries(name)
  const gone = useGone().find((left) => left.cluster.name === name)
  const upgrade = useUpgrade(cluster?.uid ?? null)

  if (!cluster) return gone ? <ClusterGone name={name} at={gone.at} entries={entries} /> : <ClusterMissing name={name} />
  const open = upgrade !== null && isOpen(upgrade)
  return (
    <div className="max-w-[1180px]">
      <p className="mb-1"><Link href={clusterHref(tenant, name)} className="link text-ink-2">{name}</Link></p>
      {open ? <UpgradeUnderWay key={upgrade.operationId} cluster={cluster} upgrade={upgrade} /> : <ChooseUpgrade key={upgrade?.operationId} cluster={cluster} last={upgrade} />}
    </div>
  )
}
