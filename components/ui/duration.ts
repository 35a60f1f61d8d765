/** The server tells spans too. */
export { span } from '@/lib/duration'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** One figure and one unit: 40 s, 4 min, 3 h, 97 d, 1 y. */
export function duration(ms: number): string {
  const past = Math.max(0, ms)
  if (past < MINUTE) return `${Math.floor(past / 1000)} s`
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min`
  if (past < 2 * DAY) return `${Math.floor(past / HOUR)} h`
  if (past < 365 * DAY) return `${Math.floor(past / DAY)} d`
  return `${Math.floor(past / (365 * DAY))} y`
}
