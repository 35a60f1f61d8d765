import type { LiveMessage, TenantState } from '@/lib/live/event'

/** Between the tabs of one browser. */
type TabMessage =
  | { readonly tab: 'hello' }
  | { readonly tab: 'state'; readonly state: TenantState; readonly connected: boolean }
  | { readonly tab: 'message'; readonly message: LiveMessage }
  | { readonly tab: 'connected'; readonly connected: boolean }

export interface Channel {
  postMessage(message: TabMessage): void
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null
  close(): void
}

export interface ShareEnvironment {
  /** null where the browser has no Web Locks: every tab then opens its own stream. */
  readonly locks: Pick<LockManager, 'request'> | null
  readonly channel: (name: string) => Channel
  /** Opens the stream itself. Returns its stop. */
  readonly stream: (listener: { message: (message: LiveMessage) => void; connected: (connected: boolean) => void }) => () => void
}

interface Listener {
  readonly message: (message: LiveMessage) => void
  readonly connected: (connected: boolean) => void
  /** The state this tab holds, which the leader hands to tabs that come later. */
  readonly state: () => TenantState | undefined
}

/**
 * One stream per browser and tenant: HTTP/1.1 gives a browser six connections to a server, and six tabs would use them all
 * up. The tab that holds the lock streams and hands everything on; when it closes, the next one gets the lock.
 */
export function shareStream(name: string, listener: Listener, env: ShareEnvironment): () => void {
  if (!env.locks) return env.stream(listener)

  const channel = env.channel(name)
  const end = new AbortController()
  let leading = false
  let connected = true

  channel.onmessage = ({ data }) => {
    if (end.signal.aborted) return
    if (data.tab === 'hello') {
      const state = listener.state()
      if (leading && state) channel.postMessage({ tab: 'state', state, connected })
      return
    }
    if (leading) return
    if (data.tab === 'message') return listener.message(data.message)
    if (data.tab === 'state') listener.message({ type: 'snapshot', state: data.state })
    listener.connected(data.connected)
  }
  channel.postMessage({ tab: 'hello' })

  const lead = () => {
    // The lock can be given in the moment in which the tab gives up waiting for it.
    if (end.signal.aborted) return Promise.resolve()
    leading = true
    const stop = env.stream({
      message: (message) => {
        channel.postMessage({ tab: 'message', message })
        listener.message(message)
      },
      connected: (now) => {
        connected = now
        channel.postMessage({ tab: 'connected', connected: now })
        listener.connected(now)
      },
    })
    return new Promise<void>((resolve) =>
      end.signal.addEventListener('abort', () => {
        stop()
        resolve()
      }),
    )
  }
  env.locks.request(name, { signal: end.signal }, lead).catch(() => {
    // Aborted while it waited: this tab was closed before it ever led.
  })

  return () => {
    end.abort()
    channel.close()
  }
}
