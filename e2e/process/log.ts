import { readFile } from 'node:fs/promises'
import type { TestPortal } from './support'

export interface LogLine {
  readonly level: string
  /** RFC 3339. */
  readonly time: string
  readonly event?: string
  readonly code?: number | string
  readonly kind?: string
  readonly msg: string
}

/** What a portal has logged since then; lines of Next itself are left out. */
export async function logOf({ logFile }: Pick<TestPortal, 'logFile'>, since: number): Promise<readonly LogLine[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as LogLine).filter(({ time }) => Date.parse(time) >= since)
}
