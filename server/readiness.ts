import 'server-only'
import type { Runtime } from '@/server/runtime'

/**
 * What a replica still waits for before people may be sent to it; empty when it is ready: every kind was listed once and every view
 * made. A management cluster that goes away later does not make it unready: it shows the last known state and says how old it is.
 */
export function waitsFor(runtime: Pick<Runtime, 'live' | 'draining'> | null): readonly string[] {
  if (runtime === null) return ['the start']
  if (runtime.draining()) return ['nothing: it is ending']
  const listing = runtime.live.counters().reflectors.filter(({ synced }) => !synced)
  if (listing.length === 0) return runtime.live.ready() ? [] : ['views']
  return listing.map(({ kind, lastCode }) => (lastCode === null ? kind : `${kind} (${lastCode === 0 ? 'the management cluster does not answer' : `the management cluster answers ${lastCode}`})`))
}
