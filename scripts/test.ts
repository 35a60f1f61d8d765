/**
 * `npm test`: lint, types, unit tests, then ONE lab for the integration tests, for the browser tests with the production build of the
 * portal in front of it, and for tests that start and kill portals of their own. `npm test -- <stage> [args]` runs one stage. The last line counts all.
 */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBinaries } from '../lab/binaries'
import { startLab } from '../lab/lab'
import { ensureChromium } from './chromium'
import { endingSignal, Expected, messageOf, stopwatch } from './ending'
import { serveLabControl, writeLabFacts } from './lab-facts'
import { buildPortal, choosePort, endLeftoverPortal, root, startPortal, type Portal } from './portal'
import { keepRemains } from './test-remains'
import { printSummary, runStage, tools, type StageResult } from './test-stage'

const onLab = ['integration', 'e2e', 'process'] as const
type LabStage = (typeof onLab)[number]
const stages = ['lint', 'types', 'unit', ...onLab] as const
type Stage = (typeof stages)[number]
const isOnLab = (stage: Stage): stage is LabStage => onLab.includes(stage as LabStage)
const results = join(root, 'test-results')

function vitest(project: string, args: readonly string[], file: string): readonly string[] {
  return [tools.vitest, 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args]
}

async function runStatic(stage: 'lint' | 'types' | 'unit', args: readonly string[], signal: AbortSignal): Promise<StageResult> {
  switch (stage) {
    case 'lint': return runStage({ name: stage, commands: [[tools.eslint, '.', '--max-warnings', '0', ...args]], signal })
    // Route types come first: pages import them.
    case 'types': return runStage({ name: stage, commands: [[tools.next, 'typegen'], [tools.tsc, '--noEmit', ...args]], signal })
    case 'unit': {
      const file = 'test-results/unit.json'
      return runStage({ name: stage, commands: [vitest('unit', args, file)], report: { file, kind: 'vitest' }, signal })
    }
  }
}

async function runOnLab(wanted: readonly LabStage[], args: readonly string[], signal: AbortSignal): Promise<StageResult[]> {
  const say = stopwatch()
  const done: StageResult[] = []
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  const port = await choosePort(0)
  if (wanted.includes('e2e')) ensureChromium(say)
  if (wanted.includes('e2e') || wanted.includes('process')) await buildPortal({ onProgress: say, signal })
  const binDir = await ensureBinaries({ onProgress: say, signal })
  const portalLog = join(results, 'portal.log')
  const lab = await startLab({ stateDir: join(folder, 'lab'), binDir, portalUrl: `http://localhost:${port}`, fast: true, onProgress: (step) => say(`lab: ${step}`), signal }).catch(async (error: unknown) => {
    await cp(join(folder, 'lab', 'logs'), join(results, 'lab-logs'), { recursive: true }).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const control = await serveLabControl(lab)
  let portal: Portal | undefined
  const portals = join(folder, 'portals')
  let finished = false
  try {
    const facts = join(folder, 'facts.json')
    await writeLabFacts(facts, lab, binDir, control)
    const env = { TENANTRY_LAB_FACTS: facts }
    if (wanted.includes('integration')) {
      const file = 'test-results/integration.json'
      done.push(await runStage({ name: 'integration', commands: [vitest('integration', args, file)], env, report: { file, kind: 'vitest' }, signal }))
    }
    if (wanted.includes('e2e')) {
      portal = await startPortal({ lab, port, dataDir: join(folder, 'db'), secretFile: join(folder, 'secret'), logFile: portalLog, signal })
      const report = { file: 'test-results/e2e.json', kind: 'playwright' } as const
      done.push(await runStage({ name: 'e2e', commands: [[tools.playwright, 'test', ...args]], env: { ...env, PORTAL_URL: portal.url }, report, signal }))
      await portal.stop()
    }
    if (wanted.includes('process')) {
      const file = 'test-results/process.json'
      await mkdir(portals, { recursive: true })
      done.push(await runStage({ name: 'process', commands: [vitest('process', args, file)], env: { ...env, TENANTRY_PORTALS: portals }, report: { file, kind: 'vitest' }, signal }))
    }
    finished = true
    return done
  } finally {
    if (!signal.aborted && (!finished || done.some(({ failed }) => failed > 0))) await keepRemains(lab, results)
    await portal?.stop()
    await endPortalsIn(portals)
    await control.close()
    await lab.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Tests end the portals that they start; a test process that was ended itself did not come to it. */
async function endPortalsIn(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => [])
  for (const file of files) if (file.endsWith('.pid')) await endLeftoverPortal(join(folder, file.slice(0, -'.pid'.length)))
}

/** A stage that could not even begin is a failure of that stage, and the others still count. */
async function counted(name: string, work: () => Promise<StageResult[]>, signal: AbortSignal): Promise<StageResult[]> {
  const since = Date.now()
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw error
    console.error(`\n${name}: ${messageOf(error)}`)
    return [{ name, passed: 0, failed: 1, seconds: (Date.now() - since) / 1000, note: messageOf(error).split('\n')[0] ?? '' }]
  }
}

async function test(signal: AbortSignal): Promise<boolean> {
  const [only, ...args] = process.argv.slice(2)
  if (only !== undefined && !stages.includes(only as Stage)) throw new Expected(`npm test -- ${only}: the stages are ${stages.join(', ')}`)
  const wanted: readonly Stage[] = only === undefined ? stages : [only as Stage]
  await rm(results, { recursive: true, force: true })
  await mkdir(results, { recursive: true })
  const all: StageResult[] = []
  for (const stage of wanted) {
    if (isOnLab(stage)) continue
    all.push(...(await counted(stage, async () => [await runStatic(stage, args, signal)], signal)))
  }
  const last = wanted.filter(isOnLab)
  if (last.length > 0) all.push(...(await counted(last.join(' and '), () => runOnLab(last, args, signal), signal)))
  printSummary(all)
  return all.every(({ failed }) => failed === 0)
}

const signal = endingSignal()
try {
  process.exit((await test(signal)) ? 0 : 1)
} catch (error) {
  if (!signal.aborted) console.error(messageOf(error))
  process.exit(signal.aborted ? 130 : 1)
}
