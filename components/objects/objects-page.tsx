'use client'
import { Boxes, RefreshCw, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState, useTransition } from 'react'
import { clusterHref } from '@/lib/cluster/href'
import type { Result } from '@/lib/errors'
import type { ClusterObjects } from '@/lib/manifests/object-row'
import { listed, plural } from '@/lib/text'
import { Middle } from '@/components/cluster/list-empty'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Button, buttonLook } from '@/components/ui/button'
import { Note } from '@/components/ui/note'
import { SearchBox } from '@/components/ui/search-box'
import { Select } from '@/components/ui/select'
import { ExportButton } from './export-button'
import { ObjectsTable } from './objects-table'
import { kindsOf, readQuery, sections, writeQuery, type ObjectsQuery } from './query'
import { YamlDialog } from './yaml-dialog'

const ANY = 'any'

/** All objects of a cluster as the API server gives them to this person; read when the page is opened, and by Refresh. */
export function ObjectsPage({ cluster, read }: { cluster: string; read: Result<ClusterObjects> }) {
  const { name: tenant } = useTenant()
  const router = useRouter()
  const [reading, startReading] = useTransition()
  const refresh = <Button busy={reading} onClick={() => startReading(() => router.refresh())}><RefreshCw size={16} aria-hidden />Refresh</Button>
  const back = <Link href={clusterHref(tenant, cluster)} className={buttonLook()}>See the cluster</Link>
  if (!read.ok && read.error.code === 'not-found') {
    return (
      <Middle level={1} art={<Search size={24} aria-hidden />} title={`There is nothing of ${cluster} here`} actions={<>{refresh}{back}</>}>
        <p>No object that you may read belongs to a cluster of this name.</p>
      </Middle>
    )
  }
  const reason = read.ok && !read.value.whole ? 'The Cluster itself is gone, or you may not read it: there is nothing to export.' : null
  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 flex-1 max-s:basis-full [overflow-wrap:anywhere]">Objects of {cluster}</h1>
        <div className="flex gap-2">{refresh}{read.ok ? <ExportButton cluster={cluster} reason={reason} /> : null}</div>
      </div>
      {read.ok ? <Objects cluster={cluster} objects={read.value} back={back} /> : <ErrorNote error={read.error} />}
    </>
  )
}

function Objects({ cluster, objects, back }: { cluster: string; objects: ClusterObjects; back: React.ReactNode }) {
  const query = readQuery(useSearchParams())
  const path = usePathname()
  // history.replaceState, which Next follows, asks the server for nothing.
  const change = (part: Partial<ObjectsQuery>) => window.history.replaceState(null, '', path + writeQuery({ ...query, ...part }))
  // Typing in the field is ahead of the URL; only clearing from elsewhere has to reach it.
  const [field, setField] = useState(0)
  const shown = sections(objects.rows, query)
  const count = shown.reduce((total, { rows }) => total + rows.length, 0)
  const clear = () => {
    setField(field + 1)
    change({ search: '', kind: null })
  }
  return (
    <>
      {objects.forbidden.length > 0 ? <Note role="warn" className="mb-4"><p>You may not read {listed(objects.forbidden, 15)} in this tenant, so they are not listed. A platform admin can let you.</p></Note> : null}
      {objects.rows.length === 0 ? (
        <Middle art={<Boxes size={24} aria-hidden />} title="Nothing that you may read" actions={back}><p>The objects of this cluster are listed here once you may read their kinds.</p></Middle>
      ) : (
        <>
          <div role="search" aria-label="Objects" className="mb-3 flex flex-wrap items-center gap-2">
            <SearchBox key={field} label="Search by name, kind or what it is" placeholder="Search name or kind" initial={query.search} onChange={(search) => change({ search })} />
            <div className="w-[230px] max-s:w-full">
              <Select
                label="Kind"
                value={query.kind ?? ANY}
                onChange={(kind) => change({ kind: kind === ANY ? null : kind })}
                choices={[{ value: ANY, label: 'All kinds', note: String(objects.rows.length) }, ...kindsOf(objects.rows).map(([kind, many]) => ({ value: kind, label: kind, note: String(many) }))]}
              />
            </div>
            <p role="status" className="text-ink-3">{plural(count, 'object')}</p>
          </div>
          {count === 0 ? (
            <Middle art={<Search size={24} aria-hidden />} title="No object matches" actions={<Button onClick={clear}>Show all</Button>}><p>{plural(objects.rows.length, 'object is', 'objects are')} hidden.</p></Middle>
          ) : (
            <ObjectsTable label={`Objects of ${cluster}`} sections={shown} onOpen={(open) => change({ open })} />
          )}
        </>
      )}
      {query.open ? <YamlDialog key={query.open} cluster={cluster} object={query.open} onClose={() => change({ open: null })} /> : null}
    </>
  )
}
