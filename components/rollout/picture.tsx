'use client'
import { useState } from 'react'
import type { Lane } from '@/lib/rollout/lanes'
import type { Rollout } from '@/lib/rollout/story'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { useHydrated } from '@/components/ui/now'
import { clock, minute } from '@/components/ui/time'
import { axisOf, place, type Axis } from './axis'
import { LaneRow } from './lane-row'
import { Rules } from './rules'
import { sidesOf } from './sides'
import { Legend } from './legend'

/** Over this many lanes those that are finished fold into one line. */
const MOST = 12

/** Beside the track stand names and words, as in LaneRow; on phones above and under it. */
const INSET = 's:ml-[140px] s:mr-[212px]'

interface PictureProps {
  readonly lanes: readonly Lane[]
  readonly rollout: Rollout
  readonly now: number
}

/** Hidden from screen readers, but for its one button: the table beside it says the same in words. */
export function Picture({ lanes, rollout, now }: PictureProps) {
  const [open, setOpen] = useState(false)
  const axis = axisOf(rollout, now, lanes.flatMap(({ expected }) => [...expected.old, ...expected.new].map(({ to }) => to)))
  const finished = lanes.filter((lane) => lane.finished)
  const folds = lanes.length > MOST && finished.length > 1
  const shown = folds && !open ? lanes.filter((lane) => !lane.finished) : lanes
  const sides = sidesOf(lanes, rollout)
  return (
    <>
      <div className="relative px-4 pb-2">
        <div aria-hidden className="pointer-events-none absolute inset-x-4 bottom-2 top-7 max-s:hidden">
          <div className={cn('relative h-full', INSET)}><Rules axis={axis} /></div>
        </div>
        <div aria-hidden className={cn('relative h-7', INSET)}><Ticks axis={axis} /></div>
        {folds ? (
          <div className="relative flex h-11 items-center gap-3 border-t border-line">
            <Button size="sm" look="ghost" className="-ml-2.5 bg-surface" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Fold' : 'Show'} the {finished.length} finished machines</Button>
          </div>
        ) : null}
        <div aria-hidden>
          {shown.map((lane) => <LaneRow key={lane.key} lane={lane} rollout={rollout} axis={axis} now={now} sides={sides} />)}
        </div>
      </div>
      <Legend medians={rollout.medians} old={sides !== 'new'} fresh={sides !== 'old'} expected={rollout.endedAt === null} />
    </>
  )
}

/** A label that the mark of now would cover is left out; on phones every other one is. */
function Ticks({ axis }: { axis: Axis }) {
  const local = useHydrated()
  const seconds = axis.ticks.length > 1 && (axis.ticks[1] ?? 0) - (axis.ticks[0] ?? 0) < 60_000
  const now = axis.now === null ? null : place(axis, axis.now)
  return (
    <>
      {axis.ticks.map((tick, index) => {
        const left = place(axis, tick)
        const near = now === null ? 100 : Math.abs(left - now)
        if (near < 6 || left > 97) return null
        return <span key={tick} className={cn('absolute top-2 text-11 text-ink-3', left > 2 ? '-translate-x-1/2' : '', (index % 2 === 1 || near < 14) && 'max-s:hidden')} style={{ left: `${left}%` }}>{seconds ? clock(tick, local) : minute(tick, local)}</span>
      })}
      {now === null ? null : <span className="absolute top-1.5 z-10 -translate-x-1/2 rounded-pill bg-ink px-1.5 text-11 font-medium text-on-ink" style={{ left: `${now}%` }}>now</span>}
    </>
  )
}
