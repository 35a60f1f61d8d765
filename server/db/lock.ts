import 'server-only'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'

/**
 * Takes the embedded database's folder for this process: two processes on one PGlite folder lose data silently.
 * A lock left behind by a dead process, or by an earlier process with the same pid, is taken over.
 * @returns the undo
 * @throws Error naming the process that holds the folder
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'tenantry.lock')
  const mine = `${process.pid} ${startTime(process.pid) ?? '?'}\n`
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, mine)
      closeSync(handle)
      return () => {
        if (read(file) === mine) rmSync(file, { force: true })
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = holderOf(read(file))
    if (holder !== null)
      throw new Error(
        `The database folder ${folder} is in use by process ${holder}. Two processes on one folder would lose data: ` +
          'stop that process, set another TENANTRY_DATA_DIR, or use PostgreSQL (DATABASE_URL) for several replicas.',
      )
    rmSync(file, { force: true })
  }
  throw new Error(`The lock ${file} is contended. Start one process a folder.`)
}

/** The live process that wrote the lock, or null. */
function holderOf(content: string): number | null {
  const [pid, started] = content.trim().split(' ')
  if (!pid || !/^\d+$/.test(pid)) return null
  const now = startTime(Number(pid))
  if (now === 'ended') return null
  if (now === null) return alive(Number(pid)) ? Number(pid) : null
  // In a container every start has pid 1: only pid AND start time name a process.
  return now === started ? Number(pid) : null
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Start of a process in ticks since boot, with the boot's id; null where there is no /proc or no such process. */
function startTime(pid: number): string | 'ended' | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // The command in parentheses may hold spaces; field 22 counts from after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A killed process that its parent has not reaped (a container without an init) still has its entry.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${fields[19]}@${boot}`
  } catch {
    return null
  }
}

function alive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
