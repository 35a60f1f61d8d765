/** A browser's side of the stream without a browser: node:http, one connection each, so that thousands fit in one process. */
import { Agent, get, type ClientRequest } from 'node:http'
import type { LiveMessage, TenantState } from '@/lib/live/event'
import { emptyState, reduce } from '@/lib/live/reduce'

export interface StreamTarget {
  /** Origin of the portal. */
  readonly url: string
  /** Cookie header of a session. */
  readonly cookie: string
  readonly tenant: string
  readonly lastEventId?: string | null
  readonly onStatus?: (status: number) => void
  /** Given, messages are handed over and not kept: thousands of streams would keep them all. Beats are handed over too. */
  readonly onMessage?: (message: Heard) => void
}

/** A message and when it arrived (Unix time, ms). */
export type Heard = LiveMessage & { readonly at: number; readonly id: string | null }

export interface StreamEnd {
  /** Of the response; null when none came. */
  readonly status: number | null
  /** Last `retry:` that the server sent, ms. */
  readonly retryMs: number | null
}

export interface OpenStream {
  /** All but beats, oldest first. */
  readonly heard: readonly Heard[]
  /** What a page would show. */
  readonly state: () => TenantState
  readonly lastEventId: () => string | null
  readonly ended: Promise<StreamEnd>
  /** Resolves as soon as the state (looked at with each message) is so. @throws Error that names `what` after `ms` */
  readonly until: (what: string, isSo: (stream: OpenStream) => boolean, ms: number) => Promise<void>
  /** Stops reading the socket, as a browser does whose machine sleeps; the connection stays open. */
  readonly pause: () => void
  readonly resume: () => void
  readonly close: () => void
}

const agent = new Agent({ keepAlive: false, maxSockets: Infinity })

/** Opens one stream. */
export function openStream({ url, cookie, tenant, lastEventId = null, onStatus, onMessage }: StreamTarget): OpenStream {
  const heard: Heard[] = []
  const waiting = new Set<() => void>()
  let state: TenantState = emptyState
  let id: string | null = lastEventId
  let retryMs: number | null = null
  let status: number | null = null
  let rest = ''

  const take = (block: string): void => {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const))
    if (fields.has('retry')) retryMs = Number(fields.get('retry'))
    const type = fields.get('event')
    if (!type) return
    const own = fields.get('id') ?? null
    id = own ?? id
    const message = { ...(JSON.parse(fields.get('data') ?? '{}') as object), type } as LiveMessage
    if (onMessage) return onMessage({ ...message, at: Date.now(), id: own })
    if (message.type === 'beat') return
    heard.push({ ...message, at: Date.now(), id: own })
    state = reduce(state, message)
    for (const look of waiting) look()
  }

  let response: { pause: () => void; resume: () => void } | null = null
  let request: ClientRequest
  const ended = new Promise<StreamEnd>((resolve) => {
    const end = (): void => {
      resolve({ status, retryMs })
      for (const look of waiting) look()
    }
    const headers = { cookie, accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) }
    request = get(`${url}/api/t/${tenant}/stream`, { agent, headers }, (answer) => {
      status = answer.statusCode ?? null
      response = answer
      onStatus?.(answer.statusCode ?? 0)
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        rest += chunk
        if (!rest.includes('\n\n')) return
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        if (status === 200) for (const block of blocks) take(block)
      })
      answer.on('close', end).on('error', () => undefined)
    })
    request.on('error', end)
  })

  const stream: OpenStream = {
    heard,
    state: () => state,
    lastEventId: () => id,
    ended,
    until: (what, isSo, ms) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`${what}: not within ${ms / 1000} s; last heard: ${JSON.stringify(heard.slice(-3)).slice(0, 600)}`))
        }, ms)
        const look = (): void => {
          if (!isSo(stream)) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    pause: () => response?.pause(),
    resume: () => response?.resume(),
    close: () => request.destroy(),
  }
  return stream
}

/** Opens one and waits until it says `synced`. */
export async function syncedStream(target: StreamTarget, ms = 15_000): Promise<OpenStream> {
  const stream = openStream(target)
  await stream.until('the stream is synced', () => stream.heard.some(({ type }) => type === 'synced'), ms)
  return stream
}
