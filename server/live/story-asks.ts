import 'server-only'
import type { Ask, Rollout } from '@/lib/rollout/story'
import type { Picture } from '@/lib/rollout/picture'
import type { Kept } from '@/server/live/story-writer'
import { log } from '@/server/log'

const MAX_WAITING = 5_000

/** Kubernetes' times are whole seconds: a story may have ended up to one later than it says. */
const WITHIN_MS = 1_000

/** Finds what people asked for: their Operation rows, which are written before the first write to the management cluster. */
export class StoryAsks {
  private readonly waiting = new Set<Kept>()
  private readonly askedFor = new WeakMap<Kept, string>()
  private running = false

  constructor(
    private readonly read: (rollout: Rollout) => Promise<readonly Ask[]>,
    private readonly found: (kept: Kept, asks: readonly Ask[]) => void,
  ) {}

  /** Asks can have come with what was just told: a story begins, sizes change, a deletion begins. */
  told(kept: Kept, picture: Picture | null): void {
    const sizes = Object.entries(kept.story.rollout.pools).map(([pool, { to }]) => [pool, to])
    const deleting = kept.story.rollout.change === 'delete' || (picture?.cluster.deletingSince ?? null) !== null
    const key = JSON.stringify([sizes, deleting])
    if (this.askedFor.get(kept) === key || this.waiting.size > MAX_WAITING) return
    this.askedFor.set(kept, key)
    this.waiting.add(kept)
    void this.run()
  }

  /** One after the other: at a start there are as many as clusters that change. Those that fail wait for the next call. */
  async run(): Promise<void> {
    if (this.running) return
    this.running = true
    try {
      for (const kept of this.waiting) {
        // The database leaves out what ended stories have told; the last one may not be written yet.
        const old = new Set(kept.previous?.story.rollout.asks.map(({ operationId }) => operationId))
        const all = await this.read(kept.story.rollout)
        const { change, endedAt } = kept.story.rollout
        const isDeletion = change === 'delete'
        // What was asked once it was over is the next one's.
        const until = endedAt === null ? Infinity : Date.parse(endedAt) + WITHIN_MS
        const asks = all.filter(({ operationId, kind, at }) => !old.has(operationId) && Date.parse(at) < until && (kind === 'delete') === isDeletion)
        this.waiting.delete(kept)
        if (asks.length > 0) this.found(kept, asks)
      }
    } catch (error) {
      log.warn({ event: 'rollout.asks', waiting: this.waiting.size, err: error }, 'what people asked for could not be read')
    } finally {
      this.running = false
    }
  }
}
