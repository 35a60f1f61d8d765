import 'server-only'
import type { LiveView, Removal } from '@/lib/live/event'
import type { ClusterView } from '@/lib/cluster/view'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { warningEntry, type Warning } from '@/lib/timeline/warnings'
import { isRefusal } from '@/server/db/refusal'
import type { Picture } from '@/lib/rollout/picture'
import { log } from '@/server/log'

/** Of each cluster on the streams: as many as a page shows. Older ones are in the database. */
const KEPT = 40
/** Clusters that are seen first at one time are asked for in one query. */
const GATHER_MS = 100
const LOAD_AT_ONCE = 500
/** 10 ms of the embedded database. A portal that first meets a fleet of 10,000 machines writes 70,000 entries. */
const WRITE_AT_ONCE = 50
/** How often it is read what people did through other replicas, and how far back: clocks differ, and a write may have had to wait. */
const ACTS_MS = 3_000
const ACTS_BACK_MS = 120_000
const MAX_KEYS = 50_000
const GONE_MS = 600_000
const RETRY_MS = 5_000
/** Entries wait here while the database is away; beyond it history is lost, as ADR 6 accepts. */
const MAX_WAITING = 100_000

export interface RecorderOptions {
  /** Pure: what the difference of two pictures means. Made again from the same pictures it gives the same keys. */
  readonly happenings: (before: Picture | null, after: Picture | null) => readonly TimelineEntry[]
  readonly insert: (entries: readonly TimelineEntry[]) => Promise<void>
  /** The newest entries of each of these clusters. */
  readonly recent: (clusterUids: readonly string[], limit: number) => Promise<readonly TimelineEntry[]>
  /** What people did since then, as any replica has told it; left out where there is only one. */
  readonly acts?: (since: Date) => Promise<readonly TimelineEntry[]>
  readonly publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void
  readonly signal: AbortSignal
}

/** Entries of a cluster's warnings in an hour: noise of a broken cluster must not push its history away. */
const MAX_WARNINGS = 20
const WARNING_MS = 3_600_000

interface Book {
  /** Every key seen: an old entry is not new again because it is no longer shown. */
  readonly keys: Set<string>
  /** The newest, as they are on the streams. */
  readonly shown: Map<string, TimelineEntry>
}

/** Writes each cluster's timeline: once per key, to the streams at once and to the database soon after. */
export class Recorder {
  private readonly books = new Map<string, Book>()
  private readonly warnings = new Map<string, { readonly key: string; readonly told: number }[]>()
  /** Books that are about to be closed, by uid. */
  private readonly leaving = new Map<string, NodeJS.Timeout>()
  /** Books whose history was not read yet. */
  private readonly newcomers = new Set<string>()
  private soon: NodeJS.Timeout | null = null
  private waiting: TimelineEntry[] = []
  /** Entries of the insert that is under way. */
  private underWay = 0
  private dropped = 0
  private full = false
  private actsReadAt = Date.now()
  private readingActs = false
  private writing: Promise<void> | null = null
  private draining = false
  private endWait = (): void => undefined

