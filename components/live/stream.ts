import { BEAT_MS, type LiveMessage } from '@/lib/live/event'
import { delayBefore } from './backoff'
import { MISSED_BEATS } from './freshness'

/** What the stream needs of the browser; tests bring their own. */
export interface StreamEnvironment {
  readonly open: (url: string) => EventSource
  /** The HTTP status that the stream answers with: EventSource tells nobody why it was refused. */
  readonly probe: (url: string) => Promise<number | null>
  readonly setTimer: (run: () => void, ms: number) => () => void
  readonly random: () => number
  /** Unix time, ms. */
  readonly now: () => number
  /**
   * `back`: the machine woke, the network is back, or somebody looks at the page again. `gone`: the browser knows that there is no
   * network, while an open connection would only be silent. Returns its undo.
   */
  readonly onNetwork: (when: { readonly back: () => void; readonly gone: () => void }) => () => void
}

export interface StreamListener {
  readonly message: (message: LiveMessage) => void
  readonly connected: (connected: boolean) => void
}

const TYPES = ['snapshot', 'changes', 'health', 'synced', 'beat', 'revoked', 'signed-out'] as const
const EVENT_SOURCE_CLOSED = 2
/**
 * How long the browser's own retry, which resumes with Last-Event-ID, may take before ours begins: longer than the 10 s over which a
 * portal that ends spreads its browsers (`retry:`), or those with a long wait would all come back at once.
 */
const OWN_RETRY_MS = 12_000

/**
 * Keeps one stream open until it is stopped, revoked or signed out. A refusal with 401, 403 or 404 ends it: retrying would
 * never help, and one idle tab that retries for ever is an attack on the server (Argo CD #29033).
 * @returns its stop
 */
export function keepStream(url: string, listener: StreamListener, env: StreamEnvironment): () => void {
  let source: EventSource | null = null
  let stopped = false
  let attempt = 0
  let lost = false
  let heardAt = env.now()
  let cancelTimer = () => {}
  let deafen = () => {}

  const close = () => {
    cancelTimer()
    source?.close()
    source = null
  }
  const stop = () => {
    stopped = true
    deafen()
    close()
  }
  const after = (ms: number, run: () => void) => {
    cancelTimer()
    cancelTimer = env.setTimer(run, ms)
  }
  const again = () => {
    close()
    lost = false
    listener.connected(false)
    after(delayBefore(attempt++, env.random), start)
  }
  const watch = () => after(MISSED_BEATS * BEAT_MS, again)

  const receive = (type: LiveMessage['type'], data: string) => {
    if (stopped) return
    heardAt = env.now()
    const message = { ...(data ? (JSON.parse(data) as object) : {}), type } as LiveMessage
    if (type === 'revoked' || type === 'signed-out') stop()
    else watch()
    listener.message(message)
  }

  const refused = async () => {
    close()
    listener.connected(false)
    const status = await env.probe(url)
    if (stopped || source) return
    if (status === 401) {
      stop()
      listener.message({ type: 'signed-out' })
    } else if (status === 403 || status === 404) {
      stop()
      listener.message({ type: 'revoked' })
    } else {
      after(delayBefore(attempt++, env.random), start)
    }
  }

  const start = () => {
    if (stopped) return
    const opened = env.open(url)
    source = opened
    watch()
    opened.onopen = () => {
      if (source !== opened) return
      attempt = 0
      lost = false
      heardAt = env.now()
      listener.connected(true)
      watch()
    }
    opened.onerror = () => {
      if (source !== opened) return
      if (opened.readyState === EVENT_SOURCE_CLOSED) return void refused()
      // The browser would try for ever and after the same wait each time, were it told 50 ms: its own retry gets one try.
      if (lost) return again()
      lost = true
      listener.connected(false)
      after(OWN_RETRY_MS, again)
    }
    for (const type of TYPES) opened.addEventListener(type, (event) => source === opened && receive(type, String((event as MessageEvent).data ?? '')))
  }

  /** Timers stand still while a machine sleeps, and a wait that grew while it was offline may be a minute long. */
  const wake = () => {
    if (source && !lost && env.now() - heardAt <= MISSED_BEATS * BEAT_MS) return
    close()
    attempt = 0
    lost = false
    start()
  }

  deafen = env.onNetwork({ back: wake, gone: () => source && again() })
  start()
  return stop
}

export const browserEnvironment: StreamEnvironment = {
  open: (url) => new EventSource(url),
  async probe(url) {
    const abort = new AbortController()
    try {
      const answer = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: abort.signal, redirect: 'manual', cache: 'no-store' })
      return answer.type === 'opaqueredirect' ? 401 : answer.status
    } catch {
      return null // the server does not answer at all
    } finally {
      abort.abort()
    }
  },
  setTimer(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
  now: Date.now,
  onNetwork({ back, gone }) {
    const look = () => document.visibilityState === 'visible' && back()
    const heard = [[window, 'online', back], [window, 'offline', gone], [document, 'resume', back], [document, 'visibilitychange', look]] as const
    for (const [target, type, run] of heard) target.addEventListener(type, run)
    return () => {
      for (const [target, type, run] of heard) target.removeEventListener(type, run)
    }
  },
}
