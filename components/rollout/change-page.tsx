'use client'
import type { Story } from '@/lib/rollout/story'
import { useStoryById } from '@/components/live/hooks'
import { Glyph } from '@/components/state/glyph'
import { span } from '@/components/ui/duration'
import { Clock, Day } from '@/components/ui/time'
import { RolloutPanel } from './rollout-panel'
import { Asked } from './who'
import { outcomeOf } from './words'

/** One change, as it was: a month later too. While the stream still tells it, it goes on here. */
export function ChangePage({ read }: { read: Story }) {
  const story = useStoryById(read.rollout.id) ?? read
  const { rollout } = story
  const { word, role, shape } = outcomeOf(rollout)
  const sentence = rollout.state.is === 'done' ? null : rollout.state.sentence
  return (
    <div className="space-y-4">
      <div>
        <h1 className="[overflow-wrap:anywhere]">{rollout.title}</h1>
        <p className="mt-2 flex items-start gap-2">
          <Glyph role={role} shape={shape} percent={rollout.percent} className="mt-1" />
          <span className="min-w-0 text-16 font-medium tracking-[-0.006em]">
            {word}
            <span className="font-normal text-ink-2">{rollout.endedAt === null ? sentence && `: ${sentence}` : ` in ${span(Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt))}`}</span>
          </span>
        </p>
        <p className="mt-0.5 pl-6 text-ink-2 max-s:pl-0">
          <Asked rollout={rollout} all /> Began <Day at={rollout.startedAt} />{rollout.endedAt === null ? '' : <>, ended at <Clock at={rollout.endedAt} /></>}.
        </p>
      </div>
      <RolloutPanel story={story} title="Machines" />
    </div>
  )
}
