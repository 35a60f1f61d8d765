import type { Lane } from '@/lib/rollout/lanes'
import type { Rollout } from '@/lib/rollout/story'
import { shapeOf, type GlyphShape } from '@/components/state/glyph'

/** A machine comes in this lane and does not exist yet. */
export const isUnmade = (lane: Lane, { change, endedAt }: Pick<Rollout, 'change' | 'endedAt'>): boolean =>
  lane.new === null && endedAt === null && (lane.old === null || (!lane.finished && (change === 'replace' || change === 'upgrade' || change === 'repair')))

/** Of all lanes: where no machine leaves, or none comes, a lane has one track and one name. */
export function sidesOf(lanes: readonly Lane[], rollout: Pick<Rollout, 'change' | 'endedAt'>): 'old' | 'new' | 'both' {
  const old = lanes.some((lane) => lane.old !== null)
  const fresh = lanes.some((lane) => lane.new !== null || isUnmade(lane, rollout))
  return old && fresh ? 'both' : old ? 'old' : 'new'
}

/** What fits beside the word; a sentence stands under it. */
const BESIDE = 20

/** "2 min 14 s, drain waited 13 s for budget x": the first part beside the word, the rest under it. Commas within a sentence do not count. */
export function splitWords(words: string | null, finished: boolean): readonly [says: string | null, note: string | null] {
  if (words === null) return [null, null]
  const end = finished ? words.indexOf(', ') : -1
  if (end >= 0) return [words.slice(0, end), words.slice(end + 2)]
  return words.length > BESIDE ? [null, words] : [words, null]
}

/** What was removed is done, though nothing of it is green; a ring would say that it waits. */
export const laneShape = ({ role, word, finished }: Pick<Lane, 'role' | 'word' | 'finished'>): GlyphShape =>
  finished && role === 'idle' ? 'check' : shapeOf(role, word, null)
