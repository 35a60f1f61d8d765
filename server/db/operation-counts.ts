import 'server-only'
import type { Database } from '@/server/db/client'

export interface OperationCount {
  readonly kind: string
  readonly state: string
  readonly count: number
}

/** How many Operations there are of each kind in each state. */
export async function countOperations(db: Database): Promise<readonly OperationCount[]> {
  const groups = await db.prisma.operation.groupBy({ by: ['kind', 'state'], _count: { _all: true } })
  return groups.map(({ kind, state, _count }) => ({ kind, state, count: _count._all }))
}
