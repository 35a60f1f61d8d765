'use client'
import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { clusterHref } from '@/lib/cluster/href'
import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { Story } from '@/lib/rollout/story'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { DeletionDoctor, useFindings } from '@/components/doctor/doctor'
import { heldObjects } from '@/components/doctor/words'
import { useTenant } from '@/components/live/hooks'
import { MachinesPanel } from '@/components/machine/machines-panel'
import { changesHref } from '@/components/rollout/href'
import { RolloutPanel } from '@/components/rollout/rollout-panel'
import { Glyph } from '@/components/state/glyph'
import { ActivityPanel } from '@/components/timeline/activity-panel'
import { cn } from '@/components/ui/cn'
import { plural } from '@/lib/text'
import { Panel } from '@/components/ui/panel'
import { At } from '@/components/ui/time'
import { kindOf, nameOf, nextWords, stages, type Stage, wordOf } from './deleting'
import { StateLine } from './header'

/** The request is written down a moment before the API server dates the deletion. */
const JUST_BEFORE_MS = 5_000

interface DeletingViewProps {
  readonly cluster: ClusterView
  readonly machines: readonly MachineView[]
  readonly entries: readonly TimelineEntry[]
  readonly story: Story | null
}

export function DeletingView({ cluster, machines, entries, story }: DeletingViewProps) {
  const { name: tenant, session } = useTenant()
  const heading = useRef<HTMLHeadingElement>(null)
  // It takes the place of the page on which the deletion was asked for: what had the focus there is gone.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  const all = stages(cluster)
  const asked = entries.find((entry) => entry.who !== null && Date.parse(entry.at) >= Date.parse(cluster.deletingSince ?? '') - JUST_BEFORE_MS)
  return (
    <div className="space-y-4">
      <div>
        <h1 ref={heading} tabIndex={-1} className="outline-none [overflow-wrap:anywhere]">Deleting {cluster.name}</h1>
        <StateLine cluster={cluster} rollout={story?.rollout ?? null} told={story !== null}>
          {cluster.deletingSince ? <>{asked?.who ? `${asked.who === session.email ? 'You' : asked.who} asked` : 'Asked'} for this <At at={cluster.deletingSince} />. You may leave this page; deletion goes on. </> : null}
          <Link href={changesHref(tenant, cluster.name)} prefetch={false} className="link whitespace-nowrap">All changes</Link>{' · '}
          <Link href={`${clusterHref(tenant, cluster.name)}/objects`} prefetch={false} className="link whitespace-nowrap">Objects</Link>
        </StateLine>
      </div>
      <DeletionDoctor cluster={cluster} next={nextWords(all)} />
      {story && story.rollout.endedAt === null ? <RolloutPanel story={story} /> : null}
      <div className="grid grid-cols-[minmax(0,1fr)_380px] items-start gap-4 max-l:grid-cols-[minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <Panel title="In this order" id="order" note={`${all.filter((stage) => stage.state === 'done').length} of ${all.length} done`}>
            <ol>{all.map((stage) => <StageRow key={stage.title} stage={stage} held={cluster.state.word === 'Deletion held'} />)}</ol>
          </Panel>
          {machines.length > 0 ? <MachinesPanel machines={machines} /> : null}
        </div>
        <div className="min-w-0 space-y-4">
          <Remaining cluster={cluster} stages={all} />
          <ActivityPanel entries={entries} />
        </div>
      </div>
    </div>
  )
}

function StageRow({ stage, held }: { stage: Stage; held: boolean }) {
  const { title, state, left } = stage
  return (
    <li className="flex items-start gap-3.5 border-t border-line px-4 py-3" aria-current={state === 'now' ? 'step' : undefined}>
      {state === 'done' ? <Glyph role="ok" shape="check" size={20} /> : state === 'next' ? <Glyph role="idle" shape="ring" size={20} /> : held ? <Glyph role="warn" shape="triangle" size={20} /> : <Glyph role="busy" shape="arc" size={20} />}
      <h3 className={cn('min-w-0 flex-1', state === 'next' && 'font-normal text-ink-2')}>{title}</h3>
      <span className="whitespace-nowrap text-ink-3">{state === 'done' ? 'done' : state === 'now' ? (left.length === 0 ? '' : `${plural(left.length, 'object')} left`) : 'then'}</span>
    </li>
  )
}

function Remaining({ cluster, stages: all }: { cluster: ClusterView; stages: readonly Stage[] }) {
  const held = heldObjects(useFindings(cluster))
  const leaving = new Set(all.find(({ state }) => state === 'now')?.left)
  return (
    <Panel title="Still there" id="remaining" note={cluster.remaining.length}>
      <ul className="max-h-[360px] overflow-y-auto" tabIndex={cluster.remaining.length > 9 ? 0 : undefined} aria-labelledby="remaining">
        {cluster.remaining.map((object) => (
          <li key={object} className="flex min-h-9 items-center gap-3 border-t border-line px-4 py-1.5">
            {held.has(object) ? <Glyph role="warn" shape="triangle" /> : leaving.has(object) ? <Glyph role="idle" shape="minus" /> : <Glyph role="idle" shape="ring" />}
            <span className="sr-only">{held.has(object) ? 'Held: ' : leaving.has(object) ? 'Leaving: ' : 'Follows: '}</span>
            <span className="mono min-w-0 flex-1 truncate" title={nameOf(object)}>{nameOf(object)}</span>
            <span className="whitespace-nowrap text-12 text-ink-3" title={kindOf(object)}>{wordOf(object)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
