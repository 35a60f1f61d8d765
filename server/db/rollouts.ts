import 'server-only'
import type { Ask, Rollout, Story } from '@/lib/rollout/story'
import type { Database } from '@/server/db/client'
import type { OperationKind } from '@/server/db/operations'
import { Prisma } from '@/server/db/generated/client'
import { parseRollout, parseStory } from '@/server/db/stories'
import { log } from '@/server/log'
import { rivalOf } from '@/server/rollouts/rival'

/** A story with the number of the write that it was read from. */
export interface StoredStory {
  readonly story: Story
  readonly version: number
}

interface Row {
  readonly id: string
  readonly story: unknown
  readonly version: number
}

/** Every open story, of all tenants. */
export async function openStories(db: Database): Promise<readonly StoredStory[]> {
  return readable(await db.prisma.rollout.findMany({ where: { endedAt: null } }))
}

/** The newest ended story of each cluster, in one query. */
export async function lastEndedStories(db: Database, clusterUids: readonly string[]): Promise<readonly StoredStory[]> {
  // Prisma's own `distinct` would read every story ever told.
  return readable(await db.prisma.$queryRaw<Row[]>`
    SELECT DISTINCT ON ("clusterUid") "id", "story", "version" FROM "Rollout"
    WHERE "clusterUid" IN (${Prisma.join([...clusterUids])}) AND "endedAt" IS NOT NULL
    ORDER BY "clusterUid", "startedAt" DESC`)
}

/**
 * The stored story of the same change, told by another replica (server/rollouts/rival.ts), or null.
 * @param own ids of stories that are known to be other changes
 */
export async function rivalStory(db: Database, mine: Rollout, own: readonly string[]): Promise<StoredStory | null> {
  const { clusterUid, startedAt } = mine
  const rows = await db.prisma.rollout.findMany({ where: { clusterUid, OR: [{ endedAt: null }, { endedAt: { gt: new Date(Date.parse(startedAt) - 10_000) } }] } })
  const stories = readable(rows)
  // What nobody can read would keep the cluster from ever having an open story again. Its facts stay in the row.
  // Raised, so that whoever can read it sees that it was written. The own id is left to the version that wrote it.
  const lost = rows.filter((row) => row.endedAt === null && row.id !== mine.id && !stories.some(({ story }) => story.rollout.id === row.id)).map(({ id }) => id)
  if (lost.length > 0) await db.prisma.rollout.updateMany({ where: { id: { in: lost } }, data: { endedAt: new Date(), version: { increment: 1 } } })
  return rivalOf(mine, own, stories)
}

/**
 * @param namespaceUid of its tenant; null: not known
 * @returns false when the cluster has an open story already (the partial unique index of the migration), or the id is taken
 */
export async function insertStory(db: Database, story: Story, namespaceUid: string | null = null): Promise<boolean> {
  const { id, tenant, clusterUid, cluster } = story.rollout
  try {
    await db.prisma.rollout.create({ data: { id, tenant, namespaceUid, clusterUid, cluster, ...columns(story) } })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'P2002') return false
    throw error
  }
}

/** @returns false when it was written by another replica since `version` was read */
export async function updateStory(db: Database, story: Story, version: number): Promise<boolean> {
  const data = { ...columns(story), version: version + 1 }
  const { count } = await db.prisma.rollout.updateMany({ where: { id: story.rollout.id, version }, data })
  return count === 1
}

/**
 * @param tenant null: of any, for the keeper itself
 * @param namespaceUid leaves out those of an earlier Namespace of that name; null: not known
 */
export async function findStory(db: Database, id: string, tenant: string | null, namespaceUid: string | null = null): Promise<StoredStory | null> {
  const own = namespaceUid === null ? {} : { OR: [{ namespaceUid: null }, { namespaceUid }] }
  const row = await db.prisma.rollout.findFirst({ where: { id, ...(tenant === null ? {} : { tenant }), ...own } })
  return readable(row ? [row] : [])[0] ?? null
}

/** The row of a story that is told here; 'unreadable' when another version of the portal has written it in another shape. */
async function ownStory(db: Database, id: string): Promise<StoredStory | 'unreadable' | null> {
  const row = await db.prisma.rollout.findUnique({ where: { id } })
  return row ? (readable([row])[0] ?? 'unreadable') : null
}

/**
 * Newest first, without their machines. By the cluster's name: a cluster that is gone has its history too.
 * @param namespaceUid leaves out those of an earlier Namespace of that name; null: not known
 */
export async function listRollouts(db: Database, tenant: string, cluster: string, limit: number, namespaceUid: string | null = null): Promise<readonly Rollout[]> {
  const rows = await db.prisma.$queryRaw<{ id: string; rollout: unknown }[]>`
    SELECT "id", "story"->'rollout' AS "rollout" FROM "Rollout"
    WHERE "tenant" = ${tenant} AND "cluster" = ${cluster} AND ("namespaceUid" IS NULL OR ${namespaceUid}::text IS NULL OR "namespaceUid" = ${namespaceUid})
    ORDER BY "startedAt" DESC, "id" LIMIT ${limit}`
  return rows.flatMap(({ id, rollout }) => parseRollout(rollout) ?? unreadable(id))
}

/**
 * Clusters whose deletion was told to its end, the latest first, with when it began.
 * @param namespaceUid leaves out those of an earlier Namespace of that name; null: not known
 */
