import { missing, waitsFor } from '@/server/readiness'
import { runtimeIfStarted } from '@/server/runtime'

/** Ready for people, or what it still waits for. */
export const dynamic = 'force-dynamic'
export function GET(): Response {
  const runtime = runtimeIfStarted()
  const waiting = waitsFor(runtime)
  const without = runtime && waiting.length === 0 ? missing(runtime) : []
  const text = waiting.length > 0 ? `waiting for ${waiting.join(', ')}` : without.length > 0 ? `ok, without ${without.join(', ')}` : 'ok'
  return new Response(`${text}\n`, { status: waiting.length === 0 ? 200 : 503, headers: { 'Cache-Control': 'no-store' } })
}
