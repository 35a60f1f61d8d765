import 'server-only'
import type { Database } from '@/server/db/client'

export interface SessionRow {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
  readonly expiresAt: Date
  readonly revokedAt: Date | null
}

export async function insertSession(db: Database, row: Omit<SessionRow, 'revokedAt'>): Promise<void> {
  await db.prisma.session.create({ data: { ...row, groups: [...row.groups] } })
}

export function findSession(db: Database, id: string): Promise<SessionRow | null> {
  return db.prisma.session.findUnique({ where: { id } })
}

/** @returns false when there was nothing to revoke */
export async function revokeSession(db: Database, id: string): Promise<boolean> {
  const { count } = await db.prisma.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
  return count > 0
}

/** Ids of sessions that were revoked since, by any replica. */
export async function revokedSince(db: Database, since: Date): Promise<readonly string[]> {
  const rows = await db.prisma.session.findMany({ where: { revokedAt: { gte: since } }, select: { id: true } })
  return rows.map(({ id }) => id)
}

/** Rows of sessions that ended more than a day ago; nothing reads them. */
export async function forgetOldSessions(db: Database, now = new Date()): Promise<void> {
  await db.prisma.session.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - 86_400_000) } } })
}
