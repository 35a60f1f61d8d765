'use client'
import { History } from 'lucide-react'
import Link from 'next/link'
import { clusterHref } from '@/lib/cluster/href'
import type { Rollout } from '@/lib/rollout/story'
import { useRollouts, useTenant } from '@/components/live/hooks'
import { Middle } from '@/components/cluster/list-empty'
import { Glyph, wordTone } from '@/components/state/glyph'
import { buttonLook } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { span } from '@/components/ui/duration'
import { Note } from '@/components/ui/note'
import { useNow } from '@/components/ui/now'
import { Day } from '@/components/ui/time'
import { newestFirst, withLive } from './changes'
import { changesHref } from './href'
import { Askers } from './who'
import { countWords, outcomeOf } from './words'

interface ChangesPageProps {
  readonly cluster: string
  readonly changes: readonly Rollout[]
  /** false: the history could not be read whole. */
  readonly complete: boolean
}

const cell = 'h-11 border-t border-line px-2 first:pl-4 last:pr-4 max-s:h-auto max-s:border-0 max-s:!p-0'
const head = 'h-8 whitespace-nowrap px-2 text-12 font-medium text-ink-3 first:pl-4 last:pr-4'

/** All changes of the clusters of one name, also of those that are gone. The stream is ahead of what the server read. */
export function ChangesPage({ cluster, changes, complete }: ChangesPageProps) {
  const { name: tenant } = useTenant()
  const live = useRollouts().filter((rollout) => rollout.cluster === cluster)
  const all = newestFirst(withLive(changes, live))
  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 [overflow-wrap:anywhere]">Changes of {cluster}</h1>
        {all.length > 0 ? <p className="text-ink-3">newest first</p> : null}
      </div>
      {complete ? null : <Note role="warn" className="mb-4"><p>Older changes could not be read just now. The database does not answer; your clusters are not touched by it.</p></Note>}
      {all.length === 0 ? (
        <Middle
          art={<History size={24} aria-hidden />}
          title="No change has been seen yet"
          actions={<Link href={clusterHref(tenant, cluster)} className={buttonLook()}>See the cluster</Link>}
        >
          <p>Each change of this cluster is kept here with its machines and their steps: when it is made, scaled, replaced, upgraded and deleted.</p>
        </Middle>
      ) : (
        <div className="overflow-hidden rounded-3 border border-line bg-surface">
          <table role="table" aria-label={`Changes of ${cluster}, newest first`} className="w-full table-fixed border-collapse text-left max-s:block">
            <thead role="rowgroup" className="max-s:hidden">
              <tr role="row">
                <th role="columnheader" scope="col" className={head}>Change</th>
                <th role="columnheader" scope="col" className={cn(head, 'w-[116px]')}>Outcome</th>
                <th role="columnheader" scope="col" className={cn(head, 'w-[128px]')}>Machines</th>
                <th role="columnheader" scope="col" className={cn(head, 'w-[150px]')}>Began</th>
                <th role="columnheader" scope="col" className={cn(head, 'w-[104px]')}>Took</th>
                <th role="columnheader" scope="col" className={cn(head, 'w-[200px] max-l:hidden')}>Asked by</th>
              </tr>
            </thead>
            <tbody role="rowgroup" className="max-s:block">
              {all.map((rollout) => <Row key={rollout.id} rollout={rollout} href={changesHref(tenant, cluster, rollout.id)} />)}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function Row({ rollout, href }: { rollout: Rollout; href: string }) {
  const { word, role, shape } = outcomeOf(rollout)
  return (
    <tr role="row" className="hover:bg-sunken has-[[data-row]:focus-visible]:bg-sunken max-s:grid max-s:grid-cols-[minmax(0,1fr)_auto] max-s:gap-x-3 max-s:border-t max-s:border-line max-s:px-4 max-s:py-2.5 max-s:first:border-t-0">
      <td role="cell" className={cn(cell, 'max-s:col-span-full')}><Link data-row href={href} prefetch={false} className="block truncate py-0.5 font-medium focus-visible:-outline-offset-2 s:-mx-1 s:px-1 max-s:whitespace-normal" title={rollout.title}>{rollout.title}</Link></td>
      <td role="cell" className={cell}>
        <span className="inline-flex items-center gap-2 align-middle"><Glyph role={role} shape={shape} percent={rollout.percent} /><b className={wordTone[role]}>{word}</b></span>
      </td>
      <td role="cell" className={cn(cell, 'whitespace-nowrap text-ink-2 max-s:text-right')}>{countWords(rollout) ?? <span className="text-ink-3">none</span>}</td>
      <td role="cell" className={cn(cell, 'whitespace-nowrap text-ink-2 max-s:text-12 max-s:text-ink-3')}><Day at={rollout.startedAt} /></td>
      <td role="cell" className={cn(cell, 'whitespace-nowrap text-ink-2 max-s:text-right max-s:text-12 max-s:text-ink-3')}><Took rollout={rollout} /></td>
      <td role="cell" className={cn(cell, 'truncate text-ink-2 max-l:hidden')}><Askers asks={rollout.asks} /></td>
    </tr>
  )
}

function Took({ rollout: { startedAt, endedAt } }: { rollout: Rollout }) {
  const now = useNow(1000)
  if (endedAt === null) return <>{span(now - Date.parse(startedAt))} so far</>
  return <>{span(Date.parse(endedAt) - Date.parse(startedAt))}</>
}
