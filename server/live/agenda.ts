import 'server-only'
import { log } from '@/server/log'

/** What belongs together comes within this time of each other. */
export const GATHER_MS = 5
/** A cluster that changes on and on is looked at once in this time. */
const WINDOW_MS = 100
const SLICE_MS = 8

/** Which clusters are to be looked at, and when: at once after quiet, then once in a window. Nothing is looked at before `start`. */
export class Agenda {
  /** Clusters to look at, and from when on. */
  private readonly due = new Map<string, number>()
  /** When those were looked at that may not be again at once. */
  private readonly lately = new Map<string, number>()
  private timer: { readonly handle: NodeJS.Timeout; readonly at: number } | null = null
  private started = false

  /** @param turn what is due is to be looked at: it calls `work` */
  constructor(private readonly turn: () => void) {}

  /** Clusters that wait to be looked at. */
  get size(): number {
    return this.due.size
  }

  /** All that waits is due. */
  start(): void {
    this.started = true
    for (const key of this.due.keys()) this.due.set(key, 0)
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer.handle)
    this.timer = null
    this.started = false
  }

  touch(keys: readonly string[], waitMs = GATHER_MS): void {
    if (keys.length === 0) return
    const soon = performance.now() + waitMs
    for (const key of keys) {
      const at = Math.max(soon, (this.lately.get(key) ?? -WINDOW_MS) + WINDOW_MS)
      const known = this.due.get(key)
      if (known === undefined || known > at) this.due.set(key, at)
      this.wake(at)
    }
  }

  /** @returns whether everything that was due has been looked at; the rest gets a turn of its own */
  work(look: (key: string) => void): boolean {
    if (this.timer) clearTimeout(this.timer.handle)
    this.timer = null
    if (!this.started) return false
    const begun = performance.now()
    let next = Infinity
    for (const [key, at] of this.due) {
      const now = performance.now()
      if (at > now) {
        next = Math.min(next, at)
        continue
      }
      // After a list every cluster is due at once: streams and requests get their turn in between.
      if (now - begun > SLICE_MS) {
        this.wake(0)
        return false
      }
      this.due.delete(key)
      try {
        look(key)
      } catch (error) {
        // One object that a parser cannot read must not hold up the other clusters.
        log.error({ event: 'live.view', cluster: key, err: error }, 'a view could not be made')
      }
      this.lately.set(key, performance.now())
    }
    for (const [key, at] of this.lately) if (performance.now() - at > WINDOW_MS) this.lately.delete(key)
    if (next < Infinity) this.wake(next)
    return true
  }

  wake(at: number): void {
    if (!this.started || (this.timer && this.timer.at <= at)) return
    if (this.timer) clearTimeout(this.timer.handle)
    this.timer = { handle: setTimeout(this.turn, Math.max(0, at - performance.now())), at }
  }
}
