import 'server-only'
import type { Database } from '@/server/db/client'

export interface OperationCount {
  readonly kind: string
  readonly state: string
  readonly count: number
  /** When the oldest of those that run was asked for; null for the other states. */
  readonly oldest: Date | null
}

/** How many Operations there are of each kind in each state, and since when the oldest of them runs. */
export async function countOperations(db: Database): Promise<readonly OperationCount[]> {
  const groups = await db.prisma.operation.groupBy({ by: ['kind', 'state'], _count: { _all: true }, _min: { createdAt: true } })
  return groups.map(({ kind, state, _count, _min }) => ({ kind, state, count: _count._all, oldest: state === 'running' ? _min.createdAt : null }))
}
