/**
 * Child processes of the lab: one log file each, started again when they crash, and recorded in `<stateDir>/run` so that the
 * next start finds what a killed lab left behind.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabPart } from './part'
import type { LabPartName, LabPartStatus } from './contract'
import { endLeftovers, record } from './run-records'

const maxLogBytes = 32 * 1024 * 1024
const backoffMs = { first: 500, most: 10_000, resetAfter: 30_000 }
/** A process that never was ready and ended this often has a wrong flag or a taken port: waiting on would tell nothing more. */
const hopelessAfter = 4

export interface ProcessSpec {
  readonly name: LabPartName
  readonly command: string
  readonly args: readonly string[]
  /** Beside PATH, HOME and TMPDIR, which is all a child inherits. */
  readonly env?: Readonly<Record<string, string>>
  readonly version: string
  /** Throws or answers false while the process is not ready. Has to be quick: status asks it, too. */
  readonly probe: (signal: AbortSignal) => Promise<boolean>
  readonly startTimeoutMs?: number
  /** How long SIGTERM is given before SIGKILL. */
  readonly stopGraceMs?: number
}

export interface SupervisedProcess extends LabPart {
  readonly pid: () => number | null
}

export interface Supervisor {
  /** Resolves once the probe answers; rejects, with the end of its log, when it does not in time (the process is stopped then). */
  readonly start: (spec: ProcessSpec) => Promise<SupervisedProcess>
  /** Ends what an earlier lab of this state folder left running. Answers the names. */
  readonly endLeftovers: () => Promise<readonly string[]>
  /** Ends what still runs, in no order: for what a start that failed half-way had not handed out yet. */
  readonly stopAll: () => Promise<void>
}

/** `/` and `:` of a part's name as a file name; `_` is in no Kubernetes name, so two parts never share one. */
export function fileNameOf(part: LabPartName): string {
  return part.replace(/[/:]/g, '_')
}

export function logFileOf(logDir: string, part: LabPartName): string {
  return join(logDir, `${fileNameOf(part)}.log`)
}

export function createSupervisor(stateDir: string, logDir: string, signal: AbortSignal): Supervisor {
  const runDir = join(stateDir, 'run')
  for (const dir of [runDir, logDir]) mkdirSync(dir, { recursive: true, mode: 0o700 })
  const running = new Set<SupervisedProcess>()
  return {
    start: (spec) => supervise(spec, runDir, logDir, signal, running),
    endLeftovers: () => endLeftovers(runDir),
    stopAll: async () => void (await Promise.allSettled([...running].map((part) => part.stop()))),
  }
}

async function supervise(
  spec: ProcessSpec,
  runDir: string,
  logDir: string,
  signal: AbortSignal,
  running: Set<SupervisedProcess>,
): Promise<SupervisedProcess> {
  const logFile = logFileOf(logDir, spec.name)
  const runFile = join(runDir, `${fileNameOf(spec.name)}.json`)
  let child: ChildProcess | undefined
  let wanted = true
  let restarts = 0
  let failures = 0
  let hasBeenReady = false
  let exited: Promise<void> = Promise.resolve()
  let restartTimer: NodeJS.Timeout | undefined

  const note = (line: string) => {
    const log = openSync(logFile, 'a', 0o600)
    writeSync(log, `--- lab ${new Date().toISOString()} ${line}\n`)
    closeSync(log)
  }

  const launch = () => {
    rotate(logFile)
    note(`start ${spec.command} ${spec.args.join(' ')}`)
    const log = openSync(logFile, 'a', 0o600)
    hasBeenReady = false
    const startedAt = Date.now()
    // Detached: Ctrl-C reaches the whole foreground group, and would end etcd before those who write to it.
    const started = spawn(spec.command, spec.args, { stdio: ['ignore', log, log], detached: true, env: environmentOf(spec) })
    closeSync(log)
    child = started
    exited = new Promise((resolve) => {
      const gone = (how: string) => {
        if (child === started) child = undefined
        rmSync(runFile, { force: true })
        if (wanted && !signal.aborted) {
          failures = Date.now() - startedAt > backoffMs.resetAfter ? 0 : failures
          const waitMs = Math.min(backoffMs.first * 2 ** failures, backoffMs.most)
          failures += 1
          restarts += 1
          note(`ended (${how}), starts again in ${waitMs} ms`)
          restartTimer = setTimeout(launch, waitMs)
        } else note(`ended (${how})`)
        resolve()
      }
      started.once('error', (error) => gone(error.message))
      started.once('exit', (code, by) => gone(by ?? `code ${code ?? '?'}`))
    })
    if (started.pid !== undefined) record(runFile, spec.name, started.pid)
  }

  const end = async (graceMs: number) => {
    wanted = false
    clearTimeout(restartTimer)
    const running = child
    if (running?.pid === undefined) return exited
    running.kill(graceMs === 0 ? 'SIGKILL' : 'SIGTERM')
    const killer = setTimeout(() => running.kill('SIGKILL'), graceMs)
    await exited
    clearTimeout(killer)
  }

  const answers = async (timeoutMs: number) => {
    try {
      return await spec.probe(AbortSignal.timeout(timeoutMs))
    } catch {
      return false
    }
  }

  const untilReady = async () => {
    const deadline = Date.now() + (spec.startTimeoutMs ?? 60_000)
    const before = restarts
    while (Date.now() < deadline && wanted && !signal.aborted && restarts - before < hopelessAfter) {
      if (child !== undefined && (await answers(2_000))) {
        hasBeenReady = true
        return
      }
      await sleep(100)
    }
    const why = signal.aborted || !wanted ? 'was stopped before it was ready' : 'does not become ready'
    await end(spec.stopGraceMs ?? 5_000)
    throw new Error(`${spec.name} ${why}; the end of ${logFile}:\n${tail(logFile)}`)
  }

  const part: SupervisedProcess = {
    name: spec.name,
    owns: (name) => name === spec.name,
    pid: () => child?.pid ?? null,
    status: async () => [
      { name: spec.name, health: await health(), version: spec.version, pid: child?.pid ?? null, restarts, logFile },
    ],
    kill: () => end(0),
    revive: async () => {
      if (wanted) return
      wanted = true
      failures = 0
      launch()
      await untilReady()
    },
    stop: async () => {
      await end(spec.stopGraceMs ?? 5_000)
      running.delete(part)
    },
  }
  const health = async (): Promise<LabPartStatus['health']> => {
    if (child === undefined) return 'down'
    if (await answers(1_000)) {
      hasBeenReady = true
      return 'ready'
    }
    return hasBeenReady ? 'down' : 'starting'
  }

  running.add(part)
  launch()
  await untilReady()
  return part
}

function environmentOf(spec: ProcessSpec): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  const inherited = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined))
  return { ...inherited, ...spec.env } as NodeJS.ProcessEnv
}

function rotate(logFile: string): void {
  try {
    if (statSync(logFile).size > maxLogBytes) renameSync(logFile, `${logFile}.1`)
  } catch {
    // No log yet.
  }
}

function tail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
}
