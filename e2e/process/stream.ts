import type { LiveMessage, TenantState } from '@/lib/live/event'
import { emptyState, reduce } from '@/lib/live/reduce'
import type { Portal } from '@/scripts/portal'

/** What a page of a tenant knows, kept up to date by its stream. */
export interface Stream {
  readonly state: () => TenantState
  /** Types of all messages so far, in their order. */
  readonly types: () => readonly LiveMessage['type'][]
  /** Resolves when the stream ends, whoever ends it. */
  readonly ended: Promise<void>
  readonly close: () => void
}

/** @throws Error when the portal does not open it */
export async function openStream(portal: Pick<Portal, 'url'>, cookie: string, tenant: string): Promise<Stream> {
  const stop = new AbortController()
  const response = await fetch(`${portal.url}/api/t/${tenant}/stream`, { headers: { cookie, accept: 'text/event-stream' }, signal: stop.signal })
  if (!response.ok || !response.body) throw new Error(`The stream of ${tenant} was answered with ${response.status}`)
  let state = emptyState
  const types: LiveMessage['type'][] = []
  const take = (event: string): void => {
    const field = (name: string): string | undefined => event.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
    const [type, data] = [field('event'), field('data')]
    if (type === undefined || data === undefined) return
    const message = { type, ...(JSON.parse(data) as object) } as LiveMessage
    types.push(message.type)
    state = reduce(state, message)
  }
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = ''
    for await (const part of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
      const events = (text + part).split('\n\n')
      text = events.pop() ?? ''
      events.forEach(take)
    }
  }
  return {
    state: () => state,
    types: () => types,
    // Cut off by a portal that was killed, or by `close`.
    ended: read(response.body).catch(() => undefined),
    close: () => stop.abort(),
  }
}
