/** `npm run dev`: the lab, and the portal from source with reloading. Its state is the demo's: one of them at a time. */
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureBinaries } from '../lab/binaries'
import { startLab } from '../lab/lab'
import { takeLock } from '../lab/file-lock'
import { endingSignal, Expected, messageOf, stopwatch } from './ending'
import { choosePort, portalEnvironment, root } from './portal'

const folder = join(root, '.tenantry')
const portalDir = join(folder, 'portal')

async function dev(signal: AbortSignal): Promise<number> {
  const say = stopwatch()
  await mkdir(join(portalDir, 'db'), { recursive: true, mode: 0o700 })
  const lock = await takeLock(join(folder, 'demo.lock'))
  if ('heldBy' in lock) throw new Expected(`A demo or dev server runs already in ${folder}, as process ${lock.heldBy.pid}: end that one first`)
  const port = await choosePort(3000)
  const binDir = await ensureBinaries({ onProgress: say, signal })
  const lab = await startLab({ stateDir: join(folder, 'lab'), binDir, portalUrl: `http://localhost:${port}`, onProgress: (step) => say(`lab: ${step}`), signal })
  try {
    for (const { email, password, role } of lab.accounts) console.log(`  ${email}  ${password}  ${role}`)
    const env = await portalEnvironment({ lab, dataDir: join(portalDir, 'db'), secretFile: join(portalDir, 'nextauth-secret') }, port)
    const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next')
    const child = spawn(process.execPath, [next, 'dev', '--port', String(port), '--hostname', '127.0.0.1'], {
      cwd: root, env: { ...env, NODE_ENV: 'development' }, stdio: 'inherit',
    })
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
    return await new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code ?? 0)))
  } finally {
    await lab.stop()
    await lock.unlock()
  }
}

const signal = endingSignal()
try {
  process.exit(await dev(signal))
} catch (error) {
  if (!signal.aborted) console.error(messageOf(error))
  process.exit(signal.aborted ? 130 : 1)
}
