import type { State, StateRole } from '@/lib/state'
import type { Freshness } from '@/components/live/freshness'
import { duration } from '@/components/ui/duration'
import { shapeOf, type GlyphShape } from './glyph'

export interface Shown {
  readonly role: StateRole
  readonly shape: GlyphShape
  readonly word: string
  readonly sentence: string | null
  readonly percent: number | null
}

/** A state as it may be said now: once the stream is stale nothing is claimed any more, the word says how old it is. */
export function shown(state: State<string>, fresh: Freshness, now: number): Shown {
  if (fresh.state !== 'stale') {
    return { role: state.role, shape: shapeOf(state.role, state.word, state.percent), word: state.word, sentence: state.sentence, percent: state.percent }
  }
  return { role: 'idle', shape: 'unknown', word: `${state.word} ${duration(now - fresh.since)} ago`, sentence: state.sentence, percent: null }
}
