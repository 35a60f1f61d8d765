import 'server-only'
import type { Database } from '@/server/db/client'
import { Prisma, type Operation } from '@/server/db/generated/client'

export type OperationRow = Operation
export type OperationKind = Operation['kind']

/** How long a holder may be silent before another replica goes on with its operation. */
export const LEASE_MS = 15_000

/** Which operation, and who works on it. */
export interface Holding {
  readonly id: string
  readonly holder: string
}

export interface NewOperation {
  readonly id: string
  readonly tenant: string
  readonly namespaceUid?: string | null
  readonly cluster: string
  /** null for a create: its Cluster has none yet. */
  readonly clusterUid: string | null
  readonly kind: OperationKind
  readonly who: string
  readonly groups: readonly string[]
  readonly hash: string
  /** JSON; no secrets. */
  readonly spec: object
  readonly missing: readonly string[]
}

export type OperationStep = Partial<Pick<OperationRow, 'applied' | 'missing' | 'clusterUid'>>
export interface OperationEnd extends OperationStep {
  readonly state: 'done' | 'failed' | 'interrupted'
  readonly error: string | null
}

/**
 * The database's clock, the only one that all replicas share: no skew between them shortens a lease. In UTC, as Prisma writes it
 * (the columns have no time zone).
 */
const from = (ms: number): Prisma.Sql => Prisma.sql`(now() AT TIME ZONE 'UTC') + make_interval(secs => ${ms / 1000}::float8)`
const expired = Prisma.sql`"leaseUntil" < (now() AT TIME ZONE 'UTC')`

/**
 * Not yet begun: without a lease it is nobody's to go on with, until its holder has renewed it. So an insert whose answer is lost
 * ends as what its person was told, that nothing was done.
 * @returns false when an unfinished create of that name, upgrade of that cluster, or add of that pool exists (the partial unique indexes of
 * the migrations)
 */
export async function insertOperation(db: Database, row: NewOperation, holder: string): Promise<boolean> {
  const { prisma } = db
  const data = { ...row, holder, groups: [...row.groups], missing: [...row.missing], spec: row.spec as never, applied: [], state: 'running' as const }
  try {
    await prisma.operation.create({ data })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'P2002') return false
    throw error
  }
}

/** Work for later, of nobody: whichever replica finds it when its time has come takes it, as it would one that is left behind. */
export async function insertLater(db: Database, row: NewOperation, inMs: number): Promise<void> {
  const { prisma } = db
  const data = { ...row, holder: null, groups: [...row.groups], missing: [...row.missing], spec: row.spec as never, applied: [], state: 'running' as const, attempts: 0 }
  const create = prisma.operation.create({ data })
  await prisma.$transaction([create, prisma.$executeRaw`UPDATE "Operation" SET "leaseUntil" = ${from(inMs)} WHERE "id" = ${row.id}`])
}

export function findOperation(db: Database, id: string, tenant: string): Promise<OperationRow | null> {
  return db.prisma.operation.findFirst({ where: { id, tenant } })
}

/** @returns false when the holder has lost it: another replica has taken it, or it was ended */
export async function renewLease(db: Database, holding: Holding): Promise<boolean> {
  return (await renewal(db, holding)) === 1
}

/** A removal holds an interrupted one. */
const renewal = (db: Database, { id, holder }: Holding) =>
  db.prisma.$executeRaw`UPDATE "Operation" SET "leaseUntil" = ${from(LEASE_MS)} WHERE "id" = ${id} AND "holder" = ${holder} AND "state" IN ('running', 'interrupted')`

/** Notes how far it came and renews the lease. @returns false when the holder has lost it; then nothing is noted */
export async function noteStep(db: Database, holding: Holding, step: OperationStep): Promise<boolean> {
  const { prisma } = db
  const [{ count }] = await prisma.$transaction([prisma.operation.updateMany({ where: { id: holding.id, holder: holding.holder, state: 'running' }, data: step }), renewal(db, holding)])
  return count === 1
}

