/** The process answers. Nothing else is asked: a restart cures neither an absent management cluster nor a database. */
export const dynamic = 'force-dynamic'
export const GET = (): Response => new Response('ok\n', { headers: { 'Cache-Control': 'no-store' } })
