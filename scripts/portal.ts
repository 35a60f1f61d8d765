/** The portal as production runs it: built once per source state, started as one process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab/contract'
import { takeLock } from '../lab/file-lock'
import { endProcess, identityOf, type ProcessIdentity } from '../lab/process-identity'
import { writePrivate } from '../lab/pki'
import { freePort, listensNowhere } from '../lab/ports'
import { Expected } from './ending'
import { sourceState } from './source-state'

export const root = join(import.meta.dirname, '..')
const builds = join(root, '.tenantry', 'build')
const keptBuilds = 2
const readyWithinMs = 90_000
/** Streams are closed and rows written within it; then SIGKILL. */
const stopGraceMs = 10_000
/** A portal that finds its port taken ends within this time, while whoever took it may well answer in its place. */
const foundTakenWithinMs = 1_500

export interface BuildOptions {
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface StartPortal {
  readonly lab: Pick<Lab, 'accounts' | 'oidc' | 'portalKubeconfig'>
  /** 0: any free one. */
  readonly port: number
  /** Of the embedded database; beside it lies the process's id. */
  readonly dataDir: string
  /** PostgreSQL in the embedded database's place: several replicas. */
  readonly databaseUrl?: string
  /** In place of the lab's own for the portal: with something between it and the API server. */
  readonly kubeconfig?: string
  /** Holds NEXTAUTH_SECRET, made when absent: sessions outlive a restart. */
  readonly secretFile: string
  readonly logFile: string
  readonly signal?: AbortSignal
}

export interface Portal {
  readonly url: string
  readonly pid: () => number | undefined
  readonly stop: () => Promise<void>
  /** SIGKILL. Resolves once the process is gone. */
  readonly kill: () => Promise<void>
  /** The same address, a new process. */
  readonly restart: () => Promise<void>
}

/** Answers the folder with server.js. Each source state has its own, so that a build never pulls a running portal's files away. */
export async function buildPortal({ onProgress = () => undefined, signal }: BuildOptions = {}): Promise<string> {
  const state = await sourceState(root)
  const dir = join(builds, state)
  if (existsSync(join(dir, 'server.js'))) return dir
  await mkdir(builds, { recursive: true })
  const unlock = await waitForBuildLock(onProgress, signal)
  try {
    if (existsSync(join(dir, 'server.js'))) return dir
    const since = Date.now()
    onProgress('next build')
    await nextBuild(signal)
    const standalone = join(root, '.next', 'standalone')
    await cp(join(root, '.next', 'static'), join(standalone, '.next', 'static'), { recursive: true })
    if (existsSync(join(root, 'public'))) await cp(join(root, 'public'), join(standalone, 'public'), { recursive: true })
    await rm(dir, { recursive: true, force: true })
    await rename(standalone, dir)
    await dropOldBuilds()
    onProgress(`next build took ${((Date.now() - since) / 1000).toFixed(0)} s`)
    return dir
  } finally {
    await unlock()
  }
}

export async function startPortal(options: StartPortal): Promise<Portal> {
  const dir = await buildPortal()
  const pidFile = pidFileOf(options.dataDir)
  await endLeftoverPortal(options.dataDir)
  const port = options.port === 0 ? await freePort() : options.port
  const url = `http://localhost:${port}`
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const env = await portalEnvironment(options, port)
  let child: ChildProcess | undefined

  const start = async (settleMs: number) => {
    const log = openSync(options.logFile, 'a', 0o600)
    const started = spawn(process.execPath, ['server.js'], { cwd: dir, env, stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child = started
    started.once('exit', () => {
      if (child === started) child = undefined
    })
    if (started.pid !== undefined) await writePrivate(pidFile, JSON.stringify(await identityOf(started.pid)))
    await untilReady(`http://127.0.0.1:${port}/readyz`, () => child !== started, settleMs, options)
  }
  const end = async (graceMs: number) => {
    const running = child
    if (running?.pid === undefined) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(graceMs === 0 ? 'SIGKILL' : 'SIGTERM')
    const killer = setTimeout(() => running.kill('SIGKILL'), graceMs)
    await ended
    clearTimeout(killer)
    await rm(pidFile, { force: true })
  }
  const stop = () => end(stopGraceMs)
  try {
    await start(foundTakenWithinMs)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    pid: () => child?.pid,
    stop,
    kill: () => end(0),
    restart: async () => {
      await stop()
      // The port was its own a moment ago.
      await start(0)
    },
  }
}

/** What the portal's own schema (server/env.ts) reads: the same as in production. */
export async function portalEnvironment({ lab, secretFile, dataDir, databaseUrl, kubeconfig }: Omit<StartPortal, 'port' | 'logFile'>, port: number): Promise<NodeJS.ProcessEnv> {
  const { PATH, HOME, TMPDIR, LANG, LOG_LEVEL } = process.env
  const inherited = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG, LOG_LEVEL }).filter(([, value]) => value !== undefined))
  return {
    ...inherited,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    HOSTNAME: '127.0.0.1',
    PORT: String(port),
    NEXTAUTH_URL: `http://localhost:${port}`,
    NEXTAUTH_SECRET: await keptSecret(secretFile),
    TENANTRY_KUBECONFIG: kubeconfig ?? lab.portalKubeconfig,
    TENANTRY_GROUPS: [...new Set(lab.accounts.flatMap(({ groups }) => groups))].join(','),
    ...(databaseUrl === undefined ? { TENANTRY_DATA_DIR: dataDir } : { DATABASE_URL: databaseUrl }),
    OIDC_ISSUER: lab.oidc.issuer,
    OIDC_CLIENT_ID: lab.oidc.clientId,
    OIDC_CLIENT_SECRET: lab.oidc.clientSecret,
  }
}

