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

/** Two figures where the second matters: 2 min 14 s. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`
}
