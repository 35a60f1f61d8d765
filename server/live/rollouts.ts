import 'server-only'
import { randomUUID } from 'node:crypto'
import type { LiveView, Removal } from '@/lib/live/event'
import { same } from '@/lib/live/reduce'
import type { Ask, Story } from '@/lib/rollout/story'
import type { OpenUpgrade, Picture, Seen } from '@/lib/rollout/picture'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { StoredStory, StoryStore } from '@/server/db/rollouts'
import { endEntry, newDesk, show, type Desk } from '@/server/live/desk'
import { StoryAsks } from '@/server/live/story-asks'
import { StoryWriter, type Kept } from '@/server/live/story-writer'
import { log } from '@/server/log'

const TICK_MS = 10_000
const GONE_MS = 600_000
const RETRY_MS = 5_000
const SLICE_MS = 25
/** What earlier processes have told is waited for so long; later it is merged. */
const LOAD_MS = 5_000
/** A story's cluster that the watches do not show for so many ticks is gone: a replica that has just made it may be ahead of them. */
const ABSENT_TICKS = 3
/** A change that another replica saw end goes on here for the moment by which its watches are ahead. */
const FOLLOW_MS = 30_000
const LAST_AT_ONCE = 500

export interface RolloutsOptions {
  readonly store: StoryStore
  /** lib/rollout/tell.ts: pure. */
  readonly reducer: {
    readonly tell: (story: Story | null, seen: Seen, now: string, newId: () => string) => Story | null
    readonly withAsks: (story: Story, asks: readonly Ask[]) => Story
    readonly merge: (a: Story, b: Story) => Story
  }
  readonly publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void
  readonly note: (entry: TimelineEntry) => void
  /** Every cluster that exists has been seen, and this one is not among them. */
  readonly isGone: (clusterUid: string) => boolean
  /** Of a cluster; null: none is open. */
  readonly upgradeOf: (clusterUid: string) => OpenUpgrade | null
  readonly signal: AbortSignal
}

/** Tells each cluster's rollout as a story (lib/rollout) and keeps it: on the streams at once, in the database as it happens. */
export class Rollouts {
  private readonly desks = new Map<string, Desk>()
  /** What was seen before stories could be told, and ticks. */
  private readonly waiting = new Map<string, Seen>()
  /** Clusters whose last story was not read yet. */
  private readonly newcomers = new Set<string>()
  private readonly complaints = new Set<string>()
  private readonly writer: StoryWriter
  private readonly asks: StoryAsks
  private telling = false
  private reading = false
  private soon: NodeJS.Timeout | null = null
  private loaded = false
  private pumping: NodeJS.Timeout | null = null

  constructor(private readonly options: RolloutsOptions) {
    const { store, signal } = options
    this.writer = new StoryWriter({ store, signal, adopt: (kept, row) => this.adopt(kept, row), ended: (story) => options.note(endEntry(story)) })
    this.asks = new StoryAsks(store.asks, (kept, asks) => this.retell(kept, (story) => options.reducer.withAsks(story, asks)))
    const begin = (): void => {
      this.telling = true
      this.pump()
    }
    const late = setTimeout(begin, LOAD_MS).unref()
    void this.load().finally(begin)
    const tick = setInterval(() => this.tick(), TICK_MS).unref()
    signal.addEventListener('abort', () => {
      clearInterval(tick)
      clearTimeout(late)
    }, { once: true })
  }

  /** Takes notice of a change of one cluster. */
  changed(before: Picture | null, after: Picture | null): void {
    if (before && after && before.cluster.uid !== after.cluster.uid) {
      this.changed(before, null)
      return this.changed(null, after)
    }
    const picture = after ?? before
    if (!picture) return
    const desk = this.desk(picture.cluster.uid, picture.cluster.tenant)
    const waiting = this.waiting.get(desk.uid)
    if (this.telling && !waiting) this.step(desk, { before, after })
    else this.waiting.set(desk.uid, { before: waiting ? waiting.before : before, after })
  }

  /** Something else that stories are told by has changed: the cluster's upgrade. */
  again(uid: string): void {
    const desk = this.desks.get(uid)
    if (!desk?.open || !desk.picture || this.waiting.has(uid)) return
    this.waiting.set(uid, { before: desk.picture, after: desk.picture })
    if (this.telling) this.pump()
  }

