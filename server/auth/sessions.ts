import 'server-only'
import type { Session } from '@/server/auth/identity'
import type { Database } from '@/server/db/client'
import { findSession, insertSession, revokedSince, revokeSession, type SessionRow } from '@/server/db/sessions'

const FRESH_MS = 5_000
/** While the database is away, people who were signed in stay so this long. */
const STALE_MS = 300_000
/** How far back sign-outs of other replicas are looked for: their clocks may be behind by that much. */
const LOOK_BACK_MS = 60_000

/**
 * Sessions by id, through the database: the cookie carries the id only. Rows are kept for seconds, so that a page with many
 * requests asks once; a sign-out at another replica takes effect when `follow` has read of it.
 */
export class Sessions {
  /** Signed out here. A sign-out counts at once, also while the database cannot be told, and whatever was being read of it. */
  private readonly left = new Set<string>()
  /** Of these, those of which the database was not told. */
  private readonly untold = new Set<string>()
  private readonly rows = new Map<string, { row: SessionRow | null; at: number }>()

  constructor(
    private readonly db: Database,
    private readonly ended: (id: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  async create(session: Session): Promise<void> {
    await insertSession(this.db, session)
  }

  /** The session, or null when it is unknown, revoked or over. */
  async find(id: string): Promise<Session | null> {
    const row = this.left.has(id) ? null : await this.row(id)
    if (!row || this.left.has(id) || row.revokedAt || row.expiresAt.getTime() <= this.now()) return null
    const { user, name, email, groups, expiresAt } = row
    return { id, user, name, email, groups, expiresAt }
  }

  /** Signs out: the row is revoked and every open stream of the session ends. */
  async revoke(id: string): Promise<void> {
    this.untold.add(id)
    this.leave(id)
    await this.tell(id)
  }

  /** Tells the database of sign-outs that it could not be told of. */
  async settle(): Promise<void> {
    for (const id of this.untold) await this.tell(id)
  }

  /** Ends what was signed out at other replicas; asked every few seconds where there are others. */
  async follow(): Promise<void> {
    for (const id of await revokedSince(this.db, new Date(this.now() - LOOK_BACK_MS))) {
      if (this.left.has(id)) continue
      this.leave(id)
      setTimeout(() => this.left.delete(id), 2 * STALE_MS).unref()
    }
  }

  private leave(id: string): void {
    this.left.add(id)
    this.rows.delete(id)
    this.ended(id)
  }

  private async tell(id: string): Promise<void> {
    await revokeSession(this.db, id)
    this.untold.delete(id)
    // From here on the row itself says so, and no row that was read before is kept for longer.
    setTimeout(() => this.left.delete(id), 2 * STALE_MS).unref()
  }

  private async row(id: string): Promise<SessionRow | null> {
    const kept = this.rows.get(id)
    if (kept && this.now() - kept.at < FRESH_MS) return kept.row
    try {
      const row = await findSession(this.db, id)
      if (this.rows.size > 10_000) this.rows.clear()
      this.rows.set(id, { row, at: this.now() })
      return row
    } catch (error) {
      if (kept && this.now() - kept.at < STALE_MS) return kept.row
      throw error
    }
  }
}
