import 'server-only'
import type { Database } from '@/server/db/client'
import type { OperationRow } from '@/server/db/operations'

/** The upgrade of a cluster that is not at its end yet, else the last one; null when there was none. */
export async function latestUpgrade(db: Database, tenant: string, clusterUid: string): Promise<OperationRow | null> {
  const where = { tenant, clusterUid, kind: 'upgrade' as const }
  const open = await db.prisma.operation.findFirst({ where: { ...where, state: { in: ['running', 'interrupted'] } } })
  return open ?? db.prisma.operation.findFirst({ where, orderBy: { createdAt: 'desc' } })
}

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
