import { routeErrors } from '@/server/route'
import { openStream } from '@/server/live/stream'

/** The one stream of a tenant: lib/live/event.ts is its protocol. */
export const GET = (request: Request, { params }: { params: Promise<{ tenant: string }> }): Promise<Response> =>
  routeErrors(async () => openStream(request, (await params).tenant))
