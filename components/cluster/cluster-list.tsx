'use client'
import { Plus } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import type { ClusterView } from '@/lib/cluster/view'
import { useCan, useClusters, useGone, useMachinesByCluster, useOpenRollouts, useTenant } from '@/components/live/hooks'
import { TickLegend } from '@/components/machine/ticks'
import { Button, buttonLook } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { ClusterTable } from './cluster-table'
import { DeleteDialog } from './delete-dialog'
import { frozen } from './freeze'
import { EmptyList, NoMatch } from './list-empty'
import { ListTools } from './list-tools'
import { matches, sections, type Section } from './order'
import { useListQuery } from './use-list-query'

const GONE_FOR_MS = 5_000

export function ClusterList() {
  const { name: tenant } = useTenant()
  const clusters = useClusters()
  const leaving = useLeaving(clusters)
  const machines = useMachinesByCluster()
  const rollouts = useOpenRollouts()
  const [query, setQuery] = useListQuery()
  const [held, hold] = useState<readonly Section[] | null>(null)
  const [deleting, setDeleting] = useState<ClusterView | null>(null)
  const create = useCan('create:cluster')

  if (clusters.length === 0 && leaving.length === 0) return <EmptyList />

  const known = [...clusters, ...leaving]
  const found = known.filter((cluster) => matches(cluster, (machines.get(cluster.name) ?? []).flatMap((machine) => machine.address ?? []), query.search))
  const settled = sections(found, query)
  const { sections: displayed, moved } = held ? frozen(held, settled) : { sections: settled, moved: 0 }
  const count = (group: ClusterView['group']) => found.filter((cluster) => cluster.group === group).length

  return (
    <>
      <div className="mb-4 flex min-h-8 items-center gap-3 max-s:flex-wrap">
        <h1>Clusters</h1>
        <p className="text-ink-3 max-s:hidden">{summary(clusters)}</p>
        <div className="ml-auto">
          {create.allowed ? (
            <Link href={`/t/${encodeURIComponent(tenant)}/create`} className={buttonLook({ look: 'primary' })}><Plus size={16} aria-hidden />Create cluster</Link>
          ) : (
            <Button look="primary" reason={create.reason}><Plus size={16} aria-hidden />Create cluster</Button>
          )}
        </div>
      </div>
      <ListTools query={query} onChange={(change) => { hold(null); setQuery(change) }} counts={{ all: found.length, 'needs-you': count('needs-you'), changing: count('changing'), settled: count('settled') }} />
      {displayed.length === 0 ? (
        <NoMatch query={query} names={known.map((cluster) => cluster.name)} hidden={known.length} onChange={setQuery} />
      ) : (
        <>
          <div
            onPointerEnter={(event) => event.pointerType === 'mouse' && hold((now) => now ?? displayed)}
            onPointerLeave={(event) => event.pointerType === 'mouse' && !event.currentTarget.contains(document.activeElement) && hold(null)}
            onFocus={() => hold((now) => now ?? displayed)}
            onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && !event.currentTarget.matches(':hover') && hold(null)}
            className="relative"
          >
            {moved > 0 ? (
              <div className="absolute -top-1 left-1/2 z-10 -translate-x-1/2 -translate-y-1/2">
                <Button size="sm" className="rounded-pill shadow-float" onClick={() => hold(settled)}>{moved === 1 ? '1 row moved' : `${moved} rows moved`}, reorder</Button>
              </div>
            ) : null}
            <ClusterTable
              sections={displayed}
              clusters={new Map(known.map((cluster) => [cluster.name, cluster]))}
              gone={new Set(leaving.map((cluster) => cluster.name))}
              machines={machines}
              rollouts={rollouts}
              query={query}
              onSort={(change) => { hold(null); setQuery(change) }}
              onDelete={setDeleting}
            />
          </div>
          <TickLegend />
        </>
      )}
      {deleting ? <DeleteDialog cluster={deleting} onClose={() => setDeleting(null)} /> : null}
    </>
  )
}

/** Clusters that left a moment ago: they stay, marked, long enough to be seen leaving. */
function useLeaving(clusters: readonly ClusterView[]): readonly ClusterView[] {
  const now = useNow(1000)
  const here = new Set(clusters.map((cluster) => cluster.name))
  return useGone()
    .filter(({ cluster, at }) => now - at < GONE_FOR_MS && !here.has(cluster.name))
    .map(({ cluster }) => ({ ...cluster, state: { word: 'Deleting', role: 'idle', sentence: 'Gone', condition: null, percent: 100 } as const }))
}

function summary(clusters: readonly ClusterView[]): string {
  const needs = clusters.filter((cluster) => cluster.group === 'needs-you').length
  const changing = clusters.filter((cluster) => cluster.group === 'changing').length
  const parts = [needs === 1 ? '1 needs you' : needs > 1 ? `${needs} need you` : null, changing === 1 ? '1 is changing' : changing > 1 ? `${changing} are changing` : null]
  return parts.filter(Boolean).join(', ') || 'All settled'
}
