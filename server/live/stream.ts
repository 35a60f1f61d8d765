import 'server-only'
import { isAppError } from '@/lib/errors'
import { identityOf, type Session } from '@/server/auth/identity'
import { failure } from '@/server/failure'
import { encodeRetry } from '@/server/live/encode'
import { runtime } from '@/server/runtime'
import { requireSession } from '@/server/route'
import { openTenant } from '@/server/tenants/open'

const BUFFER_BYTES = 256 * 1024
/** One a browser and tenant is usual (components/live/share.ts); without Web Locks it is one a tab. */
const MAX_STREAMS = 50
/** Over how long those who were cut off come back. */
const SPREAD_MS = 10_000

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // no-transform: a proxy that compresses would hold events back until its buffer is full.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * Opens the stream of a tenant for the person of this request; 503 while the process ends.
 * @throws AppError 'signed-out' | 'not-found' | 'conflict'
 */
export async function openStream(request: Request, tenant: string): Promise<Response> {
  if (runtime().draining()) return ending()
  const session = await requireSession()
  await openTenant(session, tenant)
  if (runtime().live.streamsOf(session.id) >= MAX_STREAMS) throw failure('conflict', 'Too many pages of this session are open. Close some of them.')
  // It may have begun to end while this one was being checked.
  return runtime().draining() ? ending() : new Response(bodyOf(request, session, tenant), { headers: HEADERS })
}

function ending(): Response {
  const wait = Math.random() * SPREAD_MS
  return new Response(encodeRetry(wait) as BodyInit, { status: 503, headers: { ...HEADERS, 'Retry-After': String(Math.ceil(wait / 1_000)) } })
}

/**
 * No timer and no listener of its own: expiry and the end of the process are the hub's, and Next cancels the body when the browser
 * has gone. A default stream, not one of bytes, which would take the shared buffers away from the other streams.
 */
function bodyOf(request: Request, session: Session, tenant: string): ReadableStream<Uint8Array> {
  const { live, sessions } = runtime()
  let leave = (): void => undefined
  let open = true
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (request.signal.aborted) {
          open = false
          return controller.close()
        }
        leave = live.subscribe({
          tenant,
          sessionId: session.id,
          identity: identityOf(session),
          expiresAt: session.expiresAt.getTime(),
          lastEventId: request.headers.get('last-event-id'),
          stillAllowed: () => stillAllowed(session, tenant),
          stillSignedIn: async () => (await sessions.find(session.id)) !== null,
          sink: {
            write: (bytes) => {
              if (open) controller.enqueue(bytes)
            },
            ready: () => (controller.desiredSize ?? 0) > 0,
            close: () => {
              if (!open) return
              open = false
              controller.enqueue(encodeRetry(Math.random() * SPREAD_MS))
              controller.close()
            },
          },
        })
      },
      cancel: () => {
        open = false
        leave()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
  )
}

/** @throws AppError 'management-away' when nobody can tell */
async function stillAllowed(session: Session, tenant: string): Promise<boolean> {
  try {
    await openTenant(session, tenant)
    return true
  } catch (error) {
    if (isAppError(error) && error.view.code === 'not-found') return false
    throw error
  }
}
