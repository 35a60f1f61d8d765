const FIRST_MS = 1_000
const LAST_MS = 60_000

/**
 * How long to wait before the nth attempt in a row (from 0): doubling from 1 s to 60 s, half of it at random, so that
 * browsers that lost the same server do not come back in the same second.
 */
export function delayBefore(attempt: number, random: () => number): number {
  const ceiling = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
