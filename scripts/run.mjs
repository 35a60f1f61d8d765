/**
 * The one entrance: `node scripts/run.mjs <demo|dev|test|lab|bench|migration> [args]`. Plain Node 18 with no dependencies, since it
 * is what gets the dependencies, and a newer Node where the machine's own is too old.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const scripts = {
  demo: 'scripts/demo.ts', dev: 'scripts/dev.ts', test: 'scripts/test.ts', lab: 'lab/cli.ts', bench: 'scripts/bench.ts',
  migration: 'scripts/migration.ts',
}
const pinnedNode = '24.21.0'
const since = Date.now()

class Expected extends Error {}

/** Says what is done, and how long it took. */
function step(title, work) {
  const from = Date.now()
  console.log(`${title} ...`)
  const result = work()
  console.log(`${title}: ${((Date.now() - from) / 1000).toFixed(1)} s`)
  return result
}

/** Quiet while it goes well; all it printed when it does not. */
function must(command, args, options, failure) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, ...options })
  if (status === 0) return
  console.error(`${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-25).join('\n'))
  throw new Expected(`${failure}${error ? ` (${error.message})` : ''}`)
}

const isEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

/** The npm package that carries Node's binary: no installer, no root, and it comes from the registry that npm uses anyway. */
function findNode() {
  if (isEnough(process.version)) return process.execPath
  const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenantry', `node-${pinnedNode}`)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const binary = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const works = () => existsSync(binary) && spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${pinnedNode}`
  if (works()) return binary
  step(`Node ${pinnedNode} (this machine has ${process.version}, 22.19 is needed)`, () => {
    mkdirSync(home, { recursive: true })
    must(
      'npm', ['install', '--prefix', home, `${name}@${pinnedNode}`, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'], { cwd: home },
      `Node ${pinnedNode} could not be had from the npm registry: install Node 22.19 or newer yourself, or check the network`,
    )
  })
  if (!works()) throw new Expected(`There is no Node ${pinnedNode} for ${process.platform} ${process.arch}: install Node 22.19 or newer yourself`)
  return binary
}

/** Hash of the files that decide whether `marker`'s work has to be done again. */
function isDone(marker, files, also = '') {
  const hash = createHash('sha256').update(also)
  for (const file of files) hash.update(file).update('\0').update(existsSync(join(root, file)) ? readFileSync(join(root, file)) : '').update('\0')
  const digest = hash.digest('hex')
  const done = existsSync(marker) && readFileSync(marker, 'utf8') === digest
  return { done, remember: () => writeFileSync(marker, digest) }
}

function installDependencies(env) {
  const { done, remember } = isDone(join(root, 'node_modules', '.tenantry-installed'), ['package-lock.json'])
  if (done) return
  step('Dependencies (npm ci)', () =>
    must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { env }, 'The dependencies could not be installed: check the network, then try again'),
  )
  remember()
}

function generateDatabaseClient(env, node) {
  const schema = 'prisma/schema.prisma'
  if (!existsSync(join(root, schema))) return
  const { done, remember } = isDone(join(root, 'node_modules', '.tenantry-prisma'), [schema, 'prisma.config.ts', 'package.json', 'package-lock.json'])
  if (done && existsSync(join(root, 'server', 'db', 'generated'))) return
  step('Database client (prisma generate)', () =>
    must(node, [join(root, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], { env }, 'prisma generate failed'),
  )
  remember()
}

function main() {
  const [name, ...args] = process.argv.slice(2)
  const script = scripts[name]
  if (script === undefined) throw new Expected(`usage: node scripts/run.mjs <${Object.keys(scripts).join('|')}> [args]`)
  const node = findNode()
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    NEXT_TELEMETRY_DISABLED: '1',
    // Neither is needed, and both are downloads: browsers come from the system, migrations need no native engine.
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
    // Never /bin/true: a migration would "succeed" having done nothing.
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  installDependencies(env)
  generateDatabaseClient(env, node)
  if (Date.now() - since > 2_000) console.log(`Prepared in ${((Date.now() - since) / 1000).toFixed(1)} s`)

  // The channel tells the child when this process is killed outright: no signal would reach it then.
  const child = spawn(node, ['--import', 'tsx', join(root, script), ...args], { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    console.error(`${script} did not start: ${error.message}`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}

try {
  main()
} catch (error) {
  console.error(error instanceof Expected ? error.message : error)
  process.exit(1)
}
