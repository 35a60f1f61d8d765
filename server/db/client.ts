import 'server-only'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { PrismaClient } from '@/server/db/generated/client'
import { lockFolder } from '@/server/db/lock'
import { migrate } from '@/server/db/migrate'

/** A database that took the connection and then fell silent must not hold every request for ever. */
const PATIENCE = { statement_timeout: 15_000, query_timeout: 20_000 }

export interface Database {
  readonly prisma: PrismaClient
  readonly close: () => Promise<void>
}

/** PostgreSQL when `url` is given, otherwise PGlite in `folder`. Migrated when it returns. */
export async function openDatabase(options: { url?: string | undefined; folder?: string | undefined }): Promise<Database> {
  if (options.url) return openPostgres(options.url)
  if (options.folder) return openEmbedded(path.resolve(options.folder))
  throw new Error('Neither DATABASE_URL nor TENANTRY_DATA_DIR is set.')
}

/** A PGlite in memory, for tests. */
export async function openInMemory(): Promise<Database> {
  return fromPGlite(await PGlite.create(), () => undefined)
}

async function openEmbedded(folder: string): Promise<Database> {
  const unlock = lockFolder(folder)
  try {
    return await fromPGlite(await PGlite.create({ dataDir: path.join(folder, 'pglite') }), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function fromPGlite(pglite: PGlite, released: () => void): Promise<Database> {
  await migrate({
    script: async (sql) => void (await pglite.exec(sql)),
    rows: async (sql, values = []) => (await pglite.query<Record<string, unknown>>(sql, [...values])).rows,
  })
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) })
  return {
    prisma,
    close: async () => {
      await prisma.$disconnect()
      await pglite.close()
      released()
    },
  }
}

async function openPostgres(connectionString: string): Promise<Database> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await migrate({
      script: async (sql) => void (await client.query(sql)),
      rows: async (sql, values = []) => (await client.query<Record<string, unknown>>(sql, [...values])).rows,
    })
  } finally {
    await client.end()
  }
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, connectionTimeoutMillis: 5_000, max: 10, keepAlive: true, ...PATIENCE }) })
  return { prisma, close: () => prisma.$disconnect() }
}
