'use client'
import { useState } from 'react'
import type { ObjectRow } from '@/lib/manifests/object-row'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Ago } from '@/components/ui/time'
import { keyOf, type Section } from './query'

/** Some hundred rows are drawn at once: a large cluster has thousands, and who looks for one filters. */
const FIRST = 300

const cell = 'h-11 border-t border-line px-2 first:pl-4 last:pr-4 max-s:h-auto max-s:border-0 max-s:!p-0'
const head = 'h-8 whitespace-nowrap px-2 text-12 font-medium text-ink-3 first:pl-4 last:pr-4'

export function ObjectsTable({ label, sections, onOpen }: { label: string; sections: readonly Section[]; onOpen: (key: string) => void }) {
  const [all, setAll] = useState(false)
  const total = sections.reduce((sum, { rows }) => sum + rows.length, 0)
  const shown = all ? sections : cut(sections, FIRST)
  return (
    <>
      <div className="overflow-hidden rounded-3 border border-line bg-surface">
        <table role="table" aria-label={label} className="w-full table-fixed border-collapse text-left max-s:block">
          <thead role="rowgroup" className="max-s:hidden">
            <tr role="row">
              <th role="columnheader" scope="col" className={cn(head, 'w-[30%]')}>What</th>
              <th role="columnheader" scope="col" className={cn(head, 'w-[200px]')}>Kind</th>
              <th role="columnheader" scope="col" className={head}>Name</th>
              <th role="columnheader" scope="col" className={cn(head, 'w-[84px] text-right')}>Age</th>
            </tr>
          </thead>
          {shown.map(({ title, rows }) => (
            <tbody key={title} role="rowgroup" className="max-s:block">
              <tr role="row" className="max-s:block">
                <th role="rowheader" scope="rowgroup" colSpan={4} className="h-9 border-t border-line bg-sunken px-4 font-medium max-s:flex max-s:items-center">{title}</th>
              </tr>
              {rows.map((row) => <Row key={keyOf(row)} row={row} onOpen={onOpen} />)}
            </tbody>
          ))}
        </table>
      </div>
      {!all && total > FIRST ? <div className="mt-3 flex justify-center"><Button onClick={() => setAll(true)}>Show {total - FIRST} more</Button></div> : null}
    </>
  )
}

function Row({ row, onOpen }: { row: ObjectRow; onOpen: (key: string) => void }) {
  const aside = row.leaving ? 'being removed' : row.part === 'asked' && !row.exported ? 'not in use' : null
  return (
    <tr role="row" className="hover:bg-sunken has-[[data-row]:focus-visible]:bg-sunken max-s:grid max-s:grid-cols-[minmax(0,1fr)_auto] max-s:gap-x-3 max-s:border-t max-s:border-line max-s:px-4 max-s:py-2.5">
      <td role="cell" className={cn(cell, 'max-s:order-1')}>
        <span className="block truncate max-s:whitespace-normal">{row.what}{aside ? <span className="text-ink-3"> · {aside}</span> : null}</span>
      </td>
      <td role="cell" className={cn(cell, 'truncate text-ink-2 max-s:order-4 max-s:text-12 max-s:text-ink-3')}>{row.kind}</td>
      <td role="cell" className={cn(cell, 'max-s:order-3')}>
        <button type="button" data-row onClick={() => onOpen(keyOf(row))} title={row.name} aria-label={`${row.name}, ${row.kind}: show its YAML`} className="mono block min-h-6 max-w-full truncate rounded-1 py-0.5 text-left hover:underline focus-visible:-outline-offset-2 s:-mx-1 s:px-1">
          {row.name}
        </button>
      </td>
      <td role="cell" className={cn(cell, 'text-right text-ink-2 max-s:order-2 max-s:text-12 max-s:text-ink-3')}>{row.createdAt ? <Ago at={row.createdAt} /> : null}</td>
    </tr>
  )
}

function cut(sections: readonly Section[], most: number): readonly Section[] {
  let left = most
  return sections.flatMap(({ title, rows }) => {
    const part = rows.slice(0, left)
    left -= part.length
    return part.length > 0 ? [{ title, rows: part }] : []
  })
}
