import 'server-only'
import { linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const BEAT_MS = 5_000
/** A holder in another container cannot be looked at; one that has not touched its lock for this long is dead. */
const SILENT_MS = 30_000

/**
 * Takes the embedded database's folder for this process: two processes on one PGlite folder lose data silently.
 * A lock left behind by a dead process, or by an earlier process with the same pid, is taken over.
 * @returns the undo
 * @throws Error naming the process that holds the folder
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'tenantry.lock')
  const mine = `${process.pid} ${startTime(process.pid) ?? '?'} ${namespace()}\n`
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(file, mine)) return hold(file, mine)
    const found = read(file)
    const holder = holderOf(file, found)
    if (holder !== null)
      throw new Error(
        `The database folder ${folder} is in use by ${holder}. Two processes on one folder would lose data: ` +
          'stop that process, set another TENANTRY_DATA_DIR, or use PostgreSQL (DATABASE_URL) for several replicas.',
      )
    takeAway(file, found)
  }
  throw new Error(`The lock ${file} is contended. Start one process a folder.`)
}

/** Appears with its content or not at all: an empty lock would look like one left behind. */
function create(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}.${process.hrtime.bigint()}`
  writeFileSync(draft, content, { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function hold(file: string, mine: string): () => void {
  const beat = setInterval(() => {
    try {
      if (read(file) === mine) utimesSync(file, new Date(), new Date())
    } catch {
      // A full or absent disk: the database says so itself.
    }
  }, BEAT_MS).unref()
  return () => {
    clearInterval(beat)
    if (read(file) === mine) rmSync(file, { force: true })
  }
}

/** Another start may have taken the dead lock over since it was read: then this is a live one, and goes back. */
function takeAway(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.${process.hrtime.bigint()}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const taken = read(aside)
  if (taken !== dead) create(file, taken)
  rmSync(aside, { force: true })
}

/** The live process that wrote the lock, in words, or null. */
function holderOf(file: string, content: string): string | null {
  const [pid, started, space] = content.trim().split(' ')
  if (!pid || !/^\d+$/.test(pid)) return null
  // Pids of another container mean nothing here: every one of them has a process 1.
  if (space && space !== namespace()) return ageOf(file) < SILENT_MS ? `process ${pid} of another container` : null
  const now = startTime(Number(pid))
  if (now === 'ended') return null
  if (now === null) return alive(Number(pid)) ? `process ${pid}` : null
  // In a container every start has pid 1: only pid AND start time name a process.
  return now === started ? `process ${pid}` : null
}

function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return Infinity
  }
}

/** Whose pids these are; the same text for every process outside of Linux. */
function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '-'
  }
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