  constructor(private readonly options: RecorderOptions) {
    const { acts, signal } = options
    if (!acts) return
    const timer = setInterval(() => void this.readActs(acts), ACTS_MS).unref()
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  /** Takes notice of a change. A cluster seen for the first time brings its history with it. */
  changed(before: Picture | null, after: Picture | null): void {
    const picture = after ?? before
    if (!picture) return
    const { uid, tenant } = picture.cluster
    if (after) this.stay(after.cluster.uid)
    this.openBook(uid)
    this.add(tenant, uid, this.options.happenings(before, after), true)
    // Gone, or another one stands under its name.
    if (before && before.cluster.uid !== after?.cluster.uid) this.forgetLater(before.cluster.uid, tenant)
  }

  /** An entry that comes from elsewhere: an act of a person, as it is asked for. */
  note(entry: TimelineEntry): void {
    this.openBook(entry.clusterUid)
    this.add(entry.tenant, entry.clusterUid, [entry], true)
  }

  /** A Warning event of one of the cluster's objects: told once, and again when it has become a habit. */
  warned(cluster: ClusterView, warning: Warning, now = Date.now()): void {
    const at = Date.parse(warning.at)
    // What a restart reads again after an hour was told by the process before it, or is no news.
    if (Number.isNaN(at) || now - at > WARNING_MS) return
    const entry = warningEntry(cluster, warning)
    const lately = (this.warnings.get(cluster.uid) ?? []).filter(({ told }) => now - told < WARNING_MS)
    this.warnings.set(cluster.uid, lately)
    if (lately.length >= MAX_WARNINGS || lately.some(({ key }) => key === entry.key)) return
    lately.push({ key: entry.key, told: now })
    this.note(entry)
  }

  /** Entries that the database has not taken yet. */
  get waitingEntries(): number {
    return this.waiting.length + this.underWay
  }

  /** Entries that the database will never have: there were too many while it was away, or it refused them. */
  get droppedEntries(): number {
    return this.dropped
  }

  /** Resolves when all that waits is written, or the database does not take it. */
  async drain(): Promise<void> {
    this.draining = true
    this.endWait()
    await this.writing
  }

  /** Pages that watched a deletion show how it ended; then a cluster that is gone takes no memory any more. */
  forgetLater(uid: string, tenant: string): void {
    const forget = (): void => {
      this.leaving.delete(uid)
      const keys = [...(this.books.get(uid)?.shown.keys() ?? [])]
      this.books.delete(uid)
      this.warnings.delete(uid)
      this.options.publish(tenant, [], keys.map((id) => ({ kind: 'entry', id })))
    }
    this.stay(uid)
    this.leaving.set(uid, setTimeout(() => !this.options.signal.aborted && forget(), GONE_MS).unref())
  }

  private stay(uid: string): void {
    clearTimeout(this.leaving.get(uid))
    this.leaving.delete(uid)
  }

  private openBook(uid: string): void {
    if (this.books.has(uid)) return
    this.books.set(uid, { keys: new Set(), shown: new Map() })
    this.newcomers.add(uid)
    this.loadIn(GATHER_MS)
  }

  private loadIn(ms: number): void {
    this.soon ??= setTimeout(() => void this.load(), ms).unref()
  }

  private async load(): Promise<void> {
    let retry = false
    try {
      while (this.newcomers.size > 0 && !this.options.signal.aborted) {
        const uids = [...this.newcomers].slice(0, LOAD_AT_ONCE)
        const entries = await this.options.recent(uids, KEPT)
        for (const uid of uids) this.newcomers.delete(uid)
        this.addRead(entries)
      }
    } catch (error) {
      retry = !this.options.signal.aborted
      log.warn({ event: 'timeline.load', clusters: this.newcomers.size, err: error }, 'the history of clusters could not be read')
    }
    this.soon = null
    if (retry) this.loadIn(RETRY_MS)
  }

  private async readActs(acts: NonNullable<RecorderOptions['acts']>): Promise<void> {
    if (this.readingActs) return
    this.readingActs = true
    const asked = Date.now()
    try {
      this.addRead(await acts(new Date(this.actsReadAt - ACTS_BACK_MS)))
      this.actsReadAt = asked
    } catch (error) {
      log.debug({ event: 'timeline.acts', err: error }, 'what people did through other replicas could not be read')
    } finally {
      this.readingActs = false
    }
  }

  /** Entries that are in the database already. */
  private addRead(entries: readonly TimelineEntry[]): void {
    for (const [uid, own] of Map.groupBy(entries, ({ clusterUid }) => clusterUid)) this.add(own[0]?.tenant ?? '', uid, own, false)
  }

  private add(tenant: string, uid: string, entries: readonly TimelineEntry[], store: boolean): void {
    const book = this.books.get(uid)
    if (!book) return
    const fresh = entries.filter(({ key }) => !book.keys.has(key))
    if (fresh.length === 0) return
    for (const entry of fresh) {
      book.keys.add(entry.key)
      book.shown.set(entry.key, entry)
    }
    const fromFresh = new Set(fresh.map(({ key }) => key))
    const removes = this.retire(book).filter(({ id }) => !fromFresh.has(id))
    this.options.publish(tenant, fresh.filter(({ key }) => book.shown.has(key)), removes)
    if (!store) return
    this.waiting.push(...fresh)
    this.dropOldest()
    this.writing ??= this.writeUntilDone()
  }

  /** Takes the oldest entries off the streams. */
  private retire({ keys, shown }: Book): Removal[] {
    for (const key of keys) {
      if (keys.size <= MAX_KEYS) break
      keys.delete(key)
    }
    if (shown.size <= KEPT) return []
    const oldest = [...shown.values()].sort((a, b) => a.at.localeCompare(b.at)).slice(0, shown.size - KEPT)
    for (const { key } of oldest) shown.delete(key)
    return oldest.map(({ key }) => ({ kind: 'entry', id: key }))
  }

  private async writeUntilDone(): Promise<void> {
    await Promise.resolve() // entries of the same batch go in one insert
    while (this.waiting.length > 0 && !this.options.signal.aborted) {
      const last = this.draining
      try {
        await this.write()
        // The embedded database works on this very thread: without a turn in between, batch after batch would hold up every stream.
        await new Promise((resolve) => setImmediate(resolve))
      } catch (error) {
        log.warn({ event: 'timeline.write', waiting: this.waiting.length, dropped: this.dropped, err: error }, 'the timeline could not be written')
        // A process that is about to end tries once more and does not wait for a database that is away.
        if (last) break
        if (!this.draining)
          await new Promise<void>((resolve) => {
            this.endWait = resolve
            setTimeout(resolve, RETRY_MS).unref()
          })
      }
    }
    this.writing = null
  }

  /** @throws what the database is away with; what it did not take waits on */
  private async write(): Promise<void> {
    // Taken out first: what comes meanwhile may push out what waits, but not what is being written.
    const batch = this.waiting.splice(0, WRITE_AT_ONCE)
    this.underWay = batch.length
    try {
      await this.insert(batch)
      this.full = false
    } catch (error) {
      this.waiting.unshift(...batch)
      this.dropOldest()
      throw error
    } finally {
      this.underWay = 0
    }
  }

  /** Takes what is written off the batch. One entry that the database refuses for what it says must not hold up all others. */
  private async insert(batch: TimelineEntry[]): Promise<void> {
    try {
      await this.options.insert([...batch])
      batch.length = 0
    } catch (error) {
      if (!isRefusal(error)) throw error
      for (let entry = batch[0]; entry; entry = batch[0]) {
        await this.options.insert([entry]).catch((reason: unknown) => this.refused(entry, reason))
        batch.shift()
      }
    }
  }

  private refused({ key, clusterUid }: TimelineEntry, error: unknown): void {
    if (!isRefusal(error)) throw error
    this.dropped++
    log.error({ event: 'timeline.refused', key, clusterUid, err: error }, 'the database refuses an entry of a timeline; it is not kept')
  }

  private dropOldest(): void {
    const over = this.waiting.length - MAX_WAITING
    if (over <= 0) return
    this.waiting.splice(0, over)
    this.dropped += over
    if (!this.full) log.error({ event: 'timeline.lost', dropped: this.dropped }, 'too many entries wait for the database; the oldest are not kept')
    this.full = true
  }
}
