import { appendFileSync } from 'node:fs'
import type { LabPartName } from './contract'
import { logFileOf } from './process'

/** Writes one line a call, with the time in front. Synchronous: the last words before a crash are the ones that matter. */
export function openLog(logDir: string, part: LabPartName): (line: string) => void {
  const file = logFileOf(logDir, part)
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 })
}
