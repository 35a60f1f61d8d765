import { openStream, type OpenStream, type StreamTarget } from './stream-client'

/** What Chromium waits before its own retry when no server has said otherwise. */
const DEFAULT_RETRY_MS = 3_000

/** One try to connect, as a browser's network panel would list it. */
export interface Attempt {
  /** Unix time, ms. */
  readonly at: number
  /** null while it is under way, and when nothing answered. */
  status: number | null
  readonly resumes: boolean
}

/**
 * EventSource of the HTML standard over node:http, for components/live/stream.ts: after an end or a network failure it tries again by
 * itself after `retry:` with Last-Event-ID, and gives up (CLOSED) when the answer is not 200.
 */
export class NodeEventSource {
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  private readonly listeners = new Map<string, (event: { data: string }) => void>()
  private stream: OpenStream | null = null
  private timer: NodeJS.Timeout | undefined
  private retryMs = DEFAULT_RETRY_MS
  private lastEventId: string | null = null

  constructor(private readonly target: Omit<StreamTarget, 'lastEventId'>, private readonly attempts: Attempt[]) {
    this.connect()
  }

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener)
  }

  close(): void {
    this.readyState = 2
    clearTimeout(this.timer)
    this.stream?.close()
    this.stream = null
  }

  /** Of the open stream; for tests that cut it. */
  drop(): void {
    this.stream?.close()
  }

  private connect(): void {
    const attempt: Attempt = { at: Date.now(), status: null, resumes: this.lastEventId !== null }
    this.attempts.push(attempt)
    const stream = openStream({
      ...this.target, lastEventId: this.lastEventId,
      onStatus: (status) => {
        attempt.status = status
        if (this.stream !== stream || status !== 200) return
        this.readyState = 1
        this.onopen?.()
      },
      onMessage: ({ type, at: _at, id: _id, ...data }) => this.stream === stream && this.listeners.get(type)?.({ data: JSON.stringify(data) }),
    })
    this.stream = stream
    void stream.ended.then(({ status, retryMs }) => {
      if (this.stream !== stream) return
      this.stream = null
      this.retryMs = retryMs ?? this.retryMs
      this.lastEventId = stream.lastEventId()
      this.readyState = status === null || status === 200 ? 0 : 2
      if (this.readyState === 0) this.timer = setTimeout(() => this.connect(), this.retryMs)
      this.onerror?.()
    })
  }
}
