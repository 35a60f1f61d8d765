import 'server-only'
import type { LiveMessage, LiveView, Removal } from '@/lib/live/event'

/** One open stream as the hub sees it. */
export interface Sink {
  /** @param id SSE id, for snapshots and changes */
  readonly send: (message: LiveMessage, id: string | null) => void
  /** false while the client has not taken what it was sent. */
  readonly ready: () => boolean
  readonly close: () => void
}

/** One change of a tenant's state; removals and upserts of the same id replace each other. */
export type Change = { readonly id: string; readonly upsert: LiveView } | { readonly id: string; readonly remove: Removal }

const FLUSH_MS = 150
const MAX_PENDING = 500
/** A client that takes nothing for this long is gone; its buffer must not be kept for it. */
const MAX_BLOCKED_MS = 60_000

/**
 * Sends one stream its changes: the latest of each id, a few times a second. A client that cannot keep up gets a fresh
 * snapshot once and is cut off the second time; nothing is ever left out silently.
 */
export class Subscriber {
  private pending = new Map<string, Change>()
  private pendingId = ''
  private timer: NodeJS.Timeout | null = null
  private strikes = 0
  private needsSnapshot = false
  private blockedSince: number | null = null
  private closed = false

  constructor(
    private readonly sink: Sink,
    private readonly snapshot: () => { message: LiveMessage; id: string },
  ) {}

  /** Begins with a snapshot, or with the changes that a resuming client missed. */
  start(missed: readonly Change[] | null, id: string): void {
    if (missed === null) this.sendSnapshot()
    else if (missed.length > 0) this.sendChanges(missed, id)
    this.sink.send({ type: 'synced' }, null)
  }

  push(change: Change, id: string): void {
    if (this.closed) return
    if (!this.needsSnapshot) {
      this.pending.delete(change.id) // a later change goes to the end: order across ids stays that of the last change
      this.pending.set(change.id, change)
    }
    this.pendingId = id
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }

  /** Small messages that must not wait: health, beat. */
  tell(message: LiveMessage): void {
    if (this.closed) return
    if (message.type === 'beat') {
      if (!this.sink.ready()) return this.watchBlocked()
      this.blockedSince = null
    }
    this.sink.send(message, null)
  }

  flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.closed || (this.pending.size === 0 && !this.needsSnapshot)) return
    if (!this.sink.ready()) {
      this.watchBlocked()
      if (this.pending.size > MAX_PENDING) this.overflow()
      if (!this.closed) this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
      return
    }
    this.blockedSince = null
    if (this.needsSnapshot) {
      this.needsSnapshot = false
      return this.sendSnapshot()
    }
    const changes = [...this.pending.values()]
    this.pending = new Map()
    this.sendChanges(changes, this.pendingId)
  }

  close(): void {
    if (this.closed) return
    this.stop()
    this.sink.close()
  }

  /** The other side is gone: nothing more is sent, and nothing waits to be. */
  stop(): void {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.pending = new Map()
  }

  private overflow(): void {
    this.pending = new Map()
    this.needsSnapshot = true
    if (++this.strikes >= 2) this.close()
  }

  private watchBlocked(): void {
    this.blockedSince ??= Date.now()
    if (Date.now() - this.blockedSince > MAX_BLOCKED_MS) this.close()
  }

  private sendSnapshot(): void {
    const { message, id } = this.snapshot()
    this.sink.send(message, id)
  }

  private sendChanges(changes: readonly Change[], id: string): void {
    const upserts: LiveView[] = []
    const removes: Removal[] = []
    for (const change of changes) {
      if ('upsert' in change) upserts.push(change.upsert)
      else removes.push(change.remove)
    }
    this.sink.send({ type: 'changes', upserts, removes }, id)
  }
}
