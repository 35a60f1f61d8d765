import { waitsFor } from '@/server/readiness'
import { runtimeIfStarted } from '@/server/runtime'

/** Ready for people, or what it still waits for. */
export const dynamic = 'force-dynamic'
export function GET(): Response {
  const waiting = waitsFor(runtimeIfStarted())
  return new Response(waiting.length === 0 ? 'ok\n' : `waiting for ${waiting.join(', ')}\n`, { status: waiting.length === 0 ? 200 : 503, headers: { 'Cache-Control': 'no-store' } })
}
