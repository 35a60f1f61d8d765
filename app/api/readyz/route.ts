import { runtimeIfStarted } from '@/server/runtime'

/**
 * Ready for people: every kind was listed once and every view made. A management cluster that goes away later does not make a
 * replica unready: it still shows the last known state and says how old it is.
 */
export const dynamic = 'force-dynamic'
export function GET(): Response {
  const live = runtimeIfStarted()?.live
  const waiting: string[] = live ? live.counters().reflectors.filter(({ synced }) => !synced).map(({ kind }) => kind) : ['start']
  if (live && waiting.length === 0 && !live.ready()) waiting.push('views')
  const body = waiting.length === 0 ? 'ok\n' : `waiting for ${waiting.join(', ')}\n`
  return new Response(body, { status: waiting.length === 0 ? 200 : 503, headers: { 'Cache-Control': 'no-store' } })
}
