'use client'
import { useState } from 'react'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { useTenant } from '@/components/live/hooks'
import { Glyph, shapeOf } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'
import { useHydrated } from '@/components/ui/now'
import { Panel } from '@/components/ui/panel'
import { Clock, day } from '@/components/ui/time'
import { fold, type Line } from './fold'

const FIRST = 12

export function ActivityPanel({ entries }: { entries: readonly TimelineEntry[] }) {
  const [all, showAll] = useState(false)
  const local = useHydrated()
  const folded = fold(entries)
  const lines = all ? entries.map((entry): Line => ({ key: entry.key, entry, text: entry.text, parts: [] })) : folded.slice(0, FIRST)
  const days = Map.groupBy(lines, ({ entry }) => day(Date.parse(entry.at), local))
  const more = !all && (folded.length > FIRST || folded.some((line) => line.parts.length > 0))
  return (
    <Panel title="Activity" id="activity">
      {entries.length === 0 ? <p className="px-4 pb-4 text-ink-2">Nothing has happened yet. Steps of machines and changes that people make appear here.</p> : null}
      {[...days].map(([date, ofDay]) => (
        <section key={date} aria-label={date}>
          {days.size > 1 ? <h3 className="px-4 pb-1 pt-2 text-12 font-medium text-ink-3">{date}</h3> : null}
          <ol>
            {ofDay.map(({ key, entry, text, parts }) => (
              <li key={key} title={parts.length > 0 ? parts.join('\n') : undefined} className="grid grid-cols-[56px_16px_minmax(0,1fr)] items-start gap-2 px-4 py-[5px]">
                <Clock at={entry.at} className="text-12 leading-5 text-ink-3" />
                <span className="mt-0.5 grid h-4 place-items-center">
                  {entry.role === 'warn' || entry.role === 'bad' || entry.role === 'ok' ? <Glyph role={entry.role} shape={shapeOf(entry.role, '', null)} size={14} /> : <i aria-hidden className="size-1 rounded-full bg-control" />}
                </span>
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  {parts.length > 0 ? text : <Sentence entry={entry} />}
                  {entry.who ? <span className="text-ink-2">, by <Who who={entry.who} /></span> : null}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {more ? <div className="px-4 pb-3 pt-1"><Button look="ghost" size="sm" className="-ml-2.5" onClick={() => showAll(true)}>Show each of {entries.length}</Button></div> : <div className="h-2" />}
    </Panel>
  )
}

/** Texts name a machine by the last part of its name; the whole name is in the title. */
function Sentence({ entry: { text, subject } }: { entry: TimelineEntry }) {
  const tail = subject?.split('-').at(-1)
  if (!subject || !tail || tail === subject || !text.startsWith(tail)) return text
  return <><span className="mono" title={subject}>{tail}</span>{text.slice(tail.length)}</>
}

function Who({ who }: { who: string }) {
  const { session } = useTenant()
  return who === session.email ? <>you<span className="sr-only"> ({who})</span></> : who
}
