'use client'
import Link from 'next/link'
import { useSelectedLayoutSegment } from 'next/navigation'
import { clusterHref } from '@/lib/cluster/href'
import { useCluster, useTenant } from '@/components/live/hooks'
import { cn } from '@/components/ui/cn'
import { CLUSTER_PAGES } from './pages'

/** null: the cluster's own. */
const PAGES = [[null, 'Overview'], ...CLUSTER_PAGES] as const

/** Above every page of a cluster that is there to stay: what can be done with it is not hidden in a menu. */
export function ClusterNav({ name }: { name: string }) {
  const { name: tenant } = useTenant()
  const cluster = useCluster(name)
  const here = useSelectedLayoutSegment()
  if (!cluster || cluster.deletingSince) return null
  const home = clusterHref(tenant, name)
  return (
    <nav aria-label={`Pages of ${name}`} className="-mx-7 -mt-6 mb-5 overflow-x-auto border-b border-line px-6 max-m:-mx-4 max-m:-mt-4 max-m:px-3">
      <ul className="flex gap-3 whitespace-nowrap">
        {PAGES.map(([page, label]) => (
          // With room inside for the ring of the focus, which the scrolling row cuts.
          <li key={label} className="p-1">
            <Link
              href={page === null ? home : `${home}/${page}`}
              prefetch={false}
              aria-current={page === here ? 'page' : undefined}
              className={cn('-mb-1 flex h-9 items-center border-b-2 border-transparent text-ink-2 hover:text-ink', page === here && 'border-ink font-medium text-ink')}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
