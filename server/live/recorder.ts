import 'server-only'
import type { LiveView, Removal } from '@/lib/live/event'
import type { ClusterView } from '@/lib/cluster/view'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { warningEntry, type Warning } from '@/lib/timeline/warnings'
import type { ClusterPicture } from '@/server/live/projection'
import { log } from '@/server/log'

const KEPT = 300
const MAX_KEYS = 50_000
const GONE_MS = 600_000
const RETRY_MS = 5_000
/** Entries wait here while the database is away; beyond it history is lost, as ADR 6 accepts. */
const MAX_WAITING = 20_000

export interface RecorderOptions {
  /** Pure: what the difference of two pictures means. Made again from the same pictures it gives the same keys. */
  readonly happenings: (before: ClusterPicture | null, after: ClusterPicture | null) => readonly TimelineEntry[]
  readonly insert: (entries: readonly TimelineEntry[]) => Promise<void>
  readonly recent: (clusterUid: string, limit: number) => Promise<readonly TimelineEntry[]>
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
  private waiting: TimelineEntry[] = []
  private writing: Promise<void> | null = null
  private draining = false
  private endWait = (): void => undefined

  constructor(private readonly options: RecorderOptions) {}

  /** Takes notice of a change. A cluster seen for the first time brings its history with it. */
  changed(before: ClusterPicture | null, after: ClusterPicture | null): void {
    const picture = after ?? before
    if (!picture) return
    const { uid, tenant } = picture.cluster
    if (after) this.stay(after.cluster.uid)
    if (!this.books.has(uid)) void this.load(uid, tenant)
    this.add(tenant, uid, this.options.happenings(before, after), true)
    // Gone, or another one stands under its name.
    if (before && before.cluster.uid !== after?.cluster.uid) this.forgetLater(before.cluster.uid, tenant)
  }

  /** An entry that comes from elsewhere: an act of a person, as it is asked for. */
  note(entry: TimelineEntry): void {
    if (!this.books.has(entry.clusterUid)) void this.load(entry.clusterUid, entry.tenant)
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
    return this.waiting.length
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

  private async load(uid: string, tenant: string): Promise<void> {
    this.books.set(uid, { keys: new Set(), shown: new Map() })
    try {
      this.add(tenant, uid, await this.options.recent(uid, KEPT), false)
    } catch (error) {
      log.warn({ event: 'timeline.load', cluster: uid, err: error }, 'the history of a cluster could not be read')
    }
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
    if (this.waiting.length > MAX_WAITING) this.waiting = this.waiting.slice(-MAX_WAITING)
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
      } catch (error) {
        log.warn({ event: 'timeline.write', waiting: this.waiting.length, err: error }, 'the timeline could not be written')
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

  private async write(): Promise<void> {
    const batch = this.waiting.slice(0, 500)
    await this.options.insert(batch)
    this.waiting = this.waiting.slice(batch.length)
  }
}
