import 'server-only'
import { randomBytes } from 'node:crypto'
import { BEAT_MS, type Health, type LiveMessage, type LiveView, type Removal, type TenantState } from '@/lib/live/event'
import { idOf } from '@/lib/live/reduce'
import type { Concern } from '@/server/live/concern'
import { Channel, inSlices } from '@/server/live/channel'
import { encode, encodePieces, pieceOf, type Change } from '@/server/live/encode'
import { Subscriber, type Beginning, type HubCounters, type Subscription } from '@/server/live/subscriber'

const RING = 10_000
const CATCH_UP_MS = 100
/** Access of each stream is asked again this often, at a second of its own: 2,000 reviews at once would be refused. */
const RECHECK_SECONDS = 30
/** After a binding changed and nobody could tell what that means: the first wait, up to twice as long, and the longest. */
const AGAIN_MS = 1_000
const MAX_AGAIN_MS = 8_000
const SYNCED = encode({ type: 'synced' }, null)
const BEAT = encode({ type: 'beat' }, null)

/** Holds each tenant's views and tells its streams what changed. Order and ids are per tenant; the memory of changes is shared. */
export class Hub {
  readonly counters: HubCounters = { messages: 0, coalesced: 0, resyncs: 0, slowDisconnects: 0 }
  private readonly epoch = randomBytes(6).toString('hex')
  private readonly channels = new Map<string, Channel>()
  private readonly sessions = new Map<string, Set<Subscriber>>()
  private readonly ring: { channel: Channel; seq: number; change: Change }[] = []
  private readonly behind = new Set<Subscriber>()
  private next = 0
  private open = 0
  private catchUpTimer: NodeJS.Timeout | null = null
  private telling: Promise<void> = Promise.resolve()

  constructor(private readonly health: () => Health) {}

