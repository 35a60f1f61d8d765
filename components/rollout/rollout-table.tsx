import type { ReactNode } from 'react'
import type { Lane, LaneMachine } from '@/lib/rollout/lanes'
import type { Rollout } from '@/lib/rollout/story'
import { Glyph, wordTone } from '@/components/state/glyph'
import { cn } from '@/components/ui/cn'
import { Clock } from '@/components/ui/time'
import { isUnmade, laneShape, sidesOf } from './sides'
import { countWords } from './words'

const head = 'h-8 whitespace-nowrap px-2 text-12 font-medium text-ink-3 first:pl-4 last:pr-4'
const cell = 'h-11 border-t border-line px-2 first:pl-4 last:pr-4 max-s:h-auto max-s:min-w-0 max-s:border-0 max-s:!p-0'

/** The equal of the picture: every lane, none folded. */
export function RolloutTable({ lanes, rollout }: { lanes: readonly Lane[]; rollout: Rollout }) {
  const sides = sidesOf(lanes, rollout)
  return (
    <table role="table" aria-label={[rollout.title, countWords(rollout)].filter(Boolean).join(', ')} className="w-full table-fixed border-collapse text-left max-s:block">
      <thead role="rowgroup" className="max-s:sr-only">
        <tr role="row">
          {sides !== 'new' ? <th role="columnheader" scope="col" className={cn(head, 'w-[190px]')}>Old machine</th> : null}
          {sides !== 'old' ? <th role="columnheader" scope="col" className={cn(head, 'w-[190px]')}>New machine</th> : null}
          <th role="columnheader" scope="col" className={cn(head, 'w-[190px]')}>State</th>
          <th role="columnheader" scope="col" className={cn(head, 'w-[110px]')}>Started</th>
          <th role="columnheader" scope="col" className={head}>Took or waits for</th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-s:block">
        {lanes.map((lane) => (
          <tr key={lane.key} role="row" className="hover:bg-sunken max-s:grid max-s:grid-cols-2 max-s:gap-x-3 max-s:gap-y-1 max-s:border-t max-s:border-line max-s:px-4 max-s:py-2 max-s:first:border-t-0">
            {sides !== 'new' ? <Cell><Machine shown={lane.old} none="–" className="text-ink-2" /></Cell> : null}
            {sides !== 'old' ? <Cell><Machine shown={lane.new} none={isUnmade(lane, rollout) ? 'not made yet' : '–'} className="font-medium" /></Cell> : null}
            <Cell><span className="inline-flex items-center gap-2 align-middle"><Glyph role={lane.role} shape={laneShape(lane)} /><b className={wordTone[lane.role]}>{lane.word}</b></span></Cell>
            <Cell className="text-ink-2">{lane.startedAt !== null ? <Clock at={new Date(lane.startedAt).toISOString()} /> : <span className="text-ink-3">–</span>}</Cell>
            <Cell className="text-ink-2 [overflow-wrap:anywhere] max-s:col-span-full">{lane.tookOrWaits ?? '–'}</Cell>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ children, className }: { children: ReactNode; className?: string }) {
  return <td role="cell" className={cn(cell, className)}>{children}</td>
}

function Machine({ shown, none, className }: { shown: LaneMachine | null; none: string; className: string }) {
  if (shown === null) return <span className="text-ink-3">{none}</span>
  return <span title={shown.machine.name} className={cn('mono block truncate', className, shown.machine.leaving.gone !== null && 'line-through')}>{shown.name}</span>
}
