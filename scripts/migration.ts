/**
 * Migrations, authored without Prisma's native engine (a download): the same engine as WebAssembly, on a PGlite in memory.
 *   migration new <name>   writes prisma/migrations/<time>_<name>/migration.sql from the difference to schema.prisma
 *   migration check        fails when schema.prisma and the migrations disagree
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import { PrismaPGlite } from 'pglite-prisma-adapter'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const folder = path.join(root, 'prisma/migrations')
const schemaFile = path.join(root, 'prisma/schema.prisma')
const filters = { externalTables: [], externalEnums: [] }

/** The SQL that is still missing from the migrations to reach schema.prisma; '' when they agree. */
export async function missingSql(): Promise<string> {
  const schema = { path: schemaFile, content: await readFile(schemaFile, 'utf8') }
  const database = await PGlite.create()
  try {
    const engine = await startEngine(schema, database)
    await engine.applyMigrations({ migrationsList: await migrations(), filters })
    let sql = ''
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: path.dirname(schemaFile) },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters,
    })
    sql = (result.stdout ?? '').trim()
    return /^(-- This is an empty migration\.)?$/.test(sql) ? '' : sql
  } finally {
    await database.close()
  }
}

/** The package imports its .wasm as a module, which needs a flag of Node's; instantiated by hand it needs none. */
async function startEngine(schema: { path: string; content: string }, database: PGlite): Promise<SchemaEngine> {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = (await import(file)) as Record<string, never> & { __wbg_set_wasm: (wasm: unknown) => void; SchemaEngine: typeof SchemaEngine }
  const bytes = await readFile(file.replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports['__wbindgen_start'] as () => void)()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(database))
  return glue.SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => undefined, adapter)
}

async function migrations(): Promise<MigrationList> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(path.join(folder, 'migration_lock.toml'), 'utf8').catch(() => null) },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') } },
      })),
    ),
  }
}

async function main([command, name]: readonly string[]): Promise<number> {
  const sql = await missingSql()
  if (command === 'check') {
    if (sql) console.error(`schema.prisma and prisma/migrations disagree. Missing:\n${sql}`)
    return sql ? 1 : 0
  }
  if (command !== 'new' || !name || !/^[a-z0-9_]+$/.test(name)) {
    console.error('usage: migration new <name_in_snake_case> | migration check')
    return 2
  }
  if (!sql) {
    console.log('Nothing to migrate.')
    return 0
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const target = path.join(folder, `${stamp}_${name}`)
  await mkdir(target, { recursive: true })
  await writeFile(path.join(target, 'migration.sql'), `${sql}\n`)
  console.log(path.join(target, 'migration.sql'))
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2))
