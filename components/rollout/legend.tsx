import type { ReactNode } from 'react'
import type { Rollout } from '@/lib/rollout/story'
import { cn } from '@/components/ui/cn'
import { span } from '@/components/ui/duration'
import { PHASE_WORDS, PHASES } from './words'

/** What the colours mean, each with what the step took in the middle of the machines already done. */
export function Legend({ medians, old, fresh, expected }: { medians: Rollout['medians']; old: boolean; fresh: boolean; expected: boolean }) {
  const phases = PHASES.filter((phase) => (phase === 'drain' || phase === 'delete' ? old : fresh))
  return (
    <div aria-hidden className="flex flex-wrap gap-x-3 gap-y-1.5 border-t border-line px-4 pb-3 pt-2.5 text-12 text-ink-2">
      {old ? <Item look="h-[3px] bg-step-serve">old</Item> : null}
      {fresh ? <Item look="h-[3px] bg-ok-solid">new</Item> : null}
      {phases.map((phase) => {
        const median = medians[phase]
        return <Item key={phase} look={`block-${phase}`}>{PHASE_WORDS[phase]}{median === undefined ? null : <span className="text-ink-3">{span(median)}</span>}</Item>
      })}
      {expected ? <Item look="border border-dashed border-control">expected</Item> : null}
      {Object.keys(medians).length > 0 ? <span className="text-ink-3">{expected ? 'median so far' : 'median'}</span> : null}
    </div>
  )
}

function Item({ look, children }: { look: string; children: ReactNode }) {
  return <span className="inline-flex items-center gap-1.5"><i className={cn('h-2.5 w-4 rounded-[2px]', look)} />{children}</span>
}
