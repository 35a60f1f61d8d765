import 'server-only'
import { randomBytes } from 'node:crypto'
import { BEAT_MS, type Health, type LiveMessage, type LiveView, type Removal, type TenantState } from '@/lib/live/event'
import { idOf } from '@/lib/live/reduce'
import { Subscriber, type Change, type Sink } from '@/server/live/subscriber'

/** Whose stream it is: what it is checked and ended by. */
export interface Subscription {
  readonly tenant: string
  readonly sessionId: string
  readonly lastEventId: string | null
  /** Asked again when bindings change and now and then; false ends the stream with `revoked`. */
  readonly stillAllowed: () => Promise<boolean>
  /** Ends the stream with `signed-out` when false. */
  readonly stillSignedIn: () => Promise<boolean>
  readonly sink: Sink
}

interface Channel {
  readonly views: Map<string, LiveView>
  readonly subscribers: Map<Subscriber, Subscription>
  seq: number
  /** Changes up to here are no longer in the ring. */
  evicted: number
}

const RING = 10_000

/** Holds each tenant's views and tells its streams what changed. Order and ids are per tenant; the memory of changes is shared. */
export class Hub {
  private readonly epoch = randomBytes(6).toString('hex')
  private readonly channels = new Map<string, Channel>()
  private readonly ring: { tenant: string; seq: number; change: Change }[] = []
  private next = 0

  constructor(private readonly health: () => Health) {}

  publish(tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]): void {
    for (const view of upserts) this.add(tenant, { id: changeId(view), upsert: view })
    for (const removal of removes) this.add(tenant, { id: `${removal.kind}:${removal.id}`, remove: removal })
  }

  state(tenant: string): TenantState {
    const clusters: Record<string, TenantState['clusters'][string]> = {}
    const machines: Record<string, TenantState['machines'][string]> = {}
    const entries: Record<string, TenantState['entries'][string]> = {}
    const rollouts: Record<string, TenantState['rollouts'][string]> = {}
    const rolloutMachines: Record<string, TenantState['rolloutMachines'][string]> = {}
    for (const view of this.channels.get(tenant)?.views.values() ?? []) {
      if (view.kind === 'cluster') clusters[view.uid] = view
      else if (view.kind === 'machine') machines[view.uid] = view
      else if (view.kind === 'rollout') rollouts[view.id] = view
      else if (view.kind === 'rollout-machine') rolloutMachines[view.id] = view
      else entries[view.key] = view
    }
    return { clusters, machines, entries, rollouts, rolloutMachines, health: this.health() }
  }

  /** @returns its undo */
  subscribe(subscription: Subscription): () => void {
    const channel = this.channel(subscription.tenant)
    const subscriber = new Subscriber(subscription.sink, () => this.snapshot(subscription.tenant))
    // Nothing can happen between the two lines: no change is missed and none is sent twice.
    channel.subscribers.set(subscriber, subscription)
    subscriber.start(this.missed(subscription.tenant, subscription.lastEventId), this.id(channel))
    return () => {
      channel.subscribers.delete(subscriber)
      subscriber.stop()
    }
  }

  /** To every stream of every tenant. */
  tellAll(message: LiveMessage): void {
    for (const [subscriber] of this.all()) subscriber.tell(message)
  }

  /** Asks again whether streams may go on: of one tenant, or all (null). */
  async recheck(tenant: string | null): Promise<void> {
    await Promise.all(
      [...this.all()].map(async ([subscriber, subscription]) => {
        if (tenant !== null && subscription.tenant !== tenant) return
        // While nobody can tell (the management cluster or the database is away) a stream that was allowed goes on.
        const signedIn = await subscription.stillSignedIn().catch(() => true)
        const allowed = !signedIn || (await subscription.stillAllowed().catch(() => true))
        if (!signedIn) this.end(subscriber, subscription, { type: 'signed-out' })
        else if (!allowed) this.end(subscriber, subscription, { type: 'revoked' })
      }),
    )
  }

  endSession(sessionId: string): void {
    for (const [subscriber, subscription] of this.all())
      if (subscription.sessionId === sessionId) this.end(subscriber, subscription, { type: 'signed-out' })
  }

  closeAll(): void {
    for (const [subscriber, subscription] of this.all()) this.end(subscriber, subscription, null)
  }

  /** Beats until the signal; every second one also checks sessions and access. */
  beat(signal: AbortSignal): void {
    let count = 0
    const timer = setInterval(() => {
      this.tellAll({ type: 'beat' })
      if (++count % 2 === 0) void this.recheck(null)
    }, BEAT_MS)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  get streams(): number {
    return [...this.all()].length
  }

  streamsOf(sessionId: string): number {
    return [...this.all()].filter(([, subscription]) => subscription.sessionId === sessionId).length
  }

  private add(tenant: string, change: Change): void {
    const channel = this.channel(tenant)
    channel.seq++
    if ('upsert' in change) channel.views.set(change.id, change.upsert)
    else channel.views.delete(change.id)
    const old = this.ring[this.next]
    if (old) this.channel(old.tenant).evicted = old.seq
    this.ring[this.next] = { tenant, seq: channel.seq, change }
    this.next = (this.next + 1) % RING
    for (const subscriber of channel.subscribers.keys()) subscriber.push(change, this.id(channel))
  }

  /** What a client has missed since an id; null when it cannot be told and a snapshot is due. */
  private missed(tenant: string, lastEventId: string | null): readonly Change[] | null {
    const match = /^([0-9a-f]+):(\d{1,15})$/.exec(lastEventId ?? '')
    const channel = this.channel(tenant)
    const seq = Number(match?.[2])
    if (!match || match[1] !== this.epoch || seq < channel.evicted || seq > channel.seq) return null
    const latest = new Map<string, Change>()
    for (let step = 0; step < this.ring.length; step++) {
      const entry = this.ring[(this.next + step) % this.ring.length]
      if (entry?.tenant === tenant && entry.seq > seq) {
        latest.delete(entry.change.id)
        latest.set(entry.change.id, entry.change)
      }
    }
    return [...latest.values()]
  }

  private snapshot(tenant: string): { message: LiveMessage; id: string } {
    return { message: { type: 'snapshot', state: this.state(tenant) }, id: this.id(this.channel(tenant)) }
  }

  private end(subscriber: Subscriber, { tenant }: Subscription, message: LiveMessage | null): void {
    if (message) subscriber.tell(message)
    subscriber.close()
    this.channel(tenant).subscribers.delete(subscriber)
  }

  private *all(): Generator<[Subscriber, Subscription]> {
    for (const channel of this.channels.values()) yield* [...channel.subscribers]
  }

  private id(channel: Channel): string {
    return `${this.epoch}:${channel.seq}`
  }

  private channel(tenant: string): Channel {
    let channel = this.channels.get(tenant)
    if (!channel) this.channels.set(tenant, (channel = { views: new Map(), subscribers: new Map(), seq: 0, evicted: 0 }))
    return channel
  }
}

const changeId = (view: LiveView): string => `${view.kind}:${idOf(view)}`
