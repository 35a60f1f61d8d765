'use client'
import { plainVersion } from '@/lib/kubernetes/version'
import { lanesOf } from '@/lib/rollout/lanes'
import type { Rollout, Story } from '@/lib/rollout/story'
import { useFreshness } from '@/components/live/hooks'
import { Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { Collapsible } from '@/components/ui/collapsible'
import { span } from '@/components/ui/duration'
import { Note } from '@/components/ui/note'
import { useHydrated, useNow } from '@/components/ui/now'
import { Bar } from '@/components/ui/progress'
import { Segmented } from '@/components/ui/segmented'
import { store, useStored } from '@/components/ui/stored'
import { Day, minute, When } from '@/components/ui/time'
import { Picture } from './picture'
import { RolloutTable } from './rollout-table'
import { leftOf } from './told'
import { Troubles } from './troubles'
import { countWords } from './words'

const VIEW = 'rollout-view'
const VIEWS = [{ value: 'picture', label: 'Picture' }, { value: 'table', label: 'Table' }] as const

/** One change of a cluster, while it runs and afterwards: its machines as a picture or as a table, and what went wrong. */
export function RolloutPanel({ story, title = story.rollout.title }: { story: Story; title?: string }) {
  const { rollout } = story
  const now = useStoryNow(rollout)
  const table = useStored(VIEW, 'picture') === 'table'
  const lanes = lanesOf(story, now)
  const id = `rollout-${rollout.id}`
  return (
    <section aria-labelledby={id} className="min-w-0 overflow-hidden rounded-3 border border-line bg-surface">
      <header className="relative flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 id={id} className="min-w-0 max-s:flex-1">{title}</h2>
        <PanelNote rollout={rollout} now={now} />
        <div className="ml-auto max-s:order-1"><Segmented size="sm" label="Show machines as" value={table ? 'table' : 'picture'} onChange={(view) => store(VIEW, view)} choices={VIEWS} /></div>
        {rollout.endedAt === null ? <Bar wide value={rollout.percent} tone={rollout.state.is === 'stalled' ? 'warn' : rollout.state.is === 'failed' ? 'bad' : 'busy'} label={`${rollout.title}, progress`} className="absolute inset-x-0 -bottom-px [&>*]:h-0.5 [&>*]:rounded-none [&>*]:bg-transparent" /> : null}
      </header>
      <StateNote rollout={rollout} />
      <ControlPlaneNote rollout={rollout} />
      {lanes.length === 0 ? <p className="px-4 py-4 text-ink-2">{rollout.endedAt === null ? 'No machine has been asked for yet.' : 'It brought no machine and took none.'}</p> : (
        <>
          {table ? null : <Picture lanes={lanes} rollout={rollout} now={now} />}
          <div className={table ? undefined : 'sr-only'}><RolloutTable lanes={lanes} rollout={rollout} /></div>
        </>
      )}
      <Troubles story={story} id={`${id}-troubles`} />
    </section>
  )
}

/** The time up to which the story is known: it stands still once the stream is stale. */
function useStoryNow({ endedAt }: Rollout): number {
  const fresh = useFreshness()
  const now = useNow(endedAt === null ? 1000 : 60_000)
  return endedAt === null && fresh.state === 'stale' ? fresh.since : now
}

function PanelNote({ rollout, now }: { rollout: Rollout; now: number }) {
  const local = useHydrated()
  const { startedAt, endedAt, expectedEnd } = rollout
  const started = Date.parse(startedAt)
  const expected = expectedEnd === null ? null : Date.parse(expectedEnd)
  const count = countWords(rollout)
  const left = leftOf(rollout, now)
  const ends = left !== null && expected !== null && expected > now ? `ends about ${minute(expected, local)}` : left
  return (
    <p className="text-ink-3 max-s:order-2 max-s:basis-full">
      {count ? `${count} · ` : ''}
      {endedAt === null ? (
        <>
          {ends ? `${ends} · ` : null}
          {/* Last, so that nothing stands behind the seconds and moves with them. */}
          running {span(now - started)}
        </>
      ) : <>took {span(Date.parse(endedAt) - started)} · ended <Day at={endedAt} /></>}
    </p>
  )
}

/** The step of an upgrade that no machine shows. */
function ControlPlaneNote({ rollout: { version: { from, to, at }, endedAt } }: { rollout: Rollout }) {
  if (at === undefined || to === null) return null
  const reached = at !== null
  return (
    <p className="flex items-center gap-2 border-b border-line px-4 py-2 text-ink-2">
      <Glyph role={reached ? 'ok' : endedAt === null ? 'busy' : 'idle'} shape={reached ? 'check' : endedAt === null ? 'arc' : 'ring'} />
      <span>Control plane: {from === null ? '' : `from ${plainVersion(from)} `}to {plainVersion(to)}{reached ? <>, there since <When at={at} /></> : endedAt === null ? ', under way' : ', not reached'}</span>
    </p>
  )
}

/** Why it does not go on: in plain words, the condition one click away. */
function StateNote({ rollout: { state } }: { rollout: Rollout }) {
  if (state.is !== 'stalled' && state.is !== 'failed') return null
  const { sentence, condition } = state
  return (
    <div className="border-b border-line p-3">
      <Note role={state.is === 'stalled' ? 'warn' : 'bad'}>
        {condition === null ? <p>{sentence}</p> : (
          <Collapsible summary={<span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{sentence}</span>}>
            <Raw label={`Condition ${condition.type}`}>{rawCondition(condition)}</Raw>
          </Collapsible>
        )}
      </Note>
    </div>
  )
}
