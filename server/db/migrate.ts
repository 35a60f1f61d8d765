import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** One connection: every statement goes the same way, else an advisory lock holds nothing. */
export interface Connection {
  /** Several statements, no parameters. */
  readonly script: (sql: string) => Promise<void>
  readonly rows: (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>
}

// The number that Prisma's own `migrate deploy` locks, so the two never run at once.
const ADVISORY_LOCK = 72707369

// Prisma's own table, column by column.
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`

/**
 * Applies what is missing, each migration in a transaction, and writes the table that `prisma migrate deploy` reads.
 * @returns names applied now
 * @throws Error when an applied migration was edited or failed half-way under another tool
 */
export async function migrate(connection: Connection, folder = migrationsFolder()): Promise<readonly string[]> {
  const names = (await readdir(/* turbopackIgnore: true */ folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
  await connection.rows('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK])
  try {
    await connection.script(TABLE)
    const done = await connection.rows('SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL')
    const applied: string[] = []
    for (const name of names) {
      const sql = await readFile(/* turbopackIgnore: true */ path.join(folder, name, 'migration.sql'), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      const earlier = done.find((row) => row['migration_name'] === name)
      if (!earlier) {
        await apply(connection, name, sql, checksum)
        applied.push(name)
      } else if (earlier['finished_at'] === null) {
        throw new Error(`The migration ${name} failed half-way earlier. Resolve it with \`prisma migrate resolve\`.`)
      } else if (earlier['checksum'] !== checksum) {
        throw new Error(`The migration ${name} was edited after it had been applied.`)
      }
    }
    return applied
  } finally {
    await connection.rows('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK])
  }
}

async function apply(connection: Connection, name: string, sql: string, checksum: string): Promise<void> {
  await connection.script('BEGIN')
  try {
    await connection.script(sql)
    await connection.rows(
      'INSERT INTO "_prisma_migrations" ("id","checksum","migration_name","started_at","finished_at","applied_steps_count") VALUES ($1,$2,$3,now(),now(),1)',
      [randomUUID(), checksum, name],
    )
    await connection.script('COMMIT')
  } catch (error) {
    await connection.script('ROLLBACK')
    throw new Error(`The migration ${name} failed; nothing of it was kept: ${(error as Error).message}`, { cause: error })
  }
}

/** Next's standalone server changes to its own folder before it starts; the migrations are copied beside it. */
function migrationsFolder(): string {
  const folder = path.join(process.cwd(), 'prisma', 'migrations')
  if (existsSync(folder)) return folder
  throw new Error(`No migrations at ${folder}. Start the server from its own folder.`)
}
