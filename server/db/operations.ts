import 'server-only'
import type { Database } from '@/server/db/client'
import type { Operation } from '@/server/db/generated/client'

export type OperationRow = Operation
export type OperationKind = Operation['kind']

export interface NewOperation {
  readonly id: string
  readonly tenant: string
  readonly cluster: string
  readonly kind: OperationKind
  readonly who: string
  readonly hash: string
  /** JSON; no secrets. */
  readonly spec: object
  readonly missing: readonly string[]
}

/** @returns false when an unfinished create of that name exists (the partial unique index of the migration) */
export async function insertOperation(db: Database, row: NewOperation): Promise<boolean> {
  try {
    await db.prisma.operation.create({ data: { ...row, missing: [...row.missing], spec: row.spec as never, applied: [], state: 'running' } })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'P2002') return false
    throw error
  }
}

export function findOperation(db: Database, id: string, tenant: string): Promise<OperationRow | null> {
  return db.prisma.operation.findFirst({ where: { id, tenant } })
}

export async function updateOperation(
  db: Database,
  id: string,
  data: Partial<Pick<OperationRow, 'state' | 'applied' | 'missing' | 'error' | 'clusterUid'>>,
): Promise<void> {
  await db.prisma.operation.update({ where: { id }, data })
}

/** Takes an interrupted operation for this caller. @returns false when another one has taken or ended it */
export async function takeOperation(db: Database, id: string): Promise<boolean> {
  const { count } = await db.prisma.operation.updateMany({ where: { id, state: 'interrupted' }, data: { state: 'running' } })
  return count === 1
}

export function interruptedOperations(db: Database, tenant: string): Promise<readonly OperationRow[]> {
  return db.prisma.operation.findMany({ where: { tenant, kind: 'create', state: 'interrupted' }, orderBy: { createdAt: 'desc' } })
}

/** Unfinished creates that no live request can be behind: their replica was killed in the middle. */
export async function interruptStale(db: Database, before: Date): Promise<number> {
  const { count } = await db.prisma.operation.updateMany({
    where: { state: 'running', updatedAt: { lt: before } },
    data: { state: 'interrupted', error: 'The portal stopped in the middle.' },
  })
  return count
}

/** Creates of a cluster that nobody can continue any more: it was deleted otherwise. Frees its name. */
export async function endUnfinished(db: Database, tenant: string, cluster: string, error: string): Promise<void> {
  await db.prisma.operation.updateMany({ where: { tenant, cluster, kind: 'create', state: 'interrupted' }, data: { state: 'failed', error } })
}
