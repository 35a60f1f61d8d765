import 'server-only'

const BASE_MS = 800
const LIMIT_MS = 30_000

/**
 * How long to wait before try number `failures` + 1. Full jitter: replicas and kinds that failed together must not come back
 * together. What the API server asks for (Retry-After) is a floor, never shortened.
 */
export function backoff(failures: number, retryAfterMs: number | null, random: () => number = Math.random): number {
  const jittered = Math.max(50, random() * Math.min(LIMIT_MS, BASE_MS * 2 ** Math.min(failures, 10)))
  return retryAfterMs === null ? jittered : retryAfterMs + random() * 1_000
}
