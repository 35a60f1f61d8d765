import { env } from '@/server/env'
import { mayScrape } from '@/server/metrics/token'
import { runtime } from '@/server/runtime'

/** For Prometheus; with TENANTRY_METRICS_TOKEN set, for whoever sends it as a Bearer token. */
export const dynamic = 'force-dynamic'
export async function GET(request: Request): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store' }
  if (!mayScrape(request.headers.get('authorization'), env().TENANTRY_METRICS_TOKEN)) return new Response('a Bearer token is needed\n', { status: 401, headers: { ...headers, 'WWW-Authenticate': 'Bearer' } })
  const { metrics } = runtime()
  return new Response(await metrics.text(), { headers: { ...headers, 'Content-Type': metrics.contentType } })
}
