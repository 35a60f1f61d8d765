import 'server-only'
import type { Runtime } from '@/server/runtime'

/**
 * What a replica still waits for before people may be sent to it; empty when it is ready: every kind that can be read was listed once
 * and every view made. One kind that cannot be read keeps nobody out: pages say what may be old (`missing`). A management cluster that goes away later does not make it unready: it shows the last known state and says how old it is.
 */
export function waitsFor(runtime: Pick<Runtime, 'live' | 'draining'> | null): readonly string[] {
  if (runtime === null) return ['the start']
  if (runtime.draining()) return ['nothing: it is ending']
  if (runtime.live.ready()) return []
  const listing = missing(runtime)
  return listing.length === 0 ? ['views'] : listing
}

/** Kinds that were never listed, and why, as far as it is known. */
export function missing(runtime: Pick<Runtime, 'live'>): readonly string[] {
  const listing = runtime.live.counters().reflectors.filter(({ synced }) => !synced)
  return listing.map(({ kind, lastCode }) => (lastCode === null ? kind : `${kind} (${lastCode === 0 ? 'the management cluster does not answer' : `the management cluster answers ${lastCode}`})`))
}
