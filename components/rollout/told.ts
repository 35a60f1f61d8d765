import type { Rollout } from '@/lib/rollout/story'
import type { State } from '@/lib/state'
import { CHANGE_WORDS, leftWords } from './words'

const isOpen = (rollout: Rollout | null): rollout is Rollout => rollout !== null && rollout.endedAt === null

/**
 * A cluster's state as its open story tells it: the same word, the story's sentence and percent. What needs a person (stalled,
 * degraded, failed) keeps its own words: a story that goes on does not hide it.
 */
export function toldState(state: State<string>, rollout: Rollout | null): State<string> {
  if (!isOpen(rollout)) return state
  const { percent, change, state: story } = rollout
  if (state.role === 'warn' || state.role === 'bad') return { ...state, percent }
  const { condition } = story.is === 'done' ? { condition: null } : story
  if (story.is === 'stalled') return { word: 'Stalled', role: 'warn', sentence: story.sentence, condition, percent }
  if (story.is === 'failed') return { word: 'Failed', role: 'bad', sentence: story.sentence, condition, percent }
  const settled = state.role === 'ok'
  return {
    word: settled ? CHANGE_WORDS[change] : state.word,
    role: settled ? 'busy' : state.role,
    sentence: (story.is === 'rolling' ? story.sentence : null) ?? state.sentence,
    condition: condition ?? state.condition,
    percent,
  }
}

/** "about 4 min left" of a change that goes on; null for one that does not, or while nothing is known. */
export const leftOf = (rollout: Rollout | null, now: number): string | null =>
  isOpen(rollout) && rollout.state.is === 'rolling' ? leftWords(rollout, now) : null

/** Without the clause of the one machine that is being worked on, where the picture stands below and shows it. */
export function headSentence(said: string | null, cluster: State<string>, rollout: Rollout | null): string | null {
  const { sentence } = cluster
  const inTurn = rollout !== null && (rollout.change === 'replace' || rollout.change === 'upgrade' || rollout.change === 'repair')
  if (said === null || sentence === null || !inTurn || !said.startsWith(sentence)) return said
  return `${sentence.split('; ')[0]}${said.slice(sentence.length)}`
}
