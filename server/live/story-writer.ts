import 'server-only'
import type { Story } from '@/lib/rollout/story'
import { isRefusal } from '@/server/db/refusal'
import type { StoredStory, StoryStore } from '@/server/db/rollouts'
import { log } from '@/server/log'

const WRITE_MS = 1_000
const RETRY_MS = 5_000
const AT_ONCE = 4
/** Stories that wait while the database is away. Beyond it the oldest that ended are lost: ADR 6. */
const MAX_WAITING = 5_000
/** Writes of other replicas that came first, before this one waits a moment. */
const MAX_RACES = 5

/** One story as this replica tells it. */
export interface Kept {
  story: Story
  /** Writes of its row; null: it has none yet. */
  version: number | null
  /** As it is in the row: `story` is due when it is another one. */
  written: Story | null
  /** The cluster's story before it, which is written first: only one can be open there. null when that was long ago. */
  previous: Kept | null
}

export interface StoryWriterOptions {
  readonly store: StoryStore
  /** Another replica has told the same change: make one story of both. Has to set `story`, `version` and `written`. */
  readonly adopt: (kept: Kept, row: StoredStory) => void
  /** A story that has ended is in the database. */
  readonly ended: (story: Story) => void
  readonly signal: AbortSignal
}

/** Writes stories as they are told: a state at once, all else once a second. What is written carries everything, so nothing is lost by waiting. */
export class StoryWriter {
  /** In the order of their first telling. */
  private readonly queue = new Map<Kept, number>()
  private readonly writtenAt = new WeakMap<Kept, number>()
  private running: Promise<void> | null = null
  private started = false
  private draining = false
  private wake = (): void => undefined

  constructor(private readonly options: StoryWriterOptions) {}

  /** Nothing is written before it is known what earlier processes have told. */
  start(): void {
    this.started = true
    this.run()
  }

  save(kept: Kept, atOnce: boolean): void {
    const due = atOnce ? 0 : (this.writtenAt.get(kept) ?? 0) + WRITE_MS
    this.queue.set(kept, Math.min(due, this.queue.get(kept) ?? Infinity))
    if (this.queue.size > MAX_WAITING) this.forgetOldest()
    if (atOnce) this.wake()
    this.run()
  }

  get waiting(): number {
    return this.queue.size
  }

  /** Resolves when all that waits is written, or was tried once more. */
  async drain(): Promise<void> {
    this.draining = true
    this.wake()
    await this.running
  }

  private run(): void {
    if (!this.started || this.queue.size === 0 || this.options.signal.aborted) return
    this.running ??= this.writeUntilDone().finally(() => {
      this.running = null
      // Told on while the last write was under way.
      if (!this.draining) this.run()
    })
  }

  private async writeUntilDone(): Promise<void> {
    await Promise.resolve()
    const tried = new Set<Kept>()
    while (this.queue.size > 0 && !this.options.signal.aborted) {
      const now = Date.now()
      const free = [...this.queue].filter(([{ previous }]) => !previous || !this.queue.has(previous))
      const due = free.filter(([kept, at]) => (this.draining ? !tried.has(kept) : at <= now)).slice(0, AT_ONCE)
      if (due.length === 0) {
        if (this.draining) return
        await this.sleep(Math.max(10, Math.min(...free.map(([, at]) => at)) - now))
        continue
      }
      const failed: unknown[] = []
      const write = async (kept: Kept): Promise<void> => {
        const error = await this.write(kept)
        if (error === null) return
        failed.push(error)
        tried.add(kept)
      }
      await Promise.all(due.map(([kept]) => write(kept)))
      if (failed.length === 0) continue
      log.warn({ event: 'rollout.write', waiting: this.queue.size, err: failed[0] }, 'a rollout could not be written')
      // One that is refused waits by itself; when none is taken the database is away.
      if (failed.length === due.length && !this.draining) await this.sleep(RETRY_MS, false)
    }
  }

  /** @returns what went wrong, or null */
  private async write(kept: Kept): Promise<unknown> {
    this.queue.set(kept, Infinity)
    const { story } = kept
    try {
      for (let race = 0; race < MAX_RACES && kept.story !== kept.written; race++) await this.put(kept)
    } catch (error) {
      if (isRefusal(error)) return this.giveUp(kept, story, error)
      this.queue.set(kept, Date.now() + RETRY_MS)
      return error
    }
    this.writtenAt.set(kept, Date.now())
    if (kept.story === kept.written) this.queue.delete(kept)
    else this.queue.set(kept, this.queue.get(kept) === 0 ? 0 : Date.now() + WRITE_MS)
    if (kept.written?.rollout.endedAt) {
      kept.previous = null
      this.options.ended(kept.written)
    }
    return null
  }

  /** Asked again it would be refused again, until it is told on. */
  private giveUp(kept: Kept, story: Story, error: unknown): null {
    log.error({ event: 'rollout.refused', rollout: story.rollout.id, err: error }, 'the database refuses a rollout; it is not tried again before it changes')
    if (kept.story === story) this.queue.delete(kept)
    else this.queue.set(kept, Date.now() + WRITE_MS)
    return null
  }

  private async put(kept: Kept): Promise<void> {
    const { store, adopt } = this.options
    const { story, version } = kept
    if (version !== null && (await store.update(story, version))) {
      kept.version = version + 1
      kept.written = story
      return
    }
    const row = version === null ? await store.rival(story.rollout, before(kept)) : await store.find(story.rollout.id)
    // Two versions of the portal would write over each other for ever: it is left to the one that can read both.
    if (row === 'unreadable') kept.written = story
    else if (row) adopt(kept, row)
    else if (version !== null) kept.version = null
    else if (await store.insert(story)) {
      kept.version = 0
      kept.written = story
    }
  }

  private forgetOldest(): void {
    const oldest = [...this.queue.keys()].find(({ story }) => story.rollout.endedAt !== null)
    if (!oldest) return
    this.queue.delete(oldest)
    log.error({ event: 'rollout.lost', rollout: oldest.story.rollout.id }, 'too many rollouts wait for the database; one is not kept')
  }

  private async sleep(ms: number, canWake = true): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = () => (canWake || this.draining) && resolve()
      setTimeout(resolve, ms).unref()
    })
    this.wake = () => undefined
  }
}

/** Ids of the cluster's stories before this one, as far as they are remembered. */
function before({ previous }: Kept): readonly string[] {
  const ids: string[] = []
  for (let kept = previous; kept; kept = kept.previous) ids.push(kept.story.rollout.id)
  return ids
}
