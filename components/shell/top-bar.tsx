'use client'
import { Menu as MenuIcon } from 'lucide-react'
import Link from 'next/link'
import { useSelectedLayoutSegments } from 'next/navigation'
import { Fragment } from 'react'
import { clustersHref } from '@/lib/cluster/href'
import { CLUSTER_PAGES } from '@/components/cluster/pages'
import { useTenant } from '@/components/live/hooks'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { LiveIndicator } from './live-indicator'

interface Crumb {
  readonly label: string
  readonly href: string | null
}

/** The pages of a cluster, as the breadcrumb names them. */
const PARTS: Readonly<Record<string, string>> = { ...Object.fromEntries(CLUSTER_PAGES), adopt: 'Take over' }

export function crumbsOf(tenant: { name: string; displayName: string }, segments: readonly string[]): readonly Crumb[] {
  const home = clustersHref(tenant.name)
  const first = { label: tenant.displayName, href: home }
  const [section, name, part, id] = segments
  const clusters = { label: 'Clusters', href: home }
  if (section === 'create') return [first, clusters, { label: 'Create', href: null }]
  if (section !== 'clusters' || !name) return [first, { label: 'Clusters', href: null }]
  const cluster = `${home}/${encodeURIComponent(name)}`
  const path = [first, clusters, { label: name, href: cluster }]
  if (part === undefined) return [first, clusters, { label: name, href: null }]
  if (part === 'changes' && id) return [...path, { label: 'Changes', href: `${cluster}/changes` }, { label: 'Change', href: null }]
  if (part === 'pools') return [...path, { label: id === undefined || id === 'new' ? 'New pool' : `Pool ${id}`, href: null }]
  return [...path, { label: PARTS[part] ?? part, href: null }]
}

export function TopBar({ onMenu }: { onMenu: () => void }) {
  const tenant = useTenant()
  const crumbs = crumbsOf(tenant, useSelectedLayoutSegments())
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-canvas px-7 max-m:gap-1 max-m:pl-2 max-m:pr-4">
      <Button look="ghost" square aria-label="Menu" className="m:hidden" onClick={onMenu}>
        <MenuIcon size={18} aria-hidden />
      </Button>
      <nav aria-label="Breadcrumb" className="min-w-0">
        <ol className="flex min-w-0 items-center gap-1.5 whitespace-nowrap text-ink-3">
          {crumbs.map((crumb, index) => (
            <Fragment key={crumb.label + index}>
              {index > 0 ? <li aria-hidden className={cn('text-control', index < 2 && 'max-s:hidden')}>/</li> : null}
              {crumb.href ? (
                // With room inside for the ring of the focus, which truncate cuts.
                <li className={cn('-m-1 truncate p-1', index === 0 && 'max-s:hidden', index === 1 && 'shrink-0', index > 1 && 'min-w-0')}><Link href={crumb.href} className="underline-offset-3 hover:text-ink hover:underline">{crumb.label}</Link></li>
              ) : (
                <li aria-current="page" className={cn('truncate font-medium text-ink', index > 2 ? 'shrink-0 max-s:max-w-40' : 'min-w-0')}>{crumb.label}</li>
              )}
            </Fragment>
          ))}
        </ol>
      </nav>
      <div className="ml-auto flex items-center gap-3 pl-2">
        <LiveIndicator />
      </div>
    </header>
  )
}
