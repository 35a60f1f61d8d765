import type { Expected, Lane, LaneMachine } from '@/lib/rollout/lanes'
import type { Phase } from '@/lib/rollout/story'
import { span } from '@/components/ui/duration'
import { place, type Axis } from './axis'
import { PHASE_WORDS } from './words'

/** One mark of a track, in percent of the axis. */
export interface Segment {
  readonly look: Phase | 'serve' | 'live' | 'serve-soon' | 'soon'
  readonly left: number
  readonly width: number
  /** What the pointer is told. */
  readonly title: string
  /** Said inside of the block where it is wide enough. */
  readonly label: string | null
}

export interface Mark {
  readonly is: 'ready' | 'held' | 'failed'
  readonly at: number
  readonly title: string
}

export interface Track {
  readonly segments: readonly Segment[]
  readonly marks: readonly Mark[]
}

const LABELS: Readonly<Partial<Record<Phase, string>>> = { clone: 'clone', boot: 'boot', power: 'power', join: 'join' }
const EXPECTED = { make: ['soon', 'Expected to come'], serve: ['serve-soon', 'Expected to serve until then'], leave: ['soon', 'Expected to drain and go'] } as const

/**
 * What is drawn of one machine of a lane.
 * @param waits triangles that belong on this track
 * @param stalled the change does not go on: what rests in a step waits in it
 * @param until how far facts reach, in ms since 1970: now, or when the story ended
 */
export function trackOf(shown: LaneMachine | null, expected: readonly Expected[], waits: Lane['waits'], axis: Axis, until: number, stalled = false): Track {
  const part = (look: Segment['look'], from: number, to: number, title: string, label: string | null = null): Segment => {
    const left = place(axis, from)
    return { look, left, width: place(axis, to) - left, title, label }
  }
  const marks = waits.map((wait): Mark => ({ is: 'held', at: place(axis, (wait.from + Math.min(wait.to ?? until, until)) / 2), title: wait.sentence }))
  const soon = expected.filter(({ to }) => to > until).map(({ what, from, to }) => part(EXPECTED[what][0], Math.max(from, until), to, EXPECTED[what][1]))
  if (shown === null) return { segments: soon, marks }
  const { machine, blocks, serving } = shown
  const served = serving.filter(({ from }) => from < until).map(({ from, to }) => part(machine.side === 'old' ? 'serve' : 'live', from, Math.min(to ?? until, until), 'Serving'))
  const worked = blocks.filter(({ from }) => from <= until).map(({ phase, from, to }) => {
    const end = Math.min(to ?? until, until)
    const words = PHASE_WORDS[phase]
    return part(phase, from, end, `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${span(end - from)}${to === null ? ' so far' : ''}`, LABELS[phase] ?? null)
  })
  const ready = machine.side === 'new' && machine.steps.ready !== undefined ? Date.parse(machine.steps.ready) : Number.POSITIVE_INFINITY
  if (ready <= until) marks.push({ is: 'ready', at: place(axis, ready), title: 'Ready' })
  const current = blocks.find(({ to }) => to === null)
  const { role, sentence, word } = machine.last
  const held = role === 'warn' || role === 'bad' || (stalled && role === 'idle' && current?.phase !== 'drain' && current?.phase !== 'delete')
  if (current && marks.length === 0 && held) {
    marks.push({ is: role === 'bad' ? 'failed' : 'held', at: place(axis, (current.from + until) / 2), title: sentence ?? word })
  }
  return { segments: [...served, ...worked, ...soon].filter(({ look, width }) => width > 0 || !['serve', 'live', 'serve-soon', 'soon'].includes(look)), marks }
}
