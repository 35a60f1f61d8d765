import 'server-only'
import type { Identity } from '@/server/auth/identity'
import { encodePieces, type Piece } from '@/server/live/encode'

/** One open stream as the hub sees it. Bytes are shared by streams: a sink must neither change nor keep them. */
export interface Sink {
  readonly write: (bytes: Uint8Array) => void
  /** false while the client has not taken what it was sent. */
  readonly ready: () => boolean
  readonly close: () => void
}

/** Whose stream it is: what it is checked and ended by. */
export interface Subscription {
  readonly tenant: string
  readonly sessionId: string
  readonly identity: Identity
  /** End of the session, in ms since the epoch. */
  readonly expiresAt: number
  readonly lastEventId: string | null
  /** Asked again when bindings change and now and then; false ends the stream with `revoked`. */
  readonly stillAllowed: () => Promise<boolean>
  /** Ends the stream with `signed-out` when false. */
  readonly stillSignedIn: () => Promise<boolean>
  readonly sink: Sink
}

/** Changes of a channel after `since` up to `seq`, encoded once. */
export interface Batch {
  readonly since: number
  readonly seq: number
  readonly id: string
  readonly pieces: readonly (Piece & { readonly seq: number })[]
  readonly bytes: Uint8Array
}

/** Where a stream begins: what it is sent first, and up to where that goes. */
export interface Beginning {
  readonly seq: number
  readonly bytes: readonly Uint8Array[]
}

/** What the hub counts of all its streams. */
export interface HubCounters {
  messages: number
  /** Changes that a later one of the same thing replaced before they were sent. */
  coalesced: number
  resyncs: number
  slowDisconnects: number
}

const MAX_OWED = 500
const MAX_OWED_BYTES = 256 * 1024
/** A client that takes nothing for this long is gone; what waits must not be kept for it. */
const MAX_BLOCKED_MS = 60_000

/**
 * One stream's place in its channel. While its client keeps up it is written what all are written; one that does not is owed the
 * latest of each id, then gets a fresh snapshot once, and is cut off the second time. Nothing is ever left out silently.
 */
export class Subscriber {
  /** Up to here everything was sent or is owed. */
  private seq = 0
  private owed = new Map<string, Piece>()
  private owedBytes = 0
  private needsSnapshot = false
  private strikes = 0
  private blockedSince: number | null = null
  private over = false

  constructor(
    readonly subscription: Subscription,
    /** In which second of the half minute its access is asked again. */
    readonly slot: number,
    private readonly counters: HubCounters,
  ) {}

  get closed(): boolean {
    return this.over
  }

  /** It waits for its client: `catchUp` is due. */
  get behind(): boolean {
    return !this.over && (this.needsSnapshot || this.owed.size > 0)
  }

  /** Begins with a snapshot and what came since it was made, or with what a resuming client missed. */
  start({ seq, bytes }: Beginning, synced: Uint8Array): void {
    this.seq = seq
    for (const each of bytes) this.send(each)
    this.send(synced)
  }

  offer(batch: Batch): void {
    if (this.over || batch.seq <= this.seq) return
    // One that joined while these waited to be sent has had some of them.
    const pieces = batch.since < this.seq ? batch.pieces.filter(({ seq }) => seq > this.seq) : batch.pieces
    this.seq = batch.seq
    if (this.behind || !this.subscription.sink.ready()) this.owe(pieces)
    else this.send(pieces === batch.pieces ? batch.bytes : encodePieces(pieces, batch.id))
  }

  /** Small messages that must not wait behind changes: health, revoked. */
  tell(bytes: Uint8Array): void {
    if (!this.over) this.send(bytes)
  }

  beat(bytes: Uint8Array): void {
    if (this.over) return
    if (!this.subscription.sink.ready()) return this.watchBlocked()
    this.blockedSince = null
    this.send(bytes)
  }

  /** Sends what is owed, once the client has taken what it was sent before. */
  catchUp(idOf: (seq: number) => string, snapshot: () => Beginning): void {
    if (!this.behind) return
    if (!this.subscription.sink.ready()) return this.watchBlocked()
    this.blockedSince = null
    if (this.needsSnapshot) {
      this.needsSnapshot = false
      const { seq, bytes } = snapshot()
      this.seq = seq
      for (const each of bytes) this.send(each)
      return
    }
    const pieces = this.owed
    this.clear()
    this.send(encodePieces(pieces.values(), idOf(this.seq)))
  }

  close(): void {
    if (this.over) return
    this.stop()
    this.subscription.sink.close()
  }

  /** The other side is gone: nothing more is sent, and nothing waits to be. */
  stop(): void {
    this.over = true
    this.clear()
  }

  private owe(pieces: readonly Piece[]): void {
    if (this.needsSnapshot) return this.watchBlocked()
    for (const piece of pieces) {
      const earlier = this.owed.get(piece.id)
      if (earlier) {
        this.owedBytes -= earlier.json.length
        this.counters.coalesced++
      }
      this.owed.delete(piece.id) // a later change goes to the end: order across ids stays that of the last change
      this.owed.set(piece.id, piece)
      this.owedBytes += piece.json.length
    }
    if (this.owed.size > MAX_OWED || this.owedBytes > MAX_OWED_BYTES) this.overflow()
    else this.watchBlocked()
  }

  private overflow(): void {
    this.clear()
    if (++this.strikes >= 2) return this.disconnect()
    this.needsSnapshot = true
    this.counters.resyncs++
    this.watchBlocked()
  }

  private watchBlocked(): void {
    this.blockedSince ??= Date.now()
    if (Date.now() - this.blockedSince > MAX_BLOCKED_MS) this.disconnect()
  }

  private disconnect(): void {
    this.counters.slowDisconnects++
    this.close()
  }

  private clear(): void {
    this.owed = new Map()
    this.owedBytes = 0
  }

  private send(bytes: Uint8Array): void {
    this.counters.messages++
    this.subscription.sink.write(bytes)
  }
}