/** The wanted port, or another where it is taken (0: any). */
export async function choosePort(wanted: number): Promise<number> {
  return wanted !== 0 && (await listensNowhere(wanted)) ? wanted : freePort()
}

async function nextBuild(signal?: AbortSignal): Promise<void> {
  const output: Buffer[] = []
  const child = spawn(process.execPath, [join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill('SIGTERM')
  signal?.addEventListener('abort', end, { once: true })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  signal?.removeEventListener('abort', end)
  signal?.throwIfAborted()
  if (code === 0) return
  const text = Buffer.concat(output).toString()
  const logFile = join(root, '.tenantry', 'build.log')
  await writeFile(logFile, text)
  throw new Expected(`next build failed; all of it is in ${logFile}:\n${text.trimEnd().split('\n').slice(-30).join('\n')}`)
}

async function waitForBuildLock(onProgress: (line: string) => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  for (let told = false; ; told = true) {
    signal?.throwIfAborted()
    const lock = await takeLock(join(root, '.tenantry', 'build.lock'))
    if ('unlock' in lock) return lock.unlock
    if (!told) onProgress(`process ${lock.heldBy.pid} builds the portal already; waiting for it`)
    await sleep(1_000)
  }
}

async function dropOldBuilds(): Promise<void> {
  const names = await readdir(builds)
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(builds, name))).mtimeMs })))
  const old = dated.sort((a, b) => b.at - a.at).slice(keptBuilds)
  await Promise.all(old.map(({ name }) => rm(join(builds, name), { recursive: true, force: true })))
}

/** A portal that outlived its script (kill -9) holds its port and the embedded database: two on one folder lose data. */
export async function endLeftoverPortal(dataDir: string): Promise<void> {
  const pidFile = pidFileOf(dataDir)
  try {
    await endProcess(JSON.parse(await readFile(pidFile, 'utf8')) as ProcessIdentity, stopGraceMs)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
  }
  await rm(pidFile, { force: true })
}

function pidFileOf(dataDir: string): string {
  return `${dataDir}.pid`
}

async function untilReady(url: string, hasEnded: () => boolean, settleMs: number, { logFile, signal }: StartPortal): Promise<void> {
  const since = Date.now()
  for (const deadline = since + readyWithinMs; Date.now() < deadline; await sleep(150)) {
    signal?.throwIfAborted()
    const settled = Date.now() - since > settleMs
    if (hasEnded()) throw new Error(`the portal ended as soon as it started; the end of ${logFile}:\n${await tail(logFile)}`)
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok && settled) return
  }
  throw new Error(`the portal is not ready after ${readyWithinMs / 1000} s; the end of ${logFile}:\n${await tail(logFile)}`)
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-15).join('\n')
}

async function keptSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const secret = randomBytes(48).toString('base64url')
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writePrivate(file, secret)
    return secret
  }
}
