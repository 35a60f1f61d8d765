'use client'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { Fragment } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { Rollout } from '@/lib/rollout/story'
import { cn } from '@/components/ui/cn'
import { ClusterRow } from './cluster-row'
import { GROUPS, type ListQuery, type Section, type SortKey } from './order'

interface ClusterTableProps {
  readonly sections: readonly Section[]
  readonly clusters: ReadonlyMap<string, ClusterView>
  readonly gone: ReadonlySet<string>
  readonly machines: ReadonlyMap<string, readonly MachineView[]>
  readonly rollouts: ReadonlyMap<string, Rollout>
  readonly query: ListQuery
  readonly onSort: (change: Partial<ListQuery>) => void
  readonly onDelete: (cluster: ClusterView) => void
}

const columns: readonly { readonly label: string; readonly sort?: SortKey; readonly className?: string }[] = [
  { label: 'Cluster', sort: 'cluster', className: 'w-[168px] max-l:w-[144px] min-[1400px]:w-[240px]' },
  { label: 'State' },
  { label: 'Kubernetes', sort: 'version', className: 'w-[136px] max-l:w-[120px]' },
  { label: 'Machines ready', sort: 'machines', className: 'w-[172px] max-l:w-[156px]' },
  { label: 'Free addresses', sort: 'addresses', className: 'w-[116px] text-right max-l:hidden' },
  { label: 'Age', sort: 'age', className: 'w-16 text-right max-l:hidden' },
]

/** Roles are written out: as cards on phones the table is laid out as a grid, and browsers then drop its semantics. */
export function ClusterTable({ sections, clusters, gone, machines, rollouts, query, onSort, onDelete }: ClusterTableProps) {
  return (
    <div className="overflow-hidden rounded-3 border border-line bg-surface">
      <table role="table" aria-label="Clusters, those that need you first" className="w-full table-fixed border-collapse text-left max-s:block">
        <thead role="rowgroup" className="max-s:hidden">
          <tr role="row">
            {columns.map(({ label, sort, className }) => (
              <th key={label} role="columnheader" scope="col" aria-sort={sort && query.sort === sort ? (query.descending ? 'descending' : 'ascending') : undefined} className={cn(head, className)}>
                {sort ? <SortButton label={label} active={query.sort === sort} descending={query.descending} onClick={() => onSort({ sort, descending: query.sort === sort && !query.descending })} /> : label}
              </th>
            ))}
            <th role="columnheader" scope="col" className={cn(head, 'w-12')}><span className="sr-only">Actions</span></th>
          </tr>
        </thead>
        {sections.map(({ group, names }) => (
          <tbody key={group} role="rowgroup" className="group/body max-s:block">
            <tr role="row" className="max-s:block">
              <th role="rowheader" scope="rowgroup" colSpan={5} className="h-[34px] border-t border-line bg-canvas px-4 pt-0.5 text-12 font-medium text-ink-2 max-s:flex max-s:items-center max-s:group-first-of-type/body:border-t-0">
                <b className="font-semibold text-ink">{GROUPS.find((known) => known.group === group)?.title}</b>&ensp;{names.length}
              </th>
              {/* Of its own, so that it goes with the two columns: a span over hidden columns would make them come back empty. */}
              <td role="cell" colSpan={2} className="border-t border-line bg-canvas max-l:hidden" />
            </tr>
            {names.map((name) => {
              const cluster = clusters.get(name)
              return <Fragment key={name}>{cluster ? <ClusterRow cluster={cluster} machines={machines.get(name) ?? []} rollout={rollouts.get(cluster.uid) ?? null} gone={gone.has(name)} onDelete={onDelete} /> : null}</Fragment>
            })}
          </tbody>
        ))}
      </table>
    </div>
  )
}

export const head = 'h-8 whitespace-nowrap px-2 text-12 font-medium text-ink-3 first:pl-4 last:pr-3'

function SortButton({ label, active, descending, onClick }: { label: string; active: boolean; descending: boolean; onClick: () => void }) {
  const Arrow = descending ? ArrowDown : ArrowUp
  return (
    <button type="button" onClick={onClick} className={cn('inline-flex min-h-6 items-center gap-1 hover:text-ink', active && 'text-ink')}>
      {label}
      {active ? <Arrow size={12} aria-hidden /> : null}
    </button>
  )
}