  publish(tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]): void {
    const channel = this.channel(tenant)
    for (const view of upserts) this.add(channel, { id: changeId(view), upsert: view })
    for (const removal of removes) this.add(channel, { id: `${removal.kind}:${removal.id}`, remove: removal })
  }

  /** History in memory of clusters that are not in the tenant: the Namespace that had them is another one. */
  forgetHistory(tenant: string): void {
    const views = [...(this.channels.get(tenant)?.views.values() ?? [])]
    this.publish(tenant, [], views.flatMap((view) => (view.kind === 'cluster' || view.kind === 'machine' ? [] : [{ kind: view.kind, id: idOf(view) }])))
  }

  state(tenant: string): TenantState {
    const clusters: Record<string, TenantState['clusters'][string]> = {}
    const machines: Record<string, TenantState['machines'][string]> = {}
    const entries: Record<string, TenantState['entries'][string]> = {}
    const rollouts: Record<string, TenantState['rollouts'][string]> = {}
    const rolloutMachines: Record<string, TenantState['rolloutMachines'][string]> = {}
    const upgrades: Record<string, TenantState['upgrades'][string]> = {}
    for (const view of this.channels.get(tenant)?.views.values() ?? []) {
      if (view.kind === 'cluster') clusters[view.uid] = view
      else if (view.kind === 'machine') machines[view.uid] = view
      else if (view.kind === 'rollout') rollouts[view.id] = view
      else if (view.kind === 'rollout-machine') rolloutMachines[view.id] = view
      else if (view.kind === 'upgrade') upgrades[view.uid] = view
      else entries[view.key] = view
    }
    return { clusters, machines, entries, rollouts, rolloutMachines, upgrades, health: this.health() }
  }

  /** @returns its undo */
  subscribe(subscription: Subscription): () => void {
    const channel = this.channel(subscription.tenant)
    const subscriber = new Subscriber(subscription, Math.floor(Math.random() * RECHECK_SECONDS), this.counters)
    const beginning = this.beginning(channel, subscription.lastEventId)
    // Nothing can happen between these lines: no change is missed and none is sent twice.
    channel.subscribers.add(subscriber)
    const own = this.sessions.get(subscription.sessionId) ?? new Set()
    this.sessions.set(subscription.sessionId, own.add(subscriber))
    this.open++
    const leave = (): void => {
      subscriber.stop()
      this.forget(subscriber)
    }
    try {
      subscriber.start(beginning, SYNCED)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  /** To every stream of every tenant, in the order of the calls. */
  tellAll(message: LiveMessage): void {
    const bytes = encode(message, null)
    for (const channel of this.channels.values()) channel.forgetSnapshot()
    this.toAll((subscriber) => subscriber.tell(bytes))
  }

  /** Asks again whether streams may go on: at once, of those whom it may concern. */
  async recheck({ tenant, concerns }: Concern): Promise<void> {
    const channels = tenant === null ? [...this.channels.values()] : [this.channels.get(tenant)]
    const all = channels.flatMap((channel) => [...(channel?.subscribers ?? [])])
    await Promise.all(all.filter(({ subscription }) => concerns?.(subscription.identity) ?? true).map((subscriber) => this.checkUntilTold(subscriber)))
  }

  endSession(sessionId: string): void {
    for (const subscriber of [...(this.sessions.get(sessionId) ?? [])]) this.end(subscriber, { type: 'signed-out' })
  }

  closeAll(): void {
    for (const subscriber of [...this.all()]) this.end(subscriber, null)
  }

  /** Beats until the signal, and looks at a thirtieth of the streams each second: is the session over, does access still hold. */
  beat(signal: AbortSignal): void {
    let seconds = 0
    const timer = setInterval(() => {
      seconds++
      const now = Date.now()
      for (const subscriber of [...this.all()]) {
        if (subscriber.subscription.expiresAt <= now) this.end(subscriber, { type: 'signed-out' })
        else if (subscriber.slot === seconds % RECHECK_SECONDS) void this.check(subscriber)
      }
      for (const channel of this.channels.values()) channel.tidy()
      if (seconds % (BEAT_MS / 1_000) === 0) this.toAll((subscriber) => subscriber.beat(BEAT))
    }, 1_000)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  get streams(): number {
    return this.open
  }

  streamsOf(sessionId: string): number {
    return this.sessions.get(sessionId)?.size ?? 0
  }

  /** @returns whether somebody could tell if access still holds */
  private async check(subscriber: Subscriber): Promise<boolean> {
    const { stillSignedIn, stillAllowed } = subscriber.subscription
    // Both at once, and the first "no" counts: a database that hangs must not hold up a lost right. While nobody can tell (the
    // management cluster or the database is away) a stream that was allowed goes on.
    void stillSignedIn().then((yes) => !yes && this.end(subscriber, { type: 'signed-out' }), () => undefined)
    const allowed = await stillAllowed().catch(() => null)
    if (allowed === false) this.end(subscriber, { type: 'revoked' })
    return allowed !== null
  }

  /** A right may just have been taken: what nobody could tell is asked again soon, less and less often until the stream's own second comes. */
  private async checkUntilTold(subscriber: Subscriber, waitMs = AGAIN_MS): Promise<void> {
    if ((await this.check(subscriber)) || waitMs > MAX_AGAIN_MS) return
    setTimeout(() => !subscriber.closed && void this.checkUntilTold(subscriber, waitMs * 2), waitMs * (1 + Math.random())).unref()
  }

  private add(channel: Channel, change: Change): void {
    channel.add(change)
    const old = this.ring[this.next]
    if (old) old.channel.evicted = old.seq
    this.ring[this.next] = { channel, seq: channel.seq, change }
    this.next = (this.next + 1) % RING
  }

  /** What a client has missed since its last id; a snapshot when that cannot be told. */
  private beginning(channel: Channel, lastEventId: string | null): Beginning {
    const match = /^([0-9a-f]+):(\d{1,15})$/.exec(lastEventId ?? '')
    const seq = Number(match?.[2])
    if (!match || match[1] !== this.epoch || seq < channel.evicted || seq > channel.seq) return this.fromSnapshot(channel)
    return { seq: channel.seq, bytes: this.missed(channel, seq) }
  }

  /** A snapshot, with an id of its own, then what has changed since it was made. */
  private fromSnapshot(channel: Channel): Beginning {
    const { seq, bytes } = channel.snapshot()
    return { seq: channel.seq, bytes: [bytes, ...this.missed(channel, seq)] }
  }

  /** The message with the latest of each thing that changed after `seq`, which the ring still holds; none when nothing did. */
  private missed(channel: Channel, seq: number): readonly Uint8Array[] {
    if (seq === channel.seq) return []
    const latest = new Map<string, Change>()
    // Newest first: what is looked for is mostly of the last second.
    for (let step = 1; step <= this.ring.length; step++) {
      const entry = this.ring.at(this.next - step)
      if (entry?.channel !== channel) continue
      if (entry.seq <= seq) break
      if (!latest.has(entry.change.id)) latest.set(entry.change.id, entry.change)
    }
    return [encodePieces([...latest.values()].reverse().map(pieceOf), this.idOf(channel.seq))]
  }

  private toAll(each: (subscriber: Subscriber) => void): void {
    this.telling = this.telling.then(() => new Promise((done) => inSlices([...this.all()], (subscriber) => {
      each(subscriber)
      if (subscriber.closed) this.forget(subscriber)
    }, done)))
  }

  private readonly notKeptUp = (subscriber: Subscriber): void => {
    if (subscriber.closed) return this.forget(subscriber)
    this.behind.add(subscriber)
    this.catchUpTimer ??= setTimeout(() => this.catchUp(), CATCH_UP_MS)
  }

  private catchUp(): void {
    this.catchUpTimer = null
    for (const subscriber of [...this.behind]) {
      const channel = this.channel(subscriber.subscription.tenant)
      subscriber.catchUp(this.idOf, () => this.fromSnapshot(channel))
      if (subscriber.closed) this.forget(subscriber)
      else if (!subscriber.behind) this.behind.delete(subscriber)
    }
    if (this.behind.size > 0) this.catchUpTimer = setTimeout(() => this.catchUp(), CATCH_UP_MS)
  }

  private end(subscriber: Subscriber, message: LiveMessage | null): void {
    if (message) subscriber.tell(encode(message, null))
    subscriber.close()
    this.forget(subscriber)
  }

  private forget(subscriber: Subscriber): void {
    const { tenant, sessionId } = subscriber.subscription
    const own = this.sessions.get(sessionId)
    if (!own?.delete(subscriber)) return
    this.open--
    if (own.size === 0) this.sessions.delete(sessionId)
    this.channel(tenant).leave(subscriber)
    this.behind.delete(subscriber)
    if (this.behind.size > 0 || !this.catchUpTimer) return
    clearTimeout(this.catchUpTimer)
    this.catchUpTimer = null
  }

  private *all(): Generator<Subscriber> {
    for (const channel of this.channels.values()) yield* channel.subscribers
  }

  private readonly idOf = (seq: number): string => `${this.epoch}:${seq}`

  private channel(tenant: string): Channel {
    let channel = this.channels.get(tenant)
    if (!channel) {
      const snapshot = (): Uint8Array => encode({ type: 'snapshot', state: this.state(tenant) }, this.idOf(this.channel(tenant).seq))
      this.channels.set(tenant, (channel = new Channel(this.idOf, snapshot, this.notKeptUp, this.counters)))
    }
    return channel
  }
}

const changeId = (view: LiveView): string => `${view.kind}:${idOf(view)}`
