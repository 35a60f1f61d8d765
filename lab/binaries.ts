/**
 * The lab's binaries, built once into a cache outside the checkout. A start whose versions are there already needs neither Go
 * nor its caches.
 */
import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildSteps, secondsLeft, type BuildStep } from './build-plan'
import type { ProfileName } from './contract'
import { takeLock } from './file-lock'
import { findGo, type GoCommand } from './go-command'
import { collectManifests, manifestSources, type ManifestSource } from './manifests'

const goFolder = join(import.meta.dirname, 'go')
const saySomethingEveryMs = 10_000

export interface EnsureBinaries {
  readonly profile?: ProfileName
  /** A line for a person: which step of how many, elapsed, about how long is left. */
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

/** Answers the folder with all binaries and manifests.json. */
export async function ensureBinaries({ profile = 'default', onProgress = () => undefined, signal }: EnsureBinaries = {}): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tenantry', 'lab')
  const files = new Map<BuildStep, string>()
  for (const step of buildSteps[profile]) files.set(step, join(cache, `${step.name}@${step.version}-${await digestOf(step)}`))
  const names = [...files.values()].map((file) => basename(file)).join('\n')
  const binDir = join(cache, `set-${short([names, JSON.stringify(manifestSources[profile])].join('\n'))}`)
  if (await exists(binDir)) return binDir

  await mkdir(cache, { recursive: true, mode: 0o700 })
  const go = await findGo()
  const unlock = await waitForLock(join(cache, 'build.lock'), onProgress, signal)
  try {
    // Another start may have built it all while this one waited.
    if (!(await exists(binDir))) await build(go, cache, files, { binDir, profile }, onProgress, signal)
    return binDir
  } finally {
    await unlock()
  }
}

async function build(go: GoCommand, cache: string, files: ReadonlyMap<BuildStep, string>, { binDir, profile }: { binDir: string; profile: ProfileName }, onProgress: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const wanted: BuildStep[] = []
  for (const [step, file] of files) if (!(await exists(file))) wanted.push(step)
  const since = Date.now()
  const finished: { coldSeconds: number; seconds: number }[] = []
  for (const [index, step] of wanted.entries()) {
    const stepSince = Date.now()
    const say = () => {
      const left = secondsLeft(finished, { coldSeconds: step.coldSeconds, seconds: secondsSince(stepSince) }, wanted.slice(index + 1))
      onProgress(`building ${step.name} ${step.version} (${index + 1} of ${wanted.length}), ${clock(secondsSince(since))} so far, about ${clock(left)} left`)
    }
    say()
    const ticker = setInterval(say, saySomethingEveryMs)
    try {
      await buildOne(go, cache, step, files.get(step) ?? '', signal)
    } finally {
      clearInterval(ticker)
    }
    finished.push({ coldSeconds: step.coldSeconds, seconds: secondsSince(stepSince) })
  }

  // The set appears whole, at the very end: its presence means that everything is there.
  const unfinished = `${binDir}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  for (const [step, file] of files) await symlink(join('..', basename(file)), join(unfinished, step.name))
  await collectManifests(profile, (source) => folderOf(go, source), unfinished)
  await rename(unfinished, binDir)
}

async function buildOne(go: GoCommand, cache: string, step: BuildStep, file: string, signal?: AbortSignal): Promise<void> {
  // Left by builds that were killed.
  for (const name of await readdir(cache)) if (name.startsWith('unfinished-')) await rm(join(cache, name), { force: true })
  const unfinished = join(cache, `unfinished-${step.name}`)
  const args = ['build', '-mod=readonly', '-trimpath', '-ldflags', step.ldflags, '-o', unfinished, step.package]
  await go.run(args, join(goFolder, step.module), signal)
  await rename(unfinished, file)
}

/** Where Go keeps a module's files. */
async function folderOf(go: GoCommand, { module, from }: ManifestSource): Promise<string> {
  if (typeof from === 'object') {
    const answer = JSON.parse(await go.run(['mod', 'download', '-json', `${module}@${from.version}`], goFolder)) as { Dir: string }
    return answer.Dir
  }
  return (await go.run(['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module], join(goFolder, from))).trim()
}

/** Changes with everything that changes the binary. */
async function digestOf(step: BuildStep): Promise<string> {
  const folder = join(goFolder, step.module)
  const sources = [await readFile(join(folder, 'go.mod'), 'utf8')]
  if (step.package.startsWith('./')) {
    const own = join(folder, step.package)
    for (const file of (await readdir(own)).sort()) sources.push(await readFile(join(own, file), 'utf8'))
  }
  return short([process.platform, process.arch, step.package, step.ldflags, ...sources].join('\0'))
}

async function waitForLock(path: string, onProgress: (line: string) => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  for (let said = 0; ; ) {
    const lock = await takeLock(path)
    if ('unlock' in lock) return lock.unlock
    if (Date.now() - said > saySomethingEveryMs) {
      said = Date.now()
      onProgress(`process ${lock.heldBy.pid} builds the lab's binaries already, waiting for it`)
    }
    await sleep(500, undefined, signal === undefined ? {} : { signal })
  }
}

const exists = (path: string) => access(path).then(() => true, () => false)
const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
const secondsSince = (since: number) => Math.round((Date.now() - since) / 1000)
const clock = (seconds: number) => (seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`)
