'use client'
import Link from 'next/link'
import type { ClusterView } from '@/lib/cluster/view'
import { plainVersion } from '@/lib/kubernetes/version'
import { offeredUpgrades } from '@/lib/upgrade/versions'
import { useTenant } from '@/components/live/hooks'
import { upgradeHref } from './href'
import { useFooting } from './use-footing'

/** The newest version that the cluster can go to, where there is one. */
export function NewerVersion({ cluster }: { cluster: ClusterView }) {
  const { name: tenant } = useTenant()
  const [newest] = offeredUpgrades(useFooting(cluster))
  if (!newest || cluster.group === 'changing') return null
  return <Link href={upgradeHref(tenant, cluster.name)} prefetch={false} className="link whitespace-nowrap text-ink-2">{newest.step === 'nodes' ? 'pools behind' : `${plainVersion(newest.version)} available`}</Link>
}
