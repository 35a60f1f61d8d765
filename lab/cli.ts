/** `lab start | status | stop | kill <part> | revive <part>`, by default for the state folder of this checkout. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBinaries } from './binaries'
import { profileNames, type ProfileName } from './contract'
import { startLab } from './lab'
import { endProcess } from './process-identity'
import { stateFolderOf } from './profiles'
import { lockHolder } from './state-lock'
import { askStatus, askTo } from './status-server'

const usage = 'usage: lab start | status | stop | kill <part> | revive <part>   [--state-dir DIR] [--portal-url URL] [--bin-dir DIR] [--profile default|kamaji] [--fast]'
const stateFolder = join(import.meta.dirname, '..', '.tenantry')
/** etcd and kube-apiserver are each given 8 s, tenants and controllers 5 s. */
const stopGraceMs = 45_000

interface Options {
  readonly stateDir: string
  readonly portalUrl: string
  readonly binDir: string | undefined
  readonly profile: ProfileName
  readonly fast: boolean
}

async function start(options: Options): Promise<number> {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  const since = Date.now()
  const say = (line: string) => console.log(`${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s  ${line}`)
  try {
    const binDir = options.binDir ?? (await ensureBinaries({ profile: options.profile, onProgress: say, signal: stopping.signal }))
    const lab = await startLab({ ...options, binDir, onProgress: say, signal: stopping.signal })
    say(`ready: KUBECONFIG=${lab.adminKubeconfig}`)
    await new Promise<void>((resolve) => {
      if (stopping.signal.aborted) resolve()
      else stopping.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    say('stopping')
    await lab.stop()
  } catch (error) {
    // What was interrupted half-way has ended by now, and its complaints tell nothing.
    if (!stopping.signal.aborted) throw error
  }
  say('stopped')
  return 0
}

async function status({ stateDir }: Options): Promise<number> {
  const parts = await askStatus(stateDir)
  if (parts === undefined) {
    const holder = await lockHolder(stateDir)
    console.log(holder === undefined ? `no lab runs in ${stateDir}` : `the lab in ${stateDir} is starting, as process ${holder.pid}`)
    return 3
  }
  const rows = parts.map(({ name, health, version, pid, restarts, logFile }) => [name, health, version, pid ?? '-', restarts, logFile].map(String))
  const table = [['PART', 'HEALTH', 'VERSION', 'PID', 'RESTARTS', 'LOG'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return parts.every(({ health }) => health === 'ready') ? 0 : 1
}

async function stop({ stateDir }: Options): Promise<number> {
  const holder = await lockHolder(stateDir)
  if (holder === undefined) {
    console.log(`no lab runs in ${stateDir}`)
    return 0
  }
  // The process that started the lab ends it in order; SIGKILL only if it hangs.
  await endProcess(holder, stopGraceMs)
  console.log(`stopped process ${holder.pid}`)
  return 0
}

async function disturb(verb: 'kill' | 'revive', part: string | undefined, { stateDir }: Options): Promise<number> {
  if (part === undefined) throw new Error(usage)
  if (await askTo(stateDir, verb, part)) return 0
  console.log(`no lab runs in ${stateDir}`)
  return 3
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'state-dir': { type: 'string' },
      profile: { type: 'string', default: 'default' },
      'portal-url': { type: 'string', default: 'http://127.0.0.1:3000' },
      'bin-dir': { type: 'string' },
      fast: { type: 'boolean', default: false },
    },
  })
  const [verb, part] = positionals
  const profile = profileNames.find((name) => name === values.profile)
  if (profile === undefined) throw new Error(`--profile ${values.profile}: the profiles are ${profileNames.join(' and ')}`)
  const options: Options = {
    stateDir: resolve(values['state-dir'] ?? join(stateFolder, stateFolderOf('lab', profile))),
    profile,
    portalUrl: values['portal-url'],
    binDir: values['bin-dir'],
    fast: values.fast,
  }
  switch (verb) {
    case 'start': return start(options)
    case 'status': return status(options)
    case 'stop': return stop(options)
    case 'kill':
    case 'revive': return disturb(verb, part, options)
    default: throw new Error(usage)
  }
}

try {
  process.exit(await main())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
