import 'server-only'
import type { StateRole } from '@/lib/state'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { Database } from '@/server/db/client'
import { Prisma } from '@/server/db/generated/client'

/** Inserts what is not there yet; an observation made twice is one row. */
export async function insertEntries(db: Database, entries: readonly TimelineEntry[]): Promise<void> {
  await db.prisma.timelineEntry.createMany({
    data: entries.map(({ kind: _kind, at, ...entry }) => ({ ...entry, at: new Date(at) })),
    skipDuplicates: true,
  })
}

/** The newest entries of each of these clusters, in one query. */
export async function recentEntries(db: Database, clusterUids: readonly string[], limit: number): Promise<readonly TimelineEntry[]> {
  if (clusterUids.length === 0) return []
  const uids = Prisma.join(clusterUids.map((uid) => Prisma.sql`(${uid})`))
  // LATERAL: for each cluster the index on (clusterUid, at) is read from its end, and no further than asked.
  const rows = await db.prisma.$queryRaw<Row[]>`
    SELECT "newest".* FROM (VALUES ${uids}) AS "asked" ("uid")
    CROSS JOIN LATERAL (SELECT * FROM "TimelineEntry" WHERE "clusterUid" = "asked"."uid" ORDER BY "at" DESC LIMIT ${limit}) AS "newest"`
  return rows.map(entryOf)
}

const MOST_ACTS = 1_000

/** What people did since then, of all tenants: entries that name somebody. The index for it is in the migration. */
export async function actsSince(db: Database, since: Date): Promise<readonly TimelineEntry[]> {
  const rows = await db.prisma.timelineEntry.findMany({ where: { who: { not: null }, at: { gte: since } }, orderBy: { at: 'desc' }, take: MOST_ACTS })
  return rows.map(entryOf)
}

interface Row extends Omit<TimelineEntry, 'kind' | 'at' | 'role'> {
  readonly at: Date
  readonly role: string
}

const entryOf = ({ at, role, ...row }: Row): TimelineEntry => ({ ...row, kind: 'entry', at: at.toISOString(), role: role as StateRole })
