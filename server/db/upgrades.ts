import 'server-only'
import type { UpgradeView } from '@/lib/upgrade/view'
import type { Database } from '@/server/db/client'
import { Prisma } from '@/server/db/generated/client'
import type { OperationRow } from '@/server/db/operations'
import { upgradeViewOf } from '@/server/upgrade/view'

/** Upgrades that are not at their end, of all tenants: few, by an index of their own. */
async function openUpgrades(db: Database): Promise<readonly UpgradeView[]> {
  return readable(await db.prisma.operation.findMany({ where: { kind: 'upgrade', state: { in: ['running', 'interrupted'] } } }))
}

/** Of each of these clusters the upgrade that is not at its end, else the last that was begun; in one query. */
async function latestUpgrades(db: Database, clusterUids: readonly string[]): Promise<readonly UpgradeView[]> {
  // Prisma's own `distinct` would read every upgrade ever asked for.
  return readable(await db.prisma.$queryRaw<OperationRow[]>`
    SELECT DISTINCT ON ("clusterUid") * FROM "Operation"
    WHERE "kind" = 'upgrade' AND "clusterUid" IN (${Prisma.join([...clusterUids])})
    ORDER BY "clusterUid", ("state" IN ('running', 'interrupted')) DESC, "createdAt" DESC`)
}

const readable = (rows: readonly OperationRow[]): readonly UpgradeView[] => rows.flatMap((row) => upgradeViewOf(row) ?? [])

/** What server/live follows upgrades with. */
export const upgradeStore = (db: Database) => ({
  open: () => openUpgrades(db),
  latest: (clusterUids: readonly string[]) => latestUpgrades(db, clusterUids),
})
export type UpgradeStore = ReturnType<typeof upgradeStore>

/** No further step begins until somebody goes on with it; whoever works on it has lost it. @returns false when it does not run */
export async function pauseUpgrade(db: Database, id: string, error: string): Promise<boolean> {
  const { count } = await db.prisma.operation.updateMany({ where: { id, kind: 'upgrade', state: 'running' }, data: { state: 'interrupted', error, holder: null, leaseUntil: null } })
  return count === 1
}

/** Ends it where it is. @returns false when it has ended already */
export async function stopUpgrade(db: Database, id: string, error: string): Promise<boolean> {
  const { count } = await db.prisma.operation.updateMany({ where: { id, kind: 'upgrade', state: { in: ['running', 'interrupted'] } }, data: { state: 'failed', error, holder: null, leaseUntil: null } })
  return count === 1
}
