'use client'
import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterView } from '@/lib/cluster/view'
import { plainVersion } from '@/lib/kubernetes/version'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout } from '@/lib/rollout/story'
import { useCan, useTenant } from '@/components/live/hooks'
import { machineCount, MachineTicks } from '@/components/machine/ticks'
import { leftOf, toldState } from '@/components/rollout/told'
import { Glyph } from '@/components/state/glyph'
import { StateBlock } from '@/components/state/state-word'
import { Button, buttonLook } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { useNow } from '@/components/ui/now'
import { Ago } from '@/components/ui/time'
import { freeAddresses } from './order'

interface ClusterRowProps {
  readonly cluster: ClusterView
  readonly machines: readonly MachineView[]
  readonly rollout: Rollout | null
  readonly gone: boolean
  readonly onDelete: (cluster: ClusterView) => void
}

const cell = 'h-[54px] border-t border-line px-2 first:pl-4 last:pr-3 max-s:h-auto max-s:border-0 max-s:!p-0'

export function ClusterRow({ cluster, machines, rollout, gone, onDelete }: ClusterRowProps) {
  const { name: tenant } = useTenant()
  const href = clusterHref(tenant, cluster.name)
  const now = useNow(1000)
  const deleting = cluster.deletingSince !== null
  return (
    <tr
      role="row"
      className={cn(
        'hover:bg-sunken has-[[data-row]:focus-visible]:bg-sunken',
        'max-s:grid max-s:grid-cols-[minmax(0,1fr)_auto_36px] max-s:items-center max-s:gap-x-2 max-s:gap-y-0.5 max-s:border-t max-s:border-line max-s:px-2 max-s:pb-3 max-s:pl-4 max-s:pt-2',
        gone && 'opacity-60',
      )}
    >
      <td role="cell" className={cn(cell, 'overflow-hidden max-s:text-14')}>
        {gone ? <span className="block truncate font-medium text-ink-2 line-through">{cluster.name}</span> : <Link data-row href={href} prefetch={false} className="block truncate py-0.5 font-medium focus-visible:-outline-offset-2 s:-mx-1 s:px-1 s:py-0">{cluster.name}</Link>}
        <span className="block truncate text-12 text-ink-3 max-s:hidden">{cluster.placement?.datacenter ?? cluster.identity ?? '\u00a0'}</span>
      </td>
      <td role="cell" className={cn(cell, 'max-s:col-span-full max-s:row-start-2 max-s:!pr-2')}>
        <div className="flex items-center gap-2 max-s:block">
          <div className="min-w-0 flex-1"><StateBlock state={toldState(cluster.state, gone ? null : rollout)} left={gone ? null : leftOf(rollout, now)} narrow={cluster.group === 'needs-you'} /></div>
          {cluster.group === 'needs-you' && !gone ? <Link href={href} prefetch={false} aria-label={`See why ${cluster.name} is ${cluster.state.word.toLowerCase()}`} className={cn(buttonLook({ size: 'sm' }), 'w-20 max-s:ml-6 max-s:mt-1.5 s:max-l:hidden')}>See why</Link> : null}
        </div>
      </td>
      <td role="cell" className={cn(cell, 'mono whitespace-nowrap max-s:col-start-2 max-s:row-start-1 max-s:text-ink-2')}><Version {...cluster.version} /></td>
      <td role="cell" className={cn(cell, 'max-s:col-span-full max-s:row-start-3 max-s:ml-6 max-s:mt-1 max-s:text-ink-2')}>
        <span className="flex items-center gap-2">
          <MachineTicks machines={machines} />
          <span className="whitespace-nowrap">{machineCount(cluster.machines, deleting)}</span>
        </span>
      </td>
      <td role="cell" className={cn(cell, 'text-right max-l:hidden')}><Free count={freeAddresses(cluster)} /></td>
      <td role="cell" className={cn(cell, 'text-right text-ink-2 max-l:hidden')}><Ago at={cluster.createdAt} /></td>
      <td role="cell" className={cn(cell, 'text-right max-s:col-start-3 max-s:row-start-1')}>{gone ? null : <RowMenu cluster={cluster} href={href} onDelete={onDelete} />}</td>
    </tr>
  )
}

export function Version({ desired, current }: ClusterView['version']) {
  if (!desired) return <span className="text-ink-3">–</span>
  if (!current || current === desired) return <>{plainVersion(desired)}</>
  return <><span className="text-ink-3">{plainVersion(current)} <span aria-hidden>→</span><span className="sr-only">to</span></span> {plainVersion(desired)}</>
}

function Free({ count }: { count: number | null }) {
  if (count === null) return <span className="text-ink-3">DHCP</span>
  if (count > 0) return <>{count}</>
  return <span className="inline-flex items-center gap-1.5 align-middle font-medium text-warn"><Glyph role="warn" shape="triangle" size={14} />None</span>
}

function RowMenu({ cluster, href, onDelete }: { cluster: ClusterView; href: string; onDelete: (cluster: ClusterView) => void }) {
  const router = useRouter()
  const can = useCan('delete:cluster')
  const trigger = <Button look="ghost" size="sm" square aria-label={`Actions for ${cluster.name}`}><Ellipsis size={16} aria-hidden /></Button>
  return (
    <Menu trigger={trigger}>
      <MenuItem onClick={() => router.push(href)}>Open</MenuItem>
      <MenuItem onClick={() => void navigator.clipboard?.writeText(cluster.name)}>Copy the name</MenuItem>
      <MenuSeparator />
      <MenuItem danger reason={cluster.deletingSince ? 'It is being deleted.' : can.reason} onClick={() => onDelete(cluster)}>Delete cluster</MenuItem>
    </Menu>
  )
}