  /** Stories that the database has not taken yet. */
  get unwritten(): number {
    return this.writer.waiting
  }

  /** The cluster is out of sight and goes on: its story stays open, and is told on when it is seen again or has gone. */
  hide(uid: string): void {
    const desk = this.desks.get(uid)
    if (!desk) return
    desk.picture = null
    this.forgetLater(desk)
  }

  /** Resolves when all that waits is written, or the database does not take it. */
  async drain(): Promise<void> {
    this.pump(Infinity)
    await this.writer.drain()
  }

  private desk(uid: string, tenant: string): Desk {
    let desk = this.desks.get(uid)
    if (desk) return desk
    desk = newDesk(uid, tenant)
    this.desks.set(uid, desk)
    this.newcomers.add(uid)
    this.soon ??= setTimeout(() => {
      this.soon = null
      void this.readLast()
    }, 200).unref()
    return desk
  }

  private step(desk: Desk, shown: Seen): void {
    const upgrade = this.options.upgradeOf(desk.uid)
    const seen: Seen = upgrade === null ? shown : { ...shown, upgrade }
    desk.picture = seen.after
    if (!seen.after) this.forgetLater(desk)
    const before = desk.follow?.story ?? desk.open?.story ?? null
    const story = this.guarded(desk.uid, before, () => this.options.reducer.tell(before, seen, new Date().toISOString(), randomUUID))
    if (desk.follow) return this.followed(desk, desk.follow, story ?? desk.follow.story)
    if (!story && !this.loaded && !desk.last && seen.after) desk.idle ??= { picture: seen.after, at: Date.now() }
    if (!story || story === before) return
    const kept = (desk.open ??= { story, version: null, written: null, previous: desk.last })
    kept.story = story
    const ended = story.rollout.endedAt !== null
    if (ended) {
      desk.last = kept
      desk.open = null
    }
    this.show(desk)
    this.writer.save(kept, before?.rollout.state.is !== story.rollout.state.is || ended)
    this.asks.told(kept, seen.after)
    // A deletion ends what it was asked in the middle of, and is a story of its own.
    if (ended && story.rollout.change !== 'delete' && (seen.after?.cluster.deletingSince ?? null) !== null) this.step(desk, seen)
  }

  private followed(desk: Desk, follow: NonNullable<Desk['follow']>, story: Story): void {
    follow.story = story
    if (story.rollout.endedAt === null && Date.now() < follow.until) return
    desk.follow = null
    // Still under way here: it is a change of its own.
    if (story.rollout.endedAt === null) this.waiting.set(desk.uid, { before: null, after: desk.picture })
    else if (desk.last) this.retell(desk.last, (last) => this.options.reducer.merge(last, story))
  }

  private retell(kept: Kept, how: (story: Story) => Story): void {
    const { story } = kept
    const told = this.guarded(story.rollout.clusterUid, story, () => how(story))
    if (same(told, story)) return
    kept.story = told
    const desk = this.desks.get(story.rollout.clusterUid)
    if (desk) this.show(desk)
    this.writer.save(kept, true)
  }

  /** Another replica, or the process before this one, has told the same change: both go on with one story, under the id of the row. */
  private adopt(kept: Kept, row: StoredStory): void {
    const mine = kept.story
    const { clusterUid } = mine.rollout
    kept.story = this.guarded(clusterUid, row.story, () => this.options.reducer.merge(row.story, mine))
    kept.version = row.version
    if (same(kept.story, row.story)) kept.story = row.story
    kept.written = row.story
    const desk = this.desks.get(clusterUid)
    if (!desk) return
    if (desk.open === kept && kept.story.rollout.endedAt !== null) {
      desk.open = null
      desk.last = kept
      desk.follow = { story: mine, until: Date.now() + FOLLOW_MS }
    }
    this.show(desk)
  }

  private show(desk: Desk): void {
    show(desk, this.options.publish)
  }

  /** Pages that watched a deletion show how it ended; then a cluster that is gone takes no memory any more. */
  private forgetLater(desk: Desk): void {
    if (desk.forgetting) return
    desk.forgetting = true
    const forget = (): void => {
      desk.forgetting = false
      // The Namespace can become a tenant again, with the same clusters. What is open has to come to its end.
      if (desk.picture || (desk.open && !this.options.isGone(desk.uid)) || this.options.signal.aborted) return
      this.desks.delete(desk.uid)
      this.newcomers.delete(desk.uid)
      desk.open = desk.last = null
      this.show(desk)
    }
    setTimeout(forget, GONE_MS).unref()
  }

