import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPortal } from '@/scripts/portal'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { startFaultProxy, type FaultProxy, type Seen } from './fault-proxy'
import { inParallel, isMarked, machineOn, startHerd, type Herd } from './objects'
import { syncedStream, type OpenStream } from './stream-client'
import { callAction, signInAs, startTestPortal, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const NAMES = Array.from({ length: 50 }, (_, index) => `m-${index}`)
/** 50 machines are three pages. */
const PAGE = 20
const lab = admin()
let tenant: string
let proxy: FaultProxy
let herd: Herd
let portal: TestPortal
let cookie: string
let stream: OpenStream

const requests = (since: number, plural: string, verb: Seen['verb']) => proxy.seen().filter((one) => one.at >= since && one.plural === plural && one.verb === verb)
const struck = async (kind: Parameters<FaultProxy['struck']>[0], times: number, ms: number): Promise<void> => {
  for (const deadline = Date.now() + ms; proxy.struck(kind) < times; await sleep(50)) if (Date.now() > deadline) throw new Error(`${kind} did not happen ${times} times within ${ms / 1000} s`)
}
/** uids of machines that the stream was told to take away, by messages from `from` on. */
const removed = (from: number): readonly string[] =>
  stream.heard.slice(from).flatMap((message) => (message.type === 'changes' ? message.removes.filter(({ kind }) => kind === 'machine').map(({ id }) => id) : []))
const healthOn = (): string => stream.state().health.state
const writes = async (): Promise<readonly string[]> => {
  const scale = await callAction(portal, cookie, 'scalePool', { tenant, cluster: 'herd', pool: 'general', replicas: 1 })
  const kubeconfig = await fetch(`${portal.url}/api/t/${tenant}/clusters/herd/kubeconfig?role=view`, { method: 'POST', headers: { cookie, origin: portal.url } })
  const { error } = (await kubeconfig.json()) as { error: { code: string } }
  return [scale.ok ? 'ok' : scale.error.code, error.code]
}

beforeAll(async () => {
  // Its time is not that of the first test.
  await buildPortal()
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  proxy = await startFaultProxy(labFacts().portalKubeconfig)
  herd = await startHerd(tenant, 'herd')
  await inParallel(NAMES, herd.addMachine)
})
afterAll(async () => {
  stream?.close()
  await portal?.stop()
  await herd?.end()
  await proxy?.stop()
  if (tenant) await removeTenant(lab, tenant)
})

describe('a list that breaks in the middle of a page', () => {
  test('at the start: not ready until it is whole, then every object is there', async () => {
    await proxy.set({ kind: 'cut-list', plural: 'machines', page: 2, pageSize: PAGE })
    const starting = startTestPortal({ name: 'proxy', kubeconfig: proxy.kubeconfig })
    let ready = false
    const started = starting.then((one) => ((ready = true), one))
    // Two times: the first retry must not have been luck.
    await struck('cut-list', 2, 60_000)
    expect(ready, 'ready with half a list').toBe(false)
    await proxy.set()
    portal = await started
    cookie = await signInAs(portal, BEA)
    stream = await syncedStream({ url: portal.url, cookie, tenant })
    expect(Object.values(stream.state().machines).map(({ name }) => name).sort()).toEqual([...NAMES].sort())
  })

  test('at a relist: no stream is told of a deletion that was none', async () => {
    const from = stream.heard.length
    const [gone] = [machineOn(stream, 'm-0')?.uid]
    const before = proxy.struck('cut-list')
    await proxy.set({ kind: 'expired', plural: 'machines' }, { kind: 'cut-list', plural: 'machines', page: 2, pageSize: PAGE })
    await struck('expired', 1, 30_000)
    await herd.remove('machines', 'm-0')
    await herd.addMachine('m-new')
    await struck('cut-list', before + 2, 30_000)
    expect(removed(from), 'half a list says nothing about what is gone').toEqual([])
    await proxy.set()
    await stream.until('the deletion and the new machine', () => machineOn(stream, 'm-0') === undefined && machineOn(stream, 'm-new') !== undefined, 20_000)
    expect(removed(from)).toEqual([gone])
    expect(Object.keys(stream.state().machines)).toHaveLength(NAMES.length)
  })
})

test('half a JSON line: dropped, and the change arrives by the resumed watch without a list', async () => {
  const since = Date.now()
  await proxy.set({ kind: 'half-line', plural: 'machines' })
  await herd.mark('m-1', 42)
  await stream.until('the change that was cut', () => isMarked(stream, 'm-1', 42), 10_000)
  expect(proxy.struck('half-line')).toBe(1)
  expect(requests(since, 'machines', 'list')).toEqual([])
  expect(requests(since, 'machines', 'watch')).toHaveLength(1)
})

test('429 with Retry-After: no reflector asks sooner, and all recovers alone', async () => {
  const since = Date.now()
  const kinds = new Set(proxy.seen().filter(({ verb }) => verb === 'watch').map(({ plural }) => plural))
  // Away by this fault, and not still by the one before.
  await stream.until('all is well', () => healthOn() === 'live', 30_000)
  await proxy.set({ kind: 'busy', retryAfterSeconds: 2 })
  await stream.until('the page says so', () => healthOn() === 'away', 30_000)
  expect((await writes())[0]).toBe('management-away')
  // Several rounds of 2 s.
  await sleep(9_000)
  for (const plural of kinds) {
    const at = proxy.seen().filter((one) => one.at >= since && one.plural === plural && one.verb !== 'other').map((one) => one.at)
    expect(at.length, plural).toBeGreaterThan(2)
    // Timers of two processes: 50 ms for their clocks' ends.
    for (const [index, time] of at.entries()) if (index > 0) expect(time - (at[index - 1] ?? 0), `${plural}, request ${index}`).toBeGreaterThan(1_950)
  }
  await herd.mark('m-2', 43)
  await proxy.set()
  // Retry-After and a second of jitter, then the watch.
  await stream.until('the change', () => isMarked(stream, 'm-2', 43), 6_000)
  await stream.until('live again', () => healthOn() === 'live', 10_000)
})

describe('a silent stall', () => {
  test('is found and said, writes are refused with the reason, pages stay; afterwards nothing is missed', async () => {
    await stream.until('live before', () => healthOn() === 'live', 10_000)
    await proxy.set({ kind: 'stall' })
    await stream.until('the page says so', () => healthOn() === 'away', 120_000)
    // Once it is known to be away nobody waits for it: each act asks for a right or two.
    const asked = Date.now()
    expect(await writes()).toEqual(['management-away', 'management-away'])
    expect(Date.now() - asked).toBeLessThan(4_000)
    const opened = Date.now()
    const page = await fetch(`${portal.url}/t/${tenant}/clusters`, { headers: { cookie } })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('herd')
    expect(Date.now() - opened).toBeLessThan(4_000)
    await herd.remove('machines', 'm-3')
    await herd.addMachine('m-during')
    await proxy.set()
    await stream.until('live again', () => healthOn() === 'live', 35_000)
    // Live must not be said of watches that are dead: the connections from before the stall never speak again.
    await stream.until('what was missed', () => machineOn(stream, 'm-3') === undefined && machineOn(stream, 'm-during') !== undefined, 5_000)
  })

  test('of the open connections alone, while new ones pass: the changes arrive all the same', async () => {
    await proxy.set({ kind: 'stall' })
    await proxy.set()
    await herd.mark('m-4', 44)
    await stream.until('the change', () => isMarked(stream, 'm-4', 44), 120_000)
  })
})
