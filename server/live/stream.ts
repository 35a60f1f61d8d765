import 'server-only'
import { isAppError } from '@/lib/errors'
import type { LiveMessage } from '@/lib/live/event'
import type { Session } from '@/server/auth/identity'
import { runtime } from '@/server/runtime'
import { requireSession } from '@/server/route'
import { openTenant } from '@/server/tenants/open'

const BUFFER_BYTES = 256 * 1024
const encoder = new TextEncoder()

/**
 * Opens the stream of a tenant for the person of this request.
 * @throws AppError 'signed-out' | 'not-found'
 */
export async function openStream(request: Request, tenant: string): Promise<Response> {
  const session = await requireSession()
  await openTenant(session, tenant)
  return new Response(bodyOf(request, session, tenant), {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform: a proxy that compresses would hold events back until its buffer is full.
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    },
  })
}

function bodyOf(request: Request, session: Session, tenant: string): ReadableStream<Uint8Array> {
  const { live, sessions, signal } = runtime()
  let leave = (): void => undefined
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        let open = true
        const write = (text: string): void => {
          if (open) controller.enqueue(encoder.encode(text))
        }
        const expiry = setTimeout(() => live.endSession(session.id), Math.min(2 ** 31 - 1, Math.max(0, session.expiresAt.getTime() - Date.now())))
        leave = live.subscribe({
          tenant,
          sessionId: session.id,
          lastEventId: request.headers.get('last-event-id'),
          stillAllowed: () => stillAllowed(session, tenant),
          stillSignedIn: async () => (await sessions.find(session.id)) !== null,
          sink: {
            send: (message, id) => write(encode(message, id)),
            ready: () => (controller.desiredSize ?? 0) > 0,
            close: () => {
              // Everybody comes back at once after a restart unless told when.
              write(`retry: ${Math.round(Math.random() * 10_000)}\n\n`)
              open = false
              clearTimeout(expiry)
              controller.close()
            },
          },
        })
        const gone = (): void => {
          if (!open) return
          open = false
          clearTimeout(expiry)
          leave()
          try {
            controller.close()
          } catch {
            // cancelled already: the browser went away first
          }
        }
        request.signal.addEventListener('abort', gone, { once: true })
        signal.addEventListener('abort', gone, { once: true })
      },
      cancel: () => leave(),
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

/** One SSE event: its name is the message's type, its data the rest as one line of JSON. */
export function encode({ type, ...rest }: LiveMessage, id: string | null): string {
  return `event: ${type}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(rest)}\n\n`
}
