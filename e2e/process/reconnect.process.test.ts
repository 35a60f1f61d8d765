import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepStream, type StreamEnvironment } from '@/components/live/stream'
import type { LiveMessage } from '@/lib/live/event'
import { admin } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { NodeEventSource, type Attempt } from './event-source'
import { logOf } from './log'
import { inParallel, isMarked, startHerd, type Herd } from './objects'
import { openStream, syncedStream } from './stream-client'
import { signInAs, startTestPortal, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const BROWSERS = 2_000
/** Streams of one session: the portal takes no more than 50. */
const PER_SESSION = 50
const lab = admin()
let tenant: string
let herd: Herd
let portal: TestPortal

/** The page's own code for the stream (components/live/stream.ts) with an EventSource of Node. */
interface Browser {
  readonly attempts: Attempt[]
  readonly stop: () => void
  /** Times of `synced`. */
  readonly synced: number[]
  readonly told: LiveMessage['type'][]
}

function browse(cookie: string): Browser {
  const browser: Browser & { stop: () => void } = { attempts: [], synced: [], told: [], stop: () => undefined }
  const target = { url: portal.url, cookie, tenant }
  const env: StreamEnvironment = {
    open: () => new NodeEventSource(target, browser.attempts) as unknown as EventSource,
    probe: (path) => fetch(portal.url + path, { headers: { cookie } }).then(async ({ status, body }) => (await body?.cancel(), status), () => null),
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
    now: Date.now,
    onNetwork: () => () => undefined,
  }
  const message = ({ type }: LiveMessage): void => {
    browser.told.push(type)
    if (type === 'synced') browser.synced.push(Date.now())
  }
  browser.stop = keepStream(`/api/t/${tenant}/stream`, { message, connected: () => undefined }, env)
  return browser
}

async function until(what: string, isSo: () => boolean, ms: number): Promise<void> {
  for (const deadline = Date.now() + ms; !isSo(); await new Promise((resolve) => setTimeout(resolve, 50))) if (Date.now() > deadline) throw new Error(`${what}: not within ${ms / 1000} s`)
}

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  herd = await startHerd(tenant, 'herd')
  await herd.addMachine('m')
  portal = await startTestPortal({ name: 'reconnect' })
})
afterAll(async () => {
  await portal?.stop()
  await herd?.end()
  if (tenant) await removeTenant(lab, tenant)
})

test('a stream that drops is resumed within 2 s with what was missed and no snapshot', async () => {
  const cookie = await signInAs(portal, BEA)
  const target = { url: portal.url, cookie, tenant }
  const first = await syncedStream(target)
  await herd.mark('m', 1)
  await first.until('a change with an id', () => isMarked(first, 'm', 1), 5_000)
  first.close()
  await first.ended
  await herd.mark('m', 2)
  const dropped = Date.now()
  const second = openStream({ ...target, lastEventId: first.lastEventId() })
  await second.until('what was missed', () => isMarked(second, 'm', 2), 2_000)
  expect(Date.now() - dropped).toBeLessThan(2_000)
  await second.until('synced', () => second.heard.some(({ type }) => type === 'synced'), 2_000)
  expect(second.heard.map(({ type }) => type)).not.toContain('snapshot')
  const again = openStream({ ...target, lastEventId: second.lastEventId() })
  await again.until('synced', () => again.heard.some(({ type }) => type === 'synced'), 2_000)
  expect(again.heard.map(({ type }) => type), 'nothing was missed').toEqual(['synced'])
  for (const stream of [second, again]) stream.close()
})

test('2,000 browsers lose the portal at once: it drains within 10 s, they come back spread over 10 s, none is refused by the new one', async () => {
  const browsers: Browser[] = []
  try {
    const sessions = Array.from({ length: BROWSERS / PER_SESSION }, (_, index) => index)
    await inParallel(sessions, async () => {
      const cookie = await signInAs(portal, BEA)
      for (let index = 0; index < PER_SESSION; index++) browsers.push(browse(cookie))
      const own = browsers.slice(-PER_SESSION)
      await until('the streams of a session', () => own.every(({ synced }) => synced.length > 0), 60_000)
    }, 4)
    const stopping = Date.now()
    await portal.stop()
    const stopped = Date.now()
    expect(stopped - stopping, 'drained').toBeLessThan(10_000)
    expect((await logOf(portal, stopping)).map(({ event }) => event), 'it ended by itself').toContain('stopped')
    const before = browsers.map(({ attempts }) => attempts.length)
    await portal.restart()
    const ready = Date.now()
    await until('all are back', () => browsers.every(({ synced }) => (synced.at(-1) ?? 0) > stopped), 45_000)

    const first = browsers.map(({ attempts }) => attempts.find(({ at }) => at > stopping)?.at ?? Infinity)
    const after = first.map((at) => at - stopping).sort((a, b) => a - b)
    expect(after.at(-1), 'the last one tries again').toBeLessThan(10_000 + (stopped - stopping) + 1_000)
    const busiest = Math.max(...after.map((at) => after.filter((other) => other >= at && other < at + 1_000).length))
    expect(busiest, 'first tries within one second').toBeLessThan(BROWSERS / 4)
    const tries = browsers.map(({ attempts }, index) => attempts.length - (before[index] ?? 0))
    expect(Math.max(...tries), 'tries of one browser while it was down').toBeLessThan(12)
    const refused = browsers.flatMap(({ attempts }) => attempts.filter(({ at, status }) => at >= ready && status !== null && status >= 500))
    expect(refused, '5xx of the new portal').toEqual([])
    expect(browsers.filter(({ told }) => told.includes('signed-out') || told.includes('revoked'))).toEqual([])
  } finally {
    for (const browser of browsers) browser.stop()
  }
})
