import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin, killPart, labFacts, revivePart } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { compactEtcd } from './etcd'
import { startFaultProxy, type FaultProxy, type Seen } from './fault-proxy'
import { logOf } from './log'
import { inParallel, isMarked, machineOn, startHerd, type Herd } from './objects'
import { offered } from './offered'
import { syncedStream, type OpenStream } from './stream-client'
import { callAction, signInAs, startTestPortal, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const lab = admin()
let tenant: string
/** Nothing but a witness of what the portal asks, until the compaction. */
let proxy: FaultProxy
let herd: Herd
let portal: TestPortal
let cookie: string
let stream: OpenStream
let kinds: readonly string[]

const since = (at: number, verb: Seen['verb'], plural: string) => proxy.seen().filter((one) => one.at >= at && one.verb === verb && one.plural === plural)
const lists = (at: number, plural: string) => since(at, 'list', plural).filter(({ further, status }) => !further && status === 200)
const opened = (at: number, plural: string) => since(at, 'watch', plural).find(({ status }) => status === 200)
/** When the last of the reflectors had its watch again. */
const allWatching = async (at: number, ms: number): Promise<number> => {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) if (kinds.every((plural) => opened(at, plural))) return Math.max(...kinds.map((plural) => opened(at, plural)?.at ?? 0))
  throw new Error(`not watching after ${ms / 1000} s: ${kinds.filter((plural) => !opened(at, plural)).join(', ')}`)
}
/** Kinds whose watch ended with 410: kube-apiserver says it in the watch, under a 200. */
const expired = async (at: number) => (await logOf(portal, at)).filter(({ event, code }) => event === 'live.watch' && code === 410).map(({ kind }) => kind)
const isGone = (name: string) => machineOn(stream, name) === undefined
const health = () => stream.state().health.state

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  proxy = await startFaultProxy(labFacts().portalKubeconfig)
  herd = await startHerd(tenant, 'herd')
  await inParallel(['kept', 'before', 'during', 'after', 'cut'], herd.addMachine)
  portal = await startTestPortal({ name: 'apiserver', kubeconfig: proxy.kubeconfig })
  stream = await syncedStream({ url: portal.url, cookie: (cookie = await signInAs(portal, BEA)), tenant })
  kinds = [...new Set(proxy.seen().filter(({ verb }) => verb === 'watch').map(({ plural }) => plural))]
  expect(kinds.length, 'several kinds are watched').toBeGreaterThan(10)
})
afterAll(async () => {
  stream?.close()
  await portal?.stop()
  await proxy?.stop()
  await herd?.end()
  if (tenant) await removeTenant(lab, tenant)
})

test('kube-apiserver is killed and started again: all reflectors within 35 s, at most one list a kind, no deletion missed', async () => {
  const from = Date.now()
  // As late as it can be: the watch may or may not have told it.
  await herd.remove('machines', 'before')
  await killPart('kube-apiserver')
  const killed = Date.now()
  try {
    await stream.until('the page says so', () => health() === 'away', 30_000)
  } finally {
    await revivePart('kube-apiserver')
  }
  const back = Date.now()
  await herd.remove('machines', 'after')
  await herd.addMachine('new')
  const watching = await allWatching(killed, 35_000)
  await stream.until('what happened around it', () => isGone('before') && isGone('after') && machineOn(stream, 'new') !== undefined, 10_000)
  await stream.until('live again', () => health() === 'live', 10_000)
  for (const plural of kinds) expect(lists(from, plural).length, `lists of ${plural}`).toBeLessThanOrEqual(1)
  expect(watching - back).toBeLessThan(35_000)
  expect(isGone('kept') || isGone('during')).toBe(false)
})

test('after a start kube-apiserver refuses by policies that it has not loaded: a create is told to wait, and then done', async () => {
  const { specOf } = await offered(lab)
  const codes: string[] = []
  await killPart('kube-apiserver')
  await revivePart('kube-apiserver')
  await expect.poll(async () => {
    const answer = await callAction(portal, cookie, 'createCluster', { tenant, spec: specOf('late', 0) })
    codes.push(answer.ok ? 'ok' : answer.error.code)
    return answer.ok
  }, { timeout: 90_000, interval: 100 }).toBe(true)
  process.stdout.write(`after ${codes.length} tries: ${[...new Set(codes)].join(', ')}\n`)
  expect([...new Set(codes)].filter((code) => code !== 'management-away')).toEqual(['ok'])
})

test('compaction while the portal is cut off: 410, one list a kind, the page is right within 5 s', async () => {
  await proxy.set({ kind: 'refuse' })
  await stream.until('the page says so', () => health() === 'away', 30_000)
  await herd.remove('machines', 'cut')
  await herd.addMachine('made')
  await herd.mark('kept', 7)
  await compactEtcd()
  // Its cache in memory would still serve what etcd has forgotten.
  await killPart('kube-apiserver')
  await revivePart('kube-apiserver')
  const back = Date.now()
  await proxy.set()
  await stream.until('the page is right', () => isGone('cut') && machineOn(stream, 'made') !== undefined && isMarked(stream, 'kept', 7), 30_000)
  const right = Date.now()
  const reached = proxy.seen().find(({ at }) => at >= back)?.at ?? back
  await allWatching(back, 35_000)
  expect(await expired(back), 'the version was too old').toContain('Machine')
  for (const plural of kinds) expect(lists(back, plural).length, `lists of ${plural}`).toBeLessThanOrEqual(1)
  // From the first request that got through: how long the portal waits between tries is another figure (35 s above).
  expect(right - reached).toBeLessThan(5_000)
  await stream.until('live again', () => health() === 'live', 10_000)
})
