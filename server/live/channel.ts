import 'server-only'
import type { LiveView } from '@/lib/live/event'
import { encodePieces, pieceOf, type Change } from '@/server/live/encode'
import type { Batch, HubCounters, Subscriber } from '@/server/live/subscriber'

/** After quiet a change goes at once; then at most one message a stream in this time. */
const WINDOW_MS = 100
/** Writing to streams stops for a turn of the event loop after this long. */
const SLICE_MS = 8
/** A snapshot is encoded once for all that come within it, whatever changes meanwhile; its `lastContact` must not grow old. */
const SNAPSHOT_MS = 1_000

/** The views of one tenant and the streams that follow them. */
export class Channel {
  readonly views = new Map<string, LiveView>()
  readonly subscribers = new Set<Subscriber>()
  seq = 0
  /** Changes up to here are no longer in the hub's ring. */
  evicted = 0
  private pending = new Map<string, { readonly change: Change; readonly seq: number }>()
  /** Changes after it wait to be sent. */
  private sent = 0
  private timer: NodeJS.Timeout | null = null
  private flushedAt = -WINDOW_MS
  private flushing = false
  private cached: { readonly seq: number; readonly at: number; readonly bytes: Uint8Array } | null = null

  constructor(
    private readonly idOf: (seq: number) => string,
    private readonly encodeSnapshot: () => Uint8Array,
    /** Called with a stream that did not keep up, or was cut off for it. */
    private readonly notKeptUp: (subscriber: Subscriber) => void,
    private readonly counters: HubCounters,
  ) {}

  add(change: Change): void {
    this.seq++
    if ('upsert' in change) this.views.set(change.id, change.upsert)
    else this.views.delete(change.id)
    if (this.subscribers.size === 0) return void (this.sent = this.seq)
    if (this.pending.delete(change.id)) this.counters.coalesced++
    this.pending.set(change.id, { change, seq: this.seq }) // at the end: order across ids is that of the last change
    this.schedule()
  }

  leave(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber)
    if (this.subscribers.size > 0) return
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.pending = new Map()
    this.sent = this.seq
    this.cached = null
  }

  /** The state as it was at most a second ago, and of what change on it is to be told more. */
  snapshot(): { readonly seq: number; readonly bytes: Uint8Array } {
    if (this.isOld() || !this.cached || this.cached.seq < this.evicted) this.cached = { seq: this.seq, at: performance.now(), bytes: this.encodeSnapshot() }
    return this.cached
  }

  /** Lets go of what was encoded for those who came at once. */
  tidy(): void {
    if (this.isOld()) this.cached = null
  }

  /** Lets go of it at once: it tells a health that is no longer so. */
  forgetSnapshot(): void {
    this.cached = null
  }

  private isOld(): boolean {
    return this.cached !== null && performance.now() - this.cached.at >= SNAPSHOT_MS
  }

  private schedule(): void {
    if (this.timer || this.flushing) return
    const wait = this.flushedAt + WINDOW_MS - performance.now()
    this.timer = setTimeout(() => this.flush(), Math.max(1, wait))
  }

  /** Encodes once, writes to all; a later flush begins when every stream has had this one. */
  private flush(): void {
    this.timer = null
    this.flushedAt = performance.now()
    const pieces = [...this.pending.values()].map(({ change, seq }) => ({ ...pieceOf(change), seq }))
    this.pending = new Map()
    const id = this.idOf(this.seq)
    const batch: Batch = { since: this.sent, seq: this.seq, id, pieces, bytes: encodePieces(pieces, id) }
    this.sent = this.seq
    this.flushing = true
    inSlices(this.subscribers, (subscriber) => {
      subscriber.offer(batch)
      if (subscriber.behind || subscriber.closed) this.notKeptUp(subscriber)
    }, () => {
      this.flushing = false
      if (this.pending.size > 0) this.schedule()
    })
  }
}

/** Calls `each` for all of a set, a slice at a time, so that thousands of streams hold up nobody; then `done`. */
export function inSlices<Item>(items: Iterable<Item>, each: (item: Item) => void, done: () => void = () => undefined): void {
  const iterator = items[Symbol.iterator]()
  const slice = (): void => {
    const begun = performance.now()
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      each(next.value)
      if (performance.now() - begun > SLICE_MS) return void setImmediate(slice)
    }
    done()
  }
  slice()
}
