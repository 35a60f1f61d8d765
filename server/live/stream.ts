import 'server-only'
import { isAppError } from '@/lib/errors'
import type { LiveMessage } from '@/lib/live/event'
import type { Session } from '@/server/auth/identity'
import { failure } from '@/server/failure'
import { runtime } from '@/server/runtime'
import { requireSession } from '@/server/route'
import { openTenant } from '@/server/tenants/open'

const BUFFER_BYTES = 256 * 1024
/** One a browser and tenant is usual (components/live/share.ts); without Web Locks it is one a tab. */
const MAX_STREAMS = 50
const encoder = new TextEncoder()

/**
 * Opens the stream of a tenant for the person of this request.
 * @throws AppError 'signed-out' | 'not-found' | 'conflict'
 */
export async function openStream(request: Request, tenant: string): Promise<Response> {
  const session = await requireSession()
  await openTenant(session, tenant)
  if (runtime().live.streamsOf(session.id) >= MAX_STREAMS) throw failure('conflict', 'Too many pages of this session are open. Close some of them.')
  return new Response(bodyOf(request, session, tenant), {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform: a proxy that compresses would hold events back until its buffer is full.
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

function bodyOf(request: Request, session: Session, tenant: string): ReadableStream<Uint8Array> {
  const { live, sessions, signal } = runtime()
  // Three may end it (the hub, the browser, the process) and each may come first: whatever it took hold of is let go once.
  let open = true
  let letGo = (): void => undefined
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        let leave = (): void => undefined
        const write = (text: string): void => {
          if (open) controller.enqueue(encoder.encode(text))
        }
        const gone = (): void => {
          if (!open) return
          letGo()
          controller.close()
        }
        const expiry = setTimeout(() => live.endSession(session.id), Math.min(2 ** 31 - 1, Math.max(0, session.expiresAt.getTime() - Date.now())))
        letGo = () => {
          open = false
          clearTimeout(expiry)
          // The process's signal lives as long as the process: a listener left on it would keep every stream there ever was.
          for (const ended of [request.signal, signal]) ended.removeEventListener('abort', gone)
          leave()
        }
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
              gone()
            },
          },
        })
        for (const ended of [request.signal, signal]) ended.addEventListener('abort', gone)
        if (request.signal.aborted || signal.aborted) gone()
      },
      cancel: () => letGo(),
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
