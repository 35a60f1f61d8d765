/**
 * `npm run demo`: lab and portal on this machine, from nothing. `--reset` begins anew, `--port N` names the first choice of port,
 * `--profile kamaji` takes Kamaji's own controllers in place of their stand-in.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBinaries } from '../lab/binaries'
import { profileNames, type Lab, type ProfileName } from '../lab/contract'
import { takeLock } from '../lab/file-lock'
import { startLab } from '../lab/lab'
import { stateFolderOf } from '../lab/profiles'
import { endingSignal, Expected, messageOf, stopwatch, untilAborted } from './ending'
import { buildPortal, choosePort, endLeftoverPortal, root, startPortal, type Portal } from './portal'

const folder = join(root, '.tenantry')
const defaultPort = 3000

interface Options {
  readonly reset: boolean
  readonly port: number
  readonly profile: ProfileName
  readonly labDir: string
  readonly portalDir: string
}

function readOptions(): Options {
  const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false }, port: { type: 'string', default: String(defaultPort) }, profile: { type: 'string', default: 'default' } } })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Expected(`--port ${values.port}: a number from 1 to 65535`)
  const profile = profileNames.find((name) => name === values.profile)
  if (profile === undefined) throw new Expected(`--profile ${values.profile}: the profiles are ${profileNames.join(' and ')}`)
  return { reset: values.reset, port, profile, labDir: join(folder, stateFolderOf('lab', profile)), portalDir: join(folder, stateFolderOf('portal', profile)) }
}

function banner(portal: Portal, lab: Lab): string {
  const width = Math.max(...lab.accounts.map(({ email }) => email.length))
  const people = lab.accounts.map(({ email, password, role }) => `    ${email.padEnd(width)}  ${password.padEnd(9)} ${role}`)
  return `
  Tenantry runs:  ${portal.url}

  Sign in as one of
${people.join('\n')}

  Try
    as bea: create a cluster in team-blue, watch its machines come up, download its kubeconfig
    as bea: scale a pool, delete the cluster; open it in a second browser and see the same
    as vic or gus: see what they may not do and may not see

  The management cluster:  KUBECONFIG=${lab.adminKubeconfig}
  Its parts:               npm run lab -- status
  Logs:                    ${lab.logDir}
  Ctrl-C ends everything; the next start goes on from here, and \`npm run demo -- --reset\` begins anew.
`
}

async function demo(options: Options, signal: AbortSignal): Promise<void> {
  const { port: wanted, portalDir } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await takeLock(join(folder, 'demo.lock'))
  if ('heldBy' in lock) throw new Expected(`A demo runs already in ${folder}, as process ${lock.heldBy.pid}: end that one first (kill ${lock.heldBy.pid})`)
  const say = stopwatch()
  // The other half of an overlapping start is ended as soon as one half fails.
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let lab: Lab | undefined
  let portal: Portal | undefined
  try {
    await endLeftoverPortal(join(portalDir, 'db'))
    if (options.reset) await reset(options, say)
    const building = buildPortal({ onProgress: say, signal: either })
    const starting = startTheLab(options, say, either)
    const halves = [starting.then((started) => void (lab = started)), building.then(() => undefined)]
    try {
      await Promise.all(halves)
    } catch (error) {
      failed.abort(error)
      await Promise.allSettled(halves)
      throw error
    }
    if (lab === undefined) return
    // Not before: the first build takes minutes, in which somebody else may take the port. The identity provider accepts any.
    const port = await choosePort(wanted)
    say(port === wanted ? 'portal' : `port ${wanted} is taken: the portal gets ${port}`)
    portal = await startPortal({
      lab, port, signal,
      dataDir: join(portalDir, 'db'), secretFile: join(portalDir, 'nextauth-secret'), logFile: join(portalDir, 'portal.log'),
    })
    say('ready')
    console.log(banner(portal, lab))
    await untilAborted(signal)
  } finally {
    if (lab !== undefined) say('stopping')
    // The portal first: it would report the loss of its cluster otherwise.
    await portal?.stop()
    await lab?.stop()
    await lock.unlock()
    if (lab !== undefined) say('stopped')
  }
}

async function startTheLab({ labDir, profile, port }: Options, say: (line: string) => void, signal: AbortSignal): Promise<Lab> {
  const binDir = await ensureBinaries({ profile, onProgress: say, signal })
  return startLab({ profile, stateDir: labDir, binDir, portalUrl: `http://localhost:${port}`, onProgress: (step) => say(`lab: ${step}`), signal })
}

/** Through the lab's own start and end where one was killed: its processes still hold what is to be deleted. */
async function reset({ labDir, portalDir }: Options, say: (line: string) => void): Promise<void> {
  if (existsSync(join(labDir, 'run'))) {
    const { createSupervisor } = await import('../lab/process')
    const left = await createSupervisor(labDir, join(labDir, 'logs'), new AbortController().signal).endLeftovers()
    if (left.length > 0) say(`ended what an earlier demo left behind: ${left.join(', ')}`)
  }
  await rm(labDir, { recursive: true, force: true })
  await rm(portalDir, { recursive: true, force: true })
  say('begins anew')
}

const signal = endingSignal()
let logs = ''
try {
  const options = readOptions()
  logs = `${join(options.labDir, 'logs')} and ${join(options.portalDir, 'portal.log')}`
  await demo(options, signal)
  process.exit(0)
} catch (error) {
  if (signal.aborted) process.exit(130)
  console.error(`\n${messageOf(error)}`)
  if (!(error instanceof Expected)) console.error(`Logs: ${logs}`)
  process.exit(1)
}