/** Ends it and lets it go. @returns false when the holder has lost it; then it is left as it is */
export async function endOperation(db: Database, { id, holder }: Holding, end: OperationEnd): Promise<boolean> {
  const { count } = await db.prisma.operation.updateMany({ where: { id, holder }, data: { ...end, holder: null, leaseUntil: null } })
  return count === 1
}

/**
 * Lets it go, to be tried again by any replica, not before `inMs`.
 * @param anew it went as it should: what was tried so far counts for nothing
 * @returns false when the holder has lost it
 */
export async function postponeOperation(db: Database, { id, holder }: Holding, inMs: number, error: string | null, anew = false): Promise<boolean> {
  const count = await db.prisma.$executeRaw`
    UPDATE "Operation" SET "holder" = NULL, "leaseUntil" = ${from(inMs)}, "error" = ${error}, "updatedAt" = ${from(0)}, "attempts" = CASE WHEN ${anew} THEN 0 ELSE "attempts" END
    WHERE "id" = ${id} AND "holder" = ${holder} AND "state" = 'running'`
  return count === 1
}

/**
 * Takes an interrupted operation for this caller: to go on with it (`running`: whoever finds the lease expired goes on in its place),
 * or to remove what exists (`interrupted`: nobody does). From here on it is this person's: nobody acts as the one who asked first.
 * @returns false when another one has taken or ended it
 */
export async function takeInterrupted(db: Database, { id, holder }: Holding, as: 'running' | 'interrupted', { who, groups }: Pick<OperationRow, 'who' | 'groups'>): Promise<boolean> {
  const count = await db.prisma.$executeRaw`
    UPDATE "Operation" SET "state" = ${as}::"OperationState", "who" = ${who}, "groups" = ${groups}, "continuedAt" = ${from(0)},
      "holder" = ${holder}, "leaseUntil" = ${from(LEASE_MS)}, "attempts" = 1
    WHERE "id" = ${id} AND "state" = 'interrupted' AND ("leaseUntil" IS NULL OR ${expired})`
  return count === 1
}

/** Running ones that nobody works on. Deletions first: a create of what is being deleted must not go on; then the oldest. */
export function expiredOperations(db: Database, limit: number): Promise<readonly Pick<OperationRow, 'id' | 'tenant' | 'cluster' | 'holder'>[]> {
  return db.prisma.$queryRaw`
    SELECT "id", "tenant", "cluster", "holder" FROM "Operation" WHERE "state" = 'running' AND ${expired}
    ORDER BY ("kind" = 'delete') DESC, "createdAt" LIMIT ${limit}`
}

/** Takes a running one from a holder that is gone. @returns it, or null when another replica was first */
export async function takeExpired(db: Database, { id, holder }: Holding, previous: string | null): Promise<OperationRow | null> {
  const count = await db.prisma.$executeRaw`
    UPDATE "Operation" SET "holder" = ${holder}, "leaseUntil" = ${from(LEASE_MS)}, "attempts" = "attempts" + 1
    WHERE "id" = ${id} AND "state" = 'running' AND "holder" IS NOT DISTINCT FROM ${previous} AND ${expired}`
  return count === 1 ? db.prisma.operation.findUnique({ where: { id } }) : null
}

/** For how long after a person asked, or went on with it, a replica writes in their name without them. */
const RESUME_MS = 15 * 60_000

/**
 * Whether its person can still be taken to want it: they asked a moment ago, and are signed in with all of these groups.
 * By the database's clock. An upgrade takes hours, so its age counts from the last look at it: while no portal ran, nobody knows.
 */
export async function standingOf(db: Database, id: string, groups: readonly string[]): Promise<{ readonly young: boolean; readonly present: boolean }> {
  const rows = await db.prisma.$queryRaw<{ young: boolean; present: boolean }[]>`
    SELECT CASE WHEN o."kind" = 'upgrade' THEN greatest(o."continuedAt", o."createdAt", o."updatedAt") ELSE coalesce(o."continuedAt", o."createdAt") END > ${from(-RESUME_MS)} AS "young",
      EXISTS (SELECT 1 FROM "Session" s WHERE s."user" = o."who" AND s."revokedAt" IS NULL AND s."expiresAt" > ${from(0)} AND s."groups" @> ${[...groups]}::text[]) AS "present"
    FROM "Operation" o WHERE o."id" = ${id}`
  return rows[0] ?? { young: false, present: false }
}

