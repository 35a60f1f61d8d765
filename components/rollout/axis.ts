import type { Rollout } from '@/lib/rollout/story'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** What the picture spans, in ms since 1970; all positions are percent of it. */
export interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
  /** Where the ink line stands; null once the story has ended. */
  readonly now: number | null
  /** The dashed line; null while nothing is known. */
  readonly end: number | null
}

const STEPS = [10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
/** Times with seconds take more room. */
const mostTicks = (step: number): number => (step < MINUTE ? 6 : 9)
/** While it runs: the first seconds do not fill the picture. */
const SHORTEST = MINUTE

/** Room to grow by: the clock walks into it, and the whole picture is drawn anew only when it has been used up. */
function quantum(length: number): number {
  if (length <= 2 * MINUTE) return 15 * SECOND
  if (length <= 10 * MINUTE) return MINUTE
  if (length <= 60 * MINUTE) return 5 * MINUTE
  return 30 * MINUTE
}

/** @param soon when what is drawn in dashes ends, in ms since 1970: the end is not before the last of it */
export function axisOf(rollout: Pick<Rollout, 'startedAt' | 'endedAt' | 'expectedEnd'>, now: number, soon: readonly number[] = []): Axis {
  const from = Date.parse(rollout.startedAt)
  const ended = rollout.endedAt === null ? null : Date.parse(rollout.endedAt)
  const expected = rollout.expectedEnd === null ? null : Math.max(Date.parse(rollout.expectedEnd), ...soon)
  // An expected end that has passed says nothing any more.
  const end = ended ?? (expected !== null && expected > now ? expected : null)
  const length = Math.max(ended === null ? SHORTEST : SECOND, Math.max(ended ?? now, end ?? 0) - from)
  const grain = quantum(length)
  const to = from + Math.ceil((length * 1.02) / grain) * grain
  const step = STEPS.find((candidate) => (to - from) / candidate <= mostTicks(candidate)) ?? Math.ceil((to - from) / mostTicks(MINUTE) / (60 * MINUTE)) * 60 * MINUTE
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return { from, to, ticks, now: ended === null ? Math.min(Math.max(now, from), to) : null, end }
}

/** 0..100 of the axis; what lies outside of it is drawn at its edge. */
export const place = ({ from, to }: Pick<Axis, 'from' | 'to'>, at: number): number => (Math.min(Math.max(at, from), to) - from) / (to - from) * 100
