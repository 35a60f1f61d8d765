'use client'
import type { ReactNode } from 'react'
import type { ClusterGroup } from '@/lib/cluster/view'
import { Glyph } from '@/components/state/glyph'
import { SearchBox } from '@/components/ui/search-box'
import type { ListQuery } from './order'

interface ListToolsProps {
  readonly query: ListQuery
  readonly onChange: (change: Partial<ListQuery>) => void
  readonly counts: Readonly<Record<ClusterGroup | 'all', number>>
}

export function ListTools({ query, onChange, counts }: ListToolsProps) {
  return (
    <div role="search" aria-label="Clusters" className="mb-3 flex flex-wrap items-center gap-2">
      <SearchBox label="Search by name, datacenter, version or address" placeholder="Search name or address" initial={query.search} onChange={(search) => onChange({ search })} />
      <div role="group" aria-label="Filter by state" className="flex gap-1.5 max-s:-mx-4 max-s:overflow-x-auto max-s:px-4 max-s:py-1 max-s:[scrollbar-width:none]">
        <Chip pressed={query.group === null} onClick={() => onChange({ group: null })} count={counts.all}>All</Chip>
        <Chip pressed={query.group === 'needs-you'} onClick={() => onChange({ group: query.group === 'needs-you' ? null : 'needs-you' })} count={counts['needs-you']}><Glyph role="warn" shape="triangle" size={14} />Needs you</Chip>
        <Chip pressed={query.group === 'changing'} onClick={() => onChange({ group: query.group === 'changing' ? null : 'changing' })} count={counts.changing}><Glyph role="busy" shape="pie" percent={40} size={14} />Changing</Chip>
        <Chip pressed={query.group === 'settled'} onClick={() => onChange({ group: query.group === 'settled' ? null : 'settled' })} count={counts.settled}><Glyph role="ok" shape="check" size={14} />Settled</Chip>
      </div>
    </div>
  )
}

function Chip({ pressed, onClick, count, children }: { pressed: boolean; onClick: () => void; count: number; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="inline-flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-pill border border-line-strong bg-surface px-2.5 text-12 font-medium text-ink-2 hover:bg-sunken aria-pressed:border-ink aria-pressed:text-ink aria-pressed:inset-ring aria-pressed:inset-ring-ink max-s:h-8"
    >
      {children}
      <span className="text-ink-3">{count}</span>
    </button>
  )
}