export async function deletedClusters(db: Database, tenant: string, limit: number, namespaceUid: string | null = null): Promise<readonly { readonly cluster: string; readonly deletedAt: Date }[]> {
  return db.prisma.$queryRaw<{ cluster: string; deletedAt: Date }[]>`
    SELECT "cluster", MAX("startedAt") AS "deletedAt" FROM "Rollout"
    WHERE "tenant" = ${tenant} AND "change" = 'delete' AND "endedAt" IS NOT NULL AND ("namespaceUid" IS NULL OR ${namespaceUid}::text IS NULL OR "namespaceUid" = ${namespaceUid})
    GROUP BY "cluster" ORDER BY "deletedAt" DESC, "cluster" LIMIT ${limit}`
}

/** How long before its effect was seen a person may have asked for a change, in ms. */
const ASKED_BEFORE_MS = 900_000

/** What people asked of a cluster and what no ended story has told yet, oldest first. */
export async function asksOf(db: Database, { tenant, clusterUid, cluster, startedAt, id }: Rollout): Promise<readonly Ask[]> {
  const since = new Date(Date.parse(startedAt) - ASKED_BEFORE_MS)
  const rows = await db.prisma.operation.findMany({
    where: {
      tenant, cluster, state: { not: 'failed' }, kind: { in: ['create', 'scale', 'delete', 'change', 'add', 'remove', 'restart', 'replaceMachine', 'removeMachine', 'upgrade'] },
      AND: [
        // A cluster deleted and made again under its name has another uid; an operation that runs has none yet.
        { OR: [{ clusterUid: null }, { clusterUid }] },
        // An upgrade that was paused goes on days later.
        { OR: [{ createdAt: { gte: since } }, { kind: 'upgrade', continuedAt: { gte: since } }] },
      ],
    },
    orderBy: { createdAt: 'asc' },
  })
  if (rows.length === 0) return []
  const told = readable(await db.prisma.rollout.findMany({ where: { clusterUid, id: { not: id }, endedAt: { gte: since } } }))
  const old = new Set(told.flatMap(({ story }) => story.rollout.asks.map(({ operationId }) => operationId)))
  const people = await db.prisma.session.findMany({
    where: { user: { in: [...new Set(rows.map(({ who }) => who))] } }, select: { user: true, email: true }, orderBy: { createdAt: 'asc' },
  })
  const emails = new Map(people.map(({ user, email }) => [user, email]))
  return rows
    .flatMap(({ id: operationId, kind, who, createdAt, continuedAt, spec }) => {
      const asked = askOf(kind, spec)
      return asked === null ? [] : [{ operationId, who: emails.get(who) ?? who, at: createdAt.toISOString(), ...asked, ...(kind === 'upgrade' ? again(operationId, continuedAt) : {}) }]
    })
    .filter((ask) => !old.has(ask.operationId))
}

/** Whoever goes on with a paused upgrade asks for the rest of it: the part before the pause may be a story that has ended. */
const again = (id: string, at: Date | null) => (at === null ? {} : { operationId: `${id}@${at.getTime()}`, at: at.toISOString() })

/** An operation as the story tells it; null for one that no machine notices. */
function askOf(kind: OperationKind, spec: unknown): Omit<Ask, 'operationId' | 'who' | 'at'> | null {
  const asked = sizes(spec)
  switch (kind) {
    case 'create': case 'delete': return { kind, pool: null, from: null, to: null }
    case 'scale': return { kind, ...asked }
    case 'add': return { kind: 'scale', ...asked, from: 0 }
    case 'remove': return { kind: 'scale', ...asked, to: 0 }
    case 'restart': case 'replaceMachine': return { kind: 'replace', ...asked }
    case 'removeMachine': return { kind: 'scale', ...asked }
    case 'upgrade': {
      const { to, pools } = spec as { to: string; pools: string[] }
      return { kind, pool: null, from: null, to: null, version: to, pools }
    }
    case 'change': {
      if ((spec as { rolls?: unknown } | null)?.rolls === true) return { kind: 'replace', ...asked }
      return asked.to === null ? null : { kind: 'scale', ...asked }
    }
    default: return null
  }
}

function sizes(spec: unknown): Pick<Ask, 'pool' | 'from' | 'to'> {
  const { pool, from, to } = (spec ?? {}) as Record<string, unknown>
  const count = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  return { pool: typeof pool === 'string' ? pool : null, from: count(from), to: count(to) }
}

function columns(story: Story) {
  const { change, title, state, startedAt, endedAt } = story.rollout
  return { change, title, state: state.is, startedAt: new Date(startedAt), endedAt: endedAt === null ? null : new Date(endedAt), story: story as never }
}

function readable(rows: readonly Row[]): readonly StoredStory[] {
  return rows.flatMap((row) => {
    const story = parseStory(row.story)
    return story ? { story, version: row.version } : unreadable(row.id)
  })
}

function unreadable(id: string): [] {
  log.warn({ event: 'rollout.read', rollout: id }, 'a stored rollout cannot be read; it is left out')
  return []
}

/**
 * What server/live keeps stories with.
 * @param namespaceUidOf a tenant, as it is now; null: not known
 */
export const storyStore = (db: Database, namespaceUidOf: (tenant: string) => string | null = () => null) => ({
  open: () => openStories(db),
  lastEnded: (clusterUids: readonly string[]) => lastEndedStories(db, clusterUids),
  rival: (mine: Rollout, own: readonly string[]) => rivalStory(db, mine, own),
  insert: (story: Story) => insertStory(db, story, namespaceUidOf(story.rollout.tenant)),
  update: (story: Story, version: number) => updateStory(db, story, version),
  find: (id: string) => ownStory(db, id),
  asks: (rollout: Rollout) => asksOf(db, rollout),
})
export type StoryStore = ReturnType<typeof storyStore>
