'use client'
import { CircleHelp, Layers } from 'lucide-react'
import Link from 'next/link'
import { useSelectedLayoutSegments } from 'next/navigation'
import { clustersHref } from '@/lib/cluster/href'
import { useClusters, useTenant } from '@/components/live/hooks'
import { Button } from '@/components/ui/button'
import type { Permission } from '@/lib/permission'
import { Brand } from './brand'
import { PersonMenu } from './person-menu'
import { TenantSwitcher } from './tenant-switcher'

export function roleName(access: readonly Permission[]): string {
  if (access.includes('create:cluster')) return 'Tenant admin'
  if (access.includes('scale:node-pool')) return 'Tenant operator'
  // Platform admins see every tenant without being a member of it.
  return access.includes('download:view-kubeconfig') ? 'Tenant viewer' : 'Reads only'
}

export function Sidebar({ onHelp, onGo }: { onHelp: () => void; onGo?: () => void }) {
  const { name, session, access } = useTenant()
  const clusters = useClusters()
  const here = useSelectedLayoutSegments()[0]
  const chosen = here === 'clusters' || here === 'create'
  return (
    <div className="flex h-full flex-col p-3">
      <Brand />
      <TenantSwitcher />
      <nav aria-label="Tenant">
        <Link
          href={clustersHref(name)}
          aria-current={chosen ? 'page' : undefined}
          {...(onGo ? { onClick: onGo } : {})}
          className="flex h-8 items-center gap-2.5 rounded-2 px-2 text-ink-2 hover:bg-sunken hover:text-ink aria-[current]:bg-chosen aria-[current]:font-medium aria-[current]:text-ink max-m:h-10"
        >
          <Layers size={16} aria-hidden />
          Clusters
          <span className="ml-auto text-12 font-normal text-ink-3">{clusters.length}</span>
        </Link>
      </nav>
      <div className="mt-auto flex items-center gap-1 border-t border-line pt-2">
        <PersonMenu person={session} role={roleName(access)} />
        <Button look="ghost" size="sm" square aria-label="Keyboard shortcuts" onClick={onHelp}>
          <CircleHelp size={16} aria-hidden />
        </Button>
      </div>
    </div>
  )
}
