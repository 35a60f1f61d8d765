/** One stage of the test run: a command, and how many tests of it passed and failed. */
import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './portal'

export interface StageResult {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  /** Why it failed, where that is no test's doing. */
  readonly note?: string
}

export interface StageCommand {
  readonly name: string
  /** One after another; the stage ends with the first that fails. */
  readonly commands: readonly (readonly string[])[]
  readonly env?: Readonly<Record<string, string>>
  /** Where the tests are counted: a JSON report that the last command writes. Without one the stage itself counts as one test. */
  readonly report?: { readonly file: string; readonly kind: 'vitest' | 'playwright' }
  readonly signal: AbortSignal
}

/** Scripts of packages, run by this very Node: `npx` would take a second each, and the wrong Node. */
export const tools = {
  eslint: 'node_modules/eslint/bin/eslint.js',
  tsc: 'node_modules/typescript/bin/tsc',
  next: 'node_modules/next/dist/bin/next',
  vitest: 'node_modules/vitest/vitest.mjs',
  playwright: 'node_modules/@playwright/test/cli.js',
} as const

export async function runStage({ name, commands, env = {}, report, signal }: StageCommand): Promise<StageResult> {
  const since = Date.now()
  console.log(`\n--- ${name}`)
  if (report !== undefined) await rm(join(root, report.file), { force: true })
  let code: number | null = 0
  for (const [script = '', ...args] of commands) {
    code = await run(join(root, script), args, env, signal)
    if (code !== 0) break
  }
  const seconds = (Date.now() - since) / 1000
  if (report === undefined) return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, seconds }
  const counted = await count(join(root, report.file), report.kind)
  // Neither a stage that found no test nor one that broke outside of its tests is a success.
  if (counted === undefined || counted.passed + counted.failed === 0) return { name, passed: 0, failed: 1, seconds, note: 'ran no test' }
  if (code !== 0 && counted.failed === 0) return { name, passed: counted.passed, failed: 1, seconds, note: `ended with ${code ?? 'a signal'} beside its tests` }
  return { name, ...counted, seconds }
}

export function printSummary(results: readonly StageResult[]): void {
  console.log('\n')
  for (const { name, passed, failed, seconds, note } of results) {
    console.log(`${name.padEnd(12)} ${String(passed).padStart(4)} passed ${String(failed).padStart(3)} failed ${seconds.toFixed(1).padStart(7)} s${note === undefined ? '' : `  (${note})`}`)
  }
  const sum = (key: 'passed' | 'failed') => results.reduce((total, result) => total + result[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
}

async function run(script: string, args: readonly string[], env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number | null> {
  signal.throwIfAborted()
  const child = spawn(process.execPath, [script, ...args], { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' })
  const end = () => child.kill('SIGTERM')
  signal.addEventListener('abort', end, { once: true })
  try {
    return await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
  } finally {
    signal.removeEventListener('abort', end)
    signal.throwIfAborted()
  }
}

async function count(file: string, kind: 'vitest' | 'playwright'): Promise<{ passed: number; failed: number } | undefined> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as Record<string, number> & { stats?: Record<string, number> }
    const { stats = {} } = report
    return kind === 'vitest'
      ? { passed: report['numPassedTests'] ?? 0, failed: report['numFailedTests'] ?? 0 }
      : { passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0), failed: stats['unexpected'] ?? 0 }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}
