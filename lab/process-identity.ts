/**
 * Which process a recorded pid means. Pids are used again: only pid AND start time name one process, so a lab that comes back
 * after kill -9 ends its own leftovers and never a stranger.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal only for the same process of the same boot. */
  readonly startTime: string
}

/** The identity of a living process, or undefined (a zombie does not live). */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = (await startTimeFromProc(pid)) ?? (await startTimeFromPs(pid))
  return startTime === undefined || startTime === 'dead' ? undefined : { pid, startTime }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identityOf(identity.pid))?.startTime === identity.startTime
}

/** SIGTERM, then SIGKILL after `graceMs`. Safe to call for a process that is long gone. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [['SIGTERM', graceMs], ['SIGKILL', 5_000]] as const) {
    if (!(await isAlive(identity))) return
    try {
      process.kill(identity.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw error
    }
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; ) {
      await sleep(50)
      if (!(await isAlive(identity))) return
    }
  }
  throw new Error(`process ${identity.pid} outlived SIGKILL`)
}

/** 'dead' when /proc exists and says so, undefined when there is no /proc to ask. */
async function startTimeFromProc(pid: number): Promise<string | undefined> {
  try {
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      // The command, in parentheses, may hold spaces and parentheses itself; fields count from behind the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : `${bootId.trim()}/${fields[19] ?? ''}`
    } catch {
      return 'dead'
    }
  } catch {
    return undefined
  }
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
    const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? []
    return state === undefined || state.startsWith('Z') ? undefined : started
  } catch {
    return undefined
  }
}
