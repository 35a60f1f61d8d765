import 'server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAppError } from '@/lib/errors'
import { identityOf, type Session } from '@/server/auth/identity'
import { sessionOfCookies } from '@/server/auth/session'
import { failure } from '@/server/failure'
import { encodeRetry } from '@/server/live/encode'
import type { Subscription } from '@/server/live/subscriber'
import { routeErrors } from '@/server/route'
import { runtime } from '@/server/runtime'
import { openTenant } from '@/server/tenants/open'

/** Bytes on their way to one client above which it is told nothing more until it has taken them. */
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

/** Answers a request for the stream of a tenant: lib/live/event.ts is its protocol. A refusal is JSON, as of every route; 503 while the process ends. */
export async function answerStream(request: IncomingMessage, response: ServerResponse, tenant: string): Promise<void> {
  const opened = new Response(null)
  const answer = await routeErrors(async () => {
    if (runtime().draining()) return ending()
    const session = await sessionOfCookies(request.headers.cookie)
    if (!session) throw failure('signed-out', 'Your session has ended. Sign in again.')
    await openTenant(session, tenant)
    if (runtime().live.streamsOf(session.id) >= MAX_STREAMS) throw failure('conflict', 'Too many pages of this session are open. Close some of them.')
    // It may have begun to end while this one was being checked.
    if (runtime().draining()) return ending()
    open(request, response, session, tenant)
    return opened
  })
  if (answer === opened) return
  const body = await answer.text()
  if (!response.headersSent) response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body)
}

function ending(): Response {
  const wait = Math.random() * SPREAD_MS
  return new Response(encodeRetry(wait) as BodyInit, { status: 503, headers: { ...HEADERS, 'Retry-After': String(Math.ceil(wait / 1_000)) } })
}

/** No timer of its own: expiry, beats and the end of the process are the hub's. */
function open(request: IncomingMessage, response: ServerResponse, session: Session, tenant: string): void {
  const { live } = runtime()
  // The browser went while it was being let in: no `close` will say so any more.
  if (response.destroyed || request.socket.destroyed) return
  response.writeHead(200, HEADERS)
  try {
    response.once('close', live.subscribe(subscriptionOf(request, response, session, tenant)))
  } catch (error) {
    // Its head is out: nothing else would ever end it.
    response.destroy()
    throw error
  }
}

function subscriptionOf(request: IncomingMessage, response: ServerResponse, session: Session, tenant: string): Subscription {
  const { sessions } = runtime()
  return {
    tenant,
    sessionId: session.id,
    identity: identityOf(session),
    expiresAt: session.expiresAt.getTime(),
    lastEventId: lastEventId(request),
    stillAllowed: () => stillAllowed(session, tenant),
    stillSignedIn: async () => (await sessions.find(session.id)) !== null,
    sink: {
      write: (bytes) => void response.write(bytes),
      ready: () => response.writableLength < BUFFER_BYTES,
      close: () => {
        // One that takes nothing would keep its connection, and what waits for it, for ever.
        if (response.writableLength >= BUFFER_BYTES) response.destroy()
        else response.end(encodeRetry(Math.random() * SPREAD_MS))
      },
    },
  }
}

const lastEventId = ({ headers: { 'last-event-id': id } }: IncomingMessage): string | null => (typeof id === 'string' ? id : null)

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
