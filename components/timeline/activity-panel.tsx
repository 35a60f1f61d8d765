'use client'
import { useState } from 'react'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { useTenant } from '@/components/live/hooks'
import { Glyph, shapeOf } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'
import { useHydrated } from '@/components/ui/now'
import { Panel } from '@/components/ui/panel'
import { Clock, day } from '@/components/ui/time'

const FIRST = 12

export function ActivityPanel({ entries }: { entries: readonly TimelineEntry[] }) {
  const [all, showAll] = useState(false)
  const local = useHydrated()
  const shown = all ? entries : entries.slice(0, FIRST)
  const days = Map.groupBy(shown, (entry) => day(Date.parse(entry.at), local))
  return (
    <Panel title="Activity" id="activity">
      {entries.length === 0 ? <p className="px-4 pb-4 text-ink-2">Nothing has happened yet. Steps of machines and changes that people make appear here.</p> : null}
      {[...days].map(([date, ofDay]) => (
        <section key={date} aria-label={date}>
          {days.size > 1 ? <h3 className="px-4 pb-1 pt-2 text-12 font-medium text-ink-3">{date}</h3> : null}
          <ol>
            {ofDay.map((entry) => (
              <li key={entry.key} className="grid grid-cols-[56px_16px_minmax(0,1fr)] items-start gap-2 px-4 py-[5px]">
                <Clock at={entry.at} className="text-12 leading-5 text-ink-3" />
                <span className="mt-0.5">{entry.role === 'warn' || entry.role === 'bad' || entry.role === 'ok' ? <Glyph role={entry.role} shape={shapeOf(entry.role, '', null)} size={14} /> : null}</span>
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  <Sentence entry={entry} />
                  {entry.who ? <span className="text-ink-2">, by <Who who={entry.who} /></span> : null}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {entries.length > FIRST && !all ? <div className="px-4 pb-3 pt-1"><Button look="ghost" size="sm" className="-ml-2.5" onClick={() => showAll(true)}>Show all {entries.length}</Button></div> : <div className="h-2" />}
    </Panel>
  )
}

/** Texts name a machine by the last part of its name; the whole name is in the title. */
function Sentence({ entry: { text, subject } }: { entry: TimelineEntry }) {
  const tail = subject?.split('-').at(-1)
  if (!subject || !tail || !text.includes(tail)) return text
  const [before, ...after] = text.split(tail)
  return <>{before}<span className="mono" title={subject}>{tail}</span>{after.join(tail)}</>
}

function Who({ who }: { who: string }) {
  const { session } = useTenant()
  return who === session.email ? <>you<span className="sr-only"> ({who})</span></> : who
}
