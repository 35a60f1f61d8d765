import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { startLab } from '@/lab/lab'
import { ensureBinaries } from '@/lab/binaries'
import { chromiumPath } from './chromium'
import { buildPortal, startPortal } from './portal'
import { eventLatency } from './bench/event-latency'
import { page, table, type Section } from './bench/figures'
import { liveEngine } from './bench/live'
import { submitToAccepted } from './bench/submit'

/**
 * `npm run bench`, or `npm run bench -- live`: each figure beside its reference of the same run, on one lab and one production build.
 * Writes docs/benchmarks.md. Loads only loopback; every loop is bounded.
 */
const NAMES = ['event', 'submit', 'live'] as const
type Name = (typeof NAMES)[number]
const isName = (text: string): text is Name => (NAMES as readonly string[]).includes(text)

const asked = process.argv.slice(2).filter((text) => text !== '--')
const unknown = asked.filter((text) => !isName(text))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${NAMES.join(', ')}.`)
  process.exit(1)
}
const wanted = NAMES.filter((name) => asked.length === 0 || asked.includes(name))

const binDir = await ensureBinaries({ onProgress: console.log })
await buildPortal({ onProgress: console.log })
const folder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
const lab = await startLab({ stateDir: join(folder, 'lab'), binDir, portalUrl: 'http://localhost:3000', fast: true, onProgress: console.log })
const kubectl = join(binDir, 'kubectl')
const newPortal = (name: string) => startPortal({ lab, port: 0, dataDir: join(folder, name), secretFile: join(folder, 'secret'), logFile: join(folder, `${name}.log`) })

const found: Partial<Record<Name, Pick<Section, 'figures' | 'notes'>>> = {}
try {
  if (wanted.includes('event') || wanted.includes('submit')) {
    const portal = await newPortal('db')
    const executablePath = chromiumPath()
    const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--disable-quic', '--disable-background-networking'] })
    try {
      if (wanted.includes('event')) found.event = await eventLatency({ lab, portal, browser })
      if (wanted.includes('submit')) found.submit = await submitToAccepted({ lab, portal, browser, kubectl })
    } finally {
      await browser.close()
      await portal.stop()
    }
  }
  // Last: it takes the lab's controllers away.
  if (wanted.includes('live')) found.live = await liveEngine({ lab, kubectl, newPortal: () => newPortal('live'), onProgress: console.log })
} finally {
  await lab.stop()
  await rm(folder, { recursive: true, force: true })
}

const docs = new URL('../docs/', import.meta.url)
const kept = JSON.parse(await readFile(new URL('benchmarks.json', docs), 'utf8')) as Record<string, Section>
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
const date = new Date().toISOString().slice(0, 10)
for (const [name, section] of Object.entries(found)) {
  kept[name] = { machine, date, ...section }
  console.log(`\n${name}\n${table(section.figures)}`)
}
await writeFile(new URL('benchmarks.json', docs), `${JSON.stringify(kept, null, 2)}\n`)
await writeFile(new URL('benchmarks.md', docs), page(kept))
