import 'server-only'
import { Server, type IncomingMessage, type ServerResponse } from 'node:http'
import { answerStream } from '@/server/live/stream'

const STREAM = /^\/api\/t\/([^/?#]+)\/stream(?:\?|$)/
const KEY = Symbol.for('tenantry.streams')
const shared = globalThis as { [KEY]?: true }

/**
 * Answers the streams of tenants before Next sees their requests. A route handler keeps its Request, its async context and two web
 * streams alive for as long as its body lasts: 50 KiB and more a stream, and each write passes through four promises. Node's own
 * response is a quarter of that (docs/decisions/0011-live-engine.md). Everything else goes on to Next untouched.
 */
export function serveStreams(): void {
  if (shared[KEY]) return
  shared[KEY] = true
  const emit = Server.prototype.emit as (this: Server, event: string | symbol, ...args: unknown[]) => boolean
  Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'request' && tookStream(args[0] as IncomingMessage, args[1] as ServerResponse)) return true
    return emit.call(this, event, ...args)
  } as typeof Server.prototype.emit
}

/** @returns whether the request was one for a stream, and is answered here */
export function tookStream(request: IncomingMessage, response: ServerResponse): boolean {
  const tenant = request.method === 'GET' ? STREAM.exec(request.url ?? '')?.[1] : undefined
  if (tenant === undefined) return false
  void answerStream(request, response, decoded(tenant))
  return true
}

/** What is no URL encoding is no tenant's name either, and is answered as any unknown one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
