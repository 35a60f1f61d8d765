import type { Lane, LaneMachine } from '@/lib/rollout/lanes'
import type { Rollout } from '@/lib/rollout/story'
import { Glyph, wordTone } from '@/components/state/glyph'
import { cn } from '@/components/ui/cn'
import type { Axis } from './axis'
import { Rules } from './rules'
import { isUnmade, laneShape, splitWords } from './sides'
import { trackOf, type Mark, type Segment, type Track } from './segments'

interface LaneRowProps {
  readonly lane: Lane
  readonly rollout: Rollout
  readonly axis: Axis
  readonly now: number
  /** Of all lanes: where no machine leaves (or none comes) a lane has one track only. */
  readonly sides: 'old' | 'new' | 'both'
}

/** Names at the left, what was and is at the middle, words at the right. The height is fixed, whatever is said. */
export function LaneRow({ lane, rollout, axis, now, sides }: LaneRowProps) {
  const until = rollout.endedAt === null ? now : Date.parse(rollout.endedAt)
  const stalled = rollout.state.is === 'stalled'
  return (
    <div className="border-t border-line s:grid s:h-11 s:grid-cols-[140px_minmax(0,1fr)_212px] s:items-center max-s:py-2">
      <Names lane={lane} unmade={isUnmade(lane, rollout)} />
      <div className={cn('relative max-s:my-1', sides === 'both' ? 'h-9' : 'h-[18px]')}>
        <div className="absolute inset-0 s:hidden"><Rules axis={axis} /></div>
        {sides === 'new' ? null : <TrackLine track={trackOf(lane.old, lane.expected.old, lane.old ? lane.waits : [], axis, until, stalled)} className={sides === 'both' ? 'top-0.5 h-3' : 'inset-y-0.5'} />}
        {sides === 'old' ? null : <TrackLine track={trackOf(lane.new, lane.expected.new, lane.old ? [] : lane.waits, axis, until, stalled)} className={sides === 'both' ? 'top-[17px] h-[18px]' : 'inset-y-0'} />}
      </div>
      <Words lane={lane} />
    </div>
  )
}

/** The old one above, its replacement below; on phones "old → new" in one line over the bar. */
function Names({ lane, unmade }: { lane: Lane; unmade: boolean }) {
  return (
    <div className="flex min-w-0 flex-col pr-2 text-12 leading-[17px] max-s:flex-row max-s:flex-wrap max-s:gap-x-1.5">
      {lane.old ? <span title={lane.old.machine.name} className={cn('mono truncate text-ink-3', isGone(lane.old) && 'line-through')}>{lane.old.name}</span> : null}
      {lane.old && (lane.new || unmade) ? <span className="text-ink-3 s:hidden">→</span> : null}
      {lane.new ? <span title={lane.new.machine.name} className={cn('mono truncate font-medium', isGone(lane.new) && 'font-normal text-ink-3 line-through')}>{lane.new.name}</span> : null}
      {unmade ? <span className="text-ink-3">not made yet</span> : null}
    </div>
  )
}

const isGone = ({ machine }: LaneMachine): boolean => machine.leaving.gone !== null

/** One line on phones, so that a lane keeps its height there too; whole in the table. */
function Words({ lane }: { lane: Lane }) {
  // What a lane that has not begun waits for is the lane above it.
  const [says, note] = splitWords(lane.startedAt === null ? null : lane.tookOrWaits, lane.finished)
  return (
    <div className="min-w-0 pl-4 text-12 max-s:pl-0">
      <span className="flex min-w-0 items-center gap-2">
        <Glyph role={lane.role} shape={laneShape(lane)} />
        <b className={cn('whitespace-nowrap text-13', wordTone[lane.role])}>{lane.word}</b>
        <span className="truncate text-ink-2" title={lane.tookOrWaits ?? undefined}>{says}{note ? <span className="s:hidden">{says ? ', ' : ''}{note}</span> : null}</span>
      </span>
      {note ? <span className="-mt-0.5 block truncate pl-6 text-ink-3 max-s:hidden" title={note}>{note}</span> : null}
    </div>
  )
}

const LOOK: Record<Segment['look'], string> = {
  clone: 'h-full block-clone', address: 'h-full block-address', power: 'h-full block-power', boot: 'h-full block-boot', join: 'h-full block-join',
  drain: 'h-full block-drain', delete: 'h-full block-delete',
  serve: 'top-1/2 -mt-[1.5px] h-[3px] bg-step-serve', live: 'top-1/2 -mt-[1.5px] h-[3px] bg-ok-solid',
  'serve-soon': 'top-1/2 -mt-px h-0 !rounded-none border-t-2 border-dashed border-control', soon: 'h-full border border-dashed border-control',
}

function TrackLine({ track: { segments, marks }, className }: { track: Track; className: string }) {
  return (
    <div className={cn('absolute inset-x-0', className)}>
      {segments.map(({ look, left, width, title, label }, index) => (
        <i
          key={`${look}${index}`}
          title={title}
          className={cn('@container absolute top-0 min-w-[3px] overflow-hidden rounded-[2px] not-italic', LOOK[look])}
          style={{ left: `${left}%`, width: look === 'serve' || look === 'live' || look === 'serve-soon' ? `${width}%` : `calc(${width}% - 1px)` }}
        >
          {label ? <span className="hidden truncate px-1.5 text-11 font-medium leading-[18px] text-on-step @min-[46px]:block">{label}</span> : null}
        </i>
      ))}
      {marks.map(({ is, at, title }, index) => <MarkAt key={index} is={is} at={at} title={title} />)}
    </div>
  )
}

function MarkAt({ is, at, title }: Mark) {
  if (is === 'ready') return <span title={title} className="absolute top-0.5 z-10 -ml-[3px] rounded-full bg-surface" style={{ left: `${at}%` }}><Glyph role="ok" shape="check" size={14} /></span>
  return <span title={title} className="absolute top-1/2 z-10 -ml-2 -mt-2 rounded-[3px] bg-surface p-0.5" style={{ left: `${at}%` }}>{is === 'held' ? <Glyph role="warn" shape="triangle" size={12} /> : <Glyph role="bad" shape="octagon" size={12} />}</span>
}
