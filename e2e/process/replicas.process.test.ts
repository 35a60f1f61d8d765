import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin } from '@/e2e/support/lab'
import { createTenant, removeTenant } from '@/e2e/support/tenant'
import { startPostgres, type Postgres } from '@/lab/postgres'
import type { TenantState } from '@/lib/live/event'
import { openDatabase, type Database } from '@/server/db/client'
import type { OperationRow } from '@/server/db/operations'
import { offered } from './offered'
import { signOut } from './sign-in'
import { openStream } from './stream'
import { callAction, signInAs, startTestPortal, untilItWrites, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const lab = admin()
let tenant: string
let postgres: Postgres
let db: Database
let one: TestPortal
let other: TestPortal
let cookie: string

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  postgres = await startPostgres()
  one = await startTestPortal({ name: 'replica-one', databaseUrl: postgres.url })
  other = await startTestPortal({ name: 'replica-other', databaseUrl: postgres.url })
  db = await openDatabase({ url: postgres.url })
  cookie = await signInAs(one, BEA)
})
afterAll(async () => {
  await db.close()
  await Promise.all([one.stop(), other.stop()])
  await postgres.stop()
  await removeTenant(lab, tenant)
})

test('a session begun at one replica is valid at the other', async () => {
  await untilItWrites(other, cookie, tenant)
  const stream = await openStream(other, cookie, tenant)
  await expect.poll(() => stream.types()).toContain('synced')
  stream.close()
})

test('a create whose replica is killed in the middle is brought to its end by the other within 30 s; both tell its story alike', async () => {
  const { specOf } = await offered(lab)
  const begun = await killedInTheMiddle((cluster) => callAction(one, cookie, 'createCluster', { tenant, spec: specOf(cluster, 0) }))
  const since = Date.now()
  await expect.poll(async () => (await db.prisma.operation.findUnique({ where: { id: begun.id } }))?.state, { timeout: 40_000, interval: 250 }).toBe('done')
  const seconds = (Date.now() - since) / 1000
  process.stdout.write(`killed after ${begun.applied.length} of ${begun.applied.length + begun.missing.length} objects; the other replica was through after ${seconds.toFixed(1)} s\n`)
  expect(seconds).toBeLessThan(30)
  const ended = await db.prisma.operation.findUniqueOrThrow({ where: { id: begun.id } })
  expect(ended).toMatchObject({ attempts: 2, missing: [], holder: null })
  expect(await db.prisma.audit.findMany({ where: { action: 'resume', tenant } })).toMatchObject([{ who: BEA, object: `Cluster/${begun.cluster}`, allowed: true, code: 'ok' }])

  await one.restart()
  await untilItWrites(one, cookie, tenant)
  const streams = await Promise.all([one, other].map((portal) => openStream(portal, cookie, tenant)))
  const asked = (state: TenantState) => Object.values(state.entries).filter(({ key }) => key === `${begun.id}:asked`).map(({ who, text, clusterUid }) => ({ who, text, clusterUid }))
  const told = (state: TenantState) => Object.values(state.rollouts).map(({ id, asks, title }) => ({ id, title, asks: asks.map(({ operationId }) => operationId) }))
  const [first, second] = streams
  await expect.poll(() => asked(first!.state()), { timeout: 15_000 }).toEqual([{ who: BEA, text: `${begun.cluster} was asked for`, clusterUid: ended.clusterUid }])
  await expect.poll(() => asked(second!.state()), { timeout: 15_000 }).toEqual(asked(first!.state()))
  await expect.poll(() => told(second!.state()), { timeout: 15_000 }).toEqual([expect.objectContaining({ asks: [begun.id] })])
  await expect.poll(() => told(first!.state()), { timeout: 15_000 }).toEqual(told(second!.state()))
  streams.forEach((stream) => stream.close())
})

test('a session revoked at one replica ends at both, with their streams', async () => {
  const streams = await Promise.all([one, other].map((portal) => openStream(portal, cookie, tenant)))
  await signOut(one.url, cookie)
  const since = Date.now()
  await Promise.all(streams.map(({ ended }) => ended))
  expect(Date.now() - since).toBeLessThan(8_000)
  expect(streams.map((stream) => stream.types().at(-1))).toEqual(['signed-out', 'signed-out'])
  for (const portal of [one, other]) await expect(openStream(portal, cookie, tenant)).rejects.toThrow('401')
})

/** Kills the first replica between the first and the last object of a create; when the create was faster, with the next one. */
async function killedInTheMiddle(create: (cluster: string) => Promise<unknown>): Promise<OperationRow> {
  await untilItWrites(one, cookie, tenant)
  for (let attempt = 0; attempt < 5; attempt++) {
    const cluster = `halved-${attempt}`
    const answer = create(cluster).catch(() => undefined)
    const row = () => db.prisma.operation.findFirst({ where: { tenant, cluster } })
    for (let found = await row(); !found || (found.state === 'running' && found.applied.length === 0); found = await row()) await sleep(2)
    await one.kill()
    await answer
    const left = await row()
    if (left?.state === 'running' && left.applied.length > 0) return left
    await one.restart()
    await untilItWrites(one, cookie, tenant)
  }
  throw new Error('Every create was through before its replica was dead')
}
