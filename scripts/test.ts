/**
 * `npm test`: lint, types, unit tests, then ONE lab for the integration tests, for the browser tests with the production build of the
 * portal in front of it, and for tests that start and kill portals of their own; then a lab with Kamaji itself for its browser tests.
 * `npm test -- <stage> [args]` runs one stage. The last line counts all.
 */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBinaries } from '../lab/binaries'
import { profileNames, type ProfileName } from '../lab/contract'
import { startLab } from '../lab/lab'
import { stateFolderOf } from '../lab/profiles'
import { ensureChromium } from './chromium'
import { endingSignal, Expected, messageOf, stopwatch } from './ending'
import { serveLabControl, writeLabFacts } from './lab-facts'
import { buildPortal, choosePort, endLeftoverPortal, root, startPortal, type Portal } from './portal'
import { keepRemains } from './test-remains'
import { printSummary, runStage, tools, type StageResult } from './test-stage'

/** By the lab's profile; one lab for all stages of a profile. */
const onLab = { default: ['integration', 'e2e', 'process'], kamaji: ['kamaji-api', 'kamaji'] } as const
/** What the older versions of a group have to take as well. */
const inBothLabs = ['e2e/api/contracts', 'e2e/api/manifests', 'e2e/api/watched']
type LabStage = (typeof onLab)[ProfileName][number]
const stages = ['lint', 'types', 'unit', ...onLab.default, ...onLab.kamaji] as const
type Stage = (typeof stages)[number]
const isOn = (profile: ProfileName, stage: Stage): stage is LabStage => onLab[profile].some((one) => one === stage)
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

async function runOnLab(profile: ProfileName, wanted: readonly LabStage[], args: readonly string[], signal: AbortSignal): Promise<StageResult[]> {
  const say = stopwatch()
  const done: StageResult[] = []
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  const port = await choosePort(0)
  const browser = wanted.find((stage) => stage === 'e2e' || stage === 'kamaji')
  if (browser !== undefined) ensureChromium(say)
  if (browser !== undefined || wanted.includes('process')) await buildPortal({ onProgress: say, signal })
  const binDir = await ensureBinaries({ profile, onProgress: say, signal })
  const portalLog = join(results, `${stateFolderOf('portal', profile)}.log`)
  const lab = await startLab({ profile, stateDir: join(folder, 'lab'), binDir, portalUrl: `http://localhost:${port}`, fast: true, onProgress: (step) => say(`lab: ${step}`), signal }).catch(async (error: unknown) => {
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
    const api = wanted.find((stage) => stage === 'integration' || stage === 'kamaji-api')
    if (api !== undefined) {
      const file = `test-results/${api}.json`
      const files = api === 'kamaji-api' && args.length === 0 ? inBothLabs : args
      done.push(await runStage({ name: api, commands: [vitest('integration', files, file)], env, report: { file, kind: 'vitest' }, signal }))
    }
    if (browser !== undefined) {
      portal = await startPortal({ lab, port, dataDir: join(folder, 'db'), secretFile: join(folder, 'secret'), logFile: portalLog, signal })
      const report = { file: `test-results/${browser}.json`, kind: 'playwright' } as const
      done.push(await runStage({ name: browser, commands: [[tools.playwright, 'test', ...args]], env: { ...env, PORTAL_URL: portal.url, LAB_PROFILE: profile }, report, signal }))
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
    if (!signal.aborted && (!finished || done.some(({ failed }) => failed > 0))) await keepRemains(lab, profile === 'default' ? results : join(results, profile))
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
    if (stage !== 'lint' && stage !== 'types' && stage !== 'unit') continue
    all.push(...(await counted(stage, async () => [await runStatic(stage, args, signal)], signal)))
  }
  for (const profile of profileNames) {
    const last = wanted.filter((stage) => isOn(profile, stage))
    if (last.length > 0) all.push(...(await counted(last.join(' and '), () => runOnLab(profile, last, args, signal), signal)))
  }
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