  private async load(): Promise<void> {
    try {
      for (const row of await this.options.store.open()) this.restore(row)
      this.loaded = true
      for (const desk of this.desks.values()) desk.idle = null
      this.writer.start()
      void this.readLast()
    } catch (error) {
      log.warn({ event: 'rollout.load', err: error }, 'open rollouts could not be read')
      setTimeout(() => !this.options.signal.aborted && void this.load(), RETRY_MS).unref()
    }
  }

  private restore(row: StoredStory): void {
    const { clusterUid, tenant } = row.story.rollout
    const desk = this.desk(clusterUid, tenant)
    const kept: Kept = { story: row.story, version: row.version, written: row.story, previous: null }
    let first = desk.open ?? desk.last
    while (first?.previous) first = first.previous
    if (!first) desk.open = kept
    else if (desk.idle && Date.parse(row.story.rollout.startedAt) < desk.idle.at) {
      // It was over before what was told here began.
      const seen = { before: null, after: desk.idle.picture }
      kept.story = this.guarded(clusterUid, row.story, () => this.options.reducer.tell(row.story, seen, new Date().toISOString(), randomUUID) ?? row.story)
      first.previous = kept
      this.writer.save(kept, true)
    }
    // Otherwise what was told here meets its row at the first write.
    desk.idle = null
    this.show(desk)
    if (desk.picture && !this.waiting.has(desk.uid)) this.waiting.set(desk.uid, { before: null, after: desk.picture })
    if (this.telling) this.pump()
  }

  private async readLast(): Promise<void> {
    if (this.reading || !this.loaded) return
    this.reading = true
    try {
      while (this.newcomers.size > 0 && !this.options.signal.aborted) {
        const uids = [...this.newcomers].slice(0, LAST_AT_ONCE)
        const rows = await this.options.store.lastEnded(uids)
        for (const uid of uids) this.newcomers.delete(uid)
        for (const { story, version } of rows) {
          const desk = this.desks.get(story.rollout.clusterUid)
          if (!desk || desk.last || desk.open?.story.rollout.id === story.rollout.id) continue
          desk.last = { story, version, written: story, previous: null }
          if (desk.open) desk.open.previous ??= desk.last
          this.show(desk)
        }
      }
    } catch (error) {
      log.warn({ event: 'rollout.load', err: error }, 'ended rollouts could not be read')
    } finally {
      this.reading = false
    }
  }

  /** Time alone moves a story on: a drain that is blocked, an ask without effect. */
  private tick(): void {
    for (const desk of this.desks.values()) {
      if ((!desk.open && !desk.follow) || this.waiting.has(desk.uid)) continue
      if (desk.picture) this.waiting.set(desk.uid, { before: desk.picture, after: desk.picture })
      else if (this.options.isGone(desk.uid) && ++desk.absentTicks >= ABSENT_TICKS) this.waiting.set(desk.uid, { before: null, after: null })
    }
    if (this.telling) this.pump()
    void this.asks.run()
    void this.readLast()
  }

  private pump(slice = SLICE_MS): void {
    if (this.pumping) clearTimeout(this.pumping)
    this.pumping = null
    const begun = performance.now()
    for (const [uid, seen] of this.waiting) {
      // Streams and requests get their turn in between.
      if (performance.now() - begun > slice) {
        this.pumping = setTimeout(() => this.pump(), 0)
        return
      }
      this.waiting.delete(uid)
      const desk = this.desks.get(uid)
      if (desk) this.step(desk, seen)
    }
  }

  /** A story that cannot be told stays as it was and holds up no other. */
  private guarded<Told>(uid: string, otherwise: Told, tell: () => Told): Told {
    try {
      return tell()
    } catch (error) {
      if (!this.complaints.has(uid) && this.complaints.size < 1_000) log.error({ event: 'rollout.tell', clusterUid: uid, err: error }, 'a rollout could not be told')
      this.complaints.add(uid)
      return otherwise
    }
  }
}