/** For a database of one process, at its start: whoever held something is gone. */
export async function expireLeases(db: Database): Promise<void> {
  await endUnbegun(db, 0)
  // Not through Prisma, which would call the rows updated now: how long ago anybody looked at them counts (standingOf).
  await db.prisma.$executeRaw`UPDATE "Operation" SET "leaseUntil" = 'epoch' WHERE "holder" IS NOT NULL AND "leaseUntil" IS NOT NULL`
}

/** Between its insert and its first renewal are milliseconds. */
const UNBEGUN_MS = 60_000

/** Ends what was never begun: its holder died right after the insert, or never heard of it. */
export async function endUnbegun(db: Database, forMs = UNBEGUN_MS): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE "Operation" SET "state" = 'failed', "error" = ${NEVER_BEGUN}, "holder" = NULL
    WHERE "state" = 'running' AND "leaseUntil" IS NULL AND "createdAt" <= ${from(-forMs)}`
}

export const NEVER_BEGUN = 'Nothing was written: the portal stopped before it began.'

/** @param namespaceUid leaves out those of an earlier Namespace of that name; null: not known */
export function interruptedOperations(db: Database, tenant: string, namespaceUid: string | null): Promise<readonly OperationRow[]> {
  const own = namespaceUid === null ? {} : { OR: [{ namespaceUid: null }, { namespaceUid }] }
  return db.prisma.operation.findMany({ where: { tenant, kind: 'create', state: 'interrupted', ...own }, orderBy: { createdAt: 'desc' } })
}

export const TENANT_GONE = 'Its tenant was deleted, and another one has the name since.'

/** Ends what an earlier Namespace of that name left, so that it holds no names in this one. @returns how many there were */
export async function endFormer(db: Database, tenant: string, namespaceUid: string): Promise<number> {
  const where = { tenant, namespaceUid: { not: namespaceUid }, state: { in: ['running', 'interrupted'] as OperationRow['state'][] } }
  const { count } = await db.prisma.operation.updateMany({ where, data: { state: 'failed', error: TENANT_GONE, holder: null, leaseUntil: null } })
  return count
}

/** Another size of the pool was asked for since, and not refused. */
export async function scaledSince(db: Database, { id, tenant, cluster, createdAt }: OperationRow, pool: string): Promise<boolean> {
  const later = { tenant, cluster, kind: 'scale', id: { not: id }, createdAt: { gte: createdAt }, state: { not: 'failed' }, spec: { path: ['pool'], equals: pool } } as const
  return (await db.prisma.operation.count({ where: later })) > 0
}

/** The add-on was asked for anew since, or taken away, and that was not refused: each writes the whole of it. */
export async function addOnSince(db: Database, { id, tenant, cluster, createdAt }: OperationRow, addOn: string): Promise<boolean> {
  const about = [{ spec: { path: ['settings', 'name'], equals: addOn } }, { spec: { path: ['addOn'], equals: addOn } }]
  return (await db.prisma.operation.count({ where: { tenant, cluster, kind: 'addon', id: { not: id }, createdAt: { gte: createdAt }, state: { not: 'failed' }, OR: about } })) > 0
}

/** Creates and upgrades of a cluster that must not go on any more: it was deleted. Frees its name; whoever works on one has lost it. */
export async function endUnfinished(db: Database, tenant: string, cluster: string, { before, error }: { before: Date; error: string }): Promise<void> {
  const where = { tenant, cluster, kind: { in: ['create', 'upgrade'] as OperationRow['kind'][] }, createdAt: { lte: before }, state: { in: ['running', 'interrupted'] as OperationRow['state'][] } } as const
  await db.prisma.operation.updateMany({ where, data: { state: 'failed', error, holder: null, leaseUntil: null } })
}
