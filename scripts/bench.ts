import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { startLab } from '@/lab/lab'
import { ensureBinaries } from '@/lab/binaries'
import { chromiumPath } from './chromium'
import { buildPortal, startPortal } from './portal'
import { eventLatency } from './bench/event-latency'
import { submitToAccepted } from './bench/submit'
import { table, type Figure } from './bench/figures'

/**
 * `npm run bench`: each figure beside its reference of the same run, on one lab, one production build and one Chromium. Writes
 * docs/benchmarks.md. Loads only loopback; every loop is bounded.
 */
const binDir = await ensureBinaries({ onProgress: console.log })
await buildPortal({ onProgress: console.log })
const folder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
const lab = await startLab({ stateDir: join(folder, 'lab'), binDir, portalUrl: 'http://localhost:3000', fast: true, onProgress: console.log })
const portal = await startPortal({ lab, port: 0, dataDir: join(folder, 'db'), secretFile: join(folder, 'secret'), logFile: join(folder, 'portal.log') })
const executablePath = chromiumPath()
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--disable-quic', '--disable-background-networking'] })

const figures: Figure[] = []
try {
  figures.push(...(await eventLatency({ lab, portal, browser })))
  figures.push(...(await submitToAccepted({ lab, portal, browser, kubectl: join(binDir, 'kubectl') })))
} finally {
  await browser.close()
  await portal.stop()
  await lab.stop()
  await rm(folder, { recursive: true, force: true })
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
const text = `# Benchmarks

Written by \`npm run bench\`; each figure stands beside a reference measured in the same run on the same lab. Lower is better.

Machine: ${machine}. ${new Date().toISOString().slice(0, 10)}.

${table(figures)}

- **Event**: a condition of a paused Cluster is patched at the API server 200 times, 5 a second. Browser: the message of the tenant's
  one stream arrives in Chromium. Reference: a raw watch of the same Clusters. Both count from just before the patch is sent. The portal
  gathers changes for a moment on purpose (\`server/live\`), so that a burst is one message.
- **Submit**: a person presses Create and the portal answers: session, access reviews, dry run of every object, Operation and audit rows,
  then the apply. Reference: \`kubectl apply --server-side\` of the same objects, without a dry run.
`
await writeFile(new URL('../docs/benchmarks.md', import.meta.url), text)
console.log(text)
