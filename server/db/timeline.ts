import 'server-only'
import type { StateRole } from '@/lib/state'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { Database } from '@/server/db/client'

/** Inserts what is not there yet; an observation made twice is one row. */
export async function insertEntries(db: Database, entries: readonly TimelineEntry[]): Promise<void> {
  await db.prisma.timelineEntry.createMany({
    data: entries.map(({ kind: _kind, at, ...entry }) => ({ ...entry, at: new Date(at) })),
    skipDuplicates: true,
  })
}

/** The newest entries of a cluster. */
export async function recentEntries(db: Database, clusterUid: string, limit: number): Promise<readonly TimelineEntry[]> {
  const rows = await db.prisma.timelineEntry.findMany({ where: { clusterUid }, orderBy: { at: 'desc' }, take: limit })
  return rows.map(({ at, role, ...row }) => ({ ...row, kind: 'entry', at: at.toISOString(), role: role as StateRole }))
}
