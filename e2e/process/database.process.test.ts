import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type Postgres } from '@/lab/postgres'
import { admin } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { logOf } from './log'
import { isMarked, machineOn, startHerd, type Herd } from './objects'
import { syncedStream, type OpenStream } from './stream-client'
import { callAction, signInAs, startTestPortal, type Answer, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const OUTAGE_MS = 60_000
const lab = admin()
let postgres: Postgres
let tenant: string
let herd: Herd
let portal: TestPortal
let cookie: string
let stream: OpenStream

async function rows<Row>(sql: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  try {
    return (await client.query(sql, [...values])).rows as Row[]
  } finally {
    await client.end()
  }
}
const scale = (replicas: number): Promise<Answer> => callAction(portal, cookie, 'scalePool', { tenant, cluster: 'herd', pool: 'general', replicas })
const replicas = async () => (await herd.rest.get<{ spec: { replicas: number } }>(herd.path('machinedeployments', 'herd-general')))?.spec.replicas
const page = () => fetch(`${portal.url}/t/${tenant}/clusters/herd`, { headers: { cookie } })

beforeAll(async () => {
  postgres = await startPostgres()
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  herd = await startHerd(tenant, 'herd')
  await herd.addPool('general')
  await herd.addMachine('m')
  portal = await startTestPortal({ name: 'database', databaseUrl: postgres.url })
  cookie = await signInAs(portal, BEA)
  stream = await syncedStream({ url: portal.url, cookie, tenant })
})
afterAll(async () => {
  stream?.close()
  await portal?.stop()
  await herd?.end()
  if (tenant) await removeTenant(lab, tenant)
  await postgres?.stop()
})

test('the database is away for 60 s: streams and reads go on, nothing is written without its audit record, all recovers alone', async () => {
  expect(await scale(1)).toMatchObject({ ok: true })
  expect(await replicas()).toBe(1)
  const stopped = Date.now()
  await postgres.pause()
  const answers: Answer[] = []
  for (let round = 1; Date.now() < stopped + OUTAGE_MS; round++) {
    await herd.mark('m', round)
    await stream.until('a change', () => isMarked(stream, 'm', round), 5_000)
    await herd.addMachine(`away-${round}`)
    await stream.until('a new machine', () => machineOn(stream, `away-${round}`) !== undefined, 5_000)
    const answer = await page()
    expect([answer.status, (await answer.text()).includes(`away-${round}`)], 'the page of the cluster').toEqual([200, true])
    const second = await syncedStream({ url: portal.url, cookie, tenant }, 10_000)
    second.close()
    answers.push(await scale(2 + round))
    await sleep(3_000)
  }
  expect(answers.length, 'rounds').toBeGreaterThan(3)
  expect(answers.filter(({ ok }) => ok), 'writes while nothing could be recorded').toEqual([])
  for (const answer of answers) expect(answer).toMatchObject({ error: { code: 'not-recorded', message: expect.stringMatching(/nothing was changed.*database/i) } })
  expect(await replicas(), 'the pool as it was').toBe(1)
  const beforeResume = stream.heard.length
  await postgres.resume()
  const back = Date.now()

  let done = await scale(2)
  // One try is lost to connections that died with the server.
  for (const deadline = back + 15_000; !done.ok && Date.now() < deadline; done = await scale(2)) await sleep(500)
  expect(done, 'writes again within 15 s').toMatchObject({ ok: true })
  expect(await replicas()).toBe(2)
  const asked = await rows<{ allowed: boolean | null; code: string }>('SELECT allowed, code FROM "Audit" WHERE tenant = $1 AND action = $2 ORDER BY at', tenant, 'scale:node-pool')
  expect(asked.filter(({ allowed }) => allowed === true), 'one record for each write that was let through').toHaveLength(2)
  expect(asked.filter(({ allowed }) => allowed === null), 'no act whose end is unknown').toEqual([])

  // What happened in that minute is on the streams; it has to be in the database too.
  const { entries, rollouts } = stream.state()
  const seen = Object.values(entries)
  expect(seen.some(({ subject }) => subject === 'away-1')).toBe(true)
  const missing = async (): Promise<readonly string[]> => {
    const kept = new Set((await rows<{ key: string }>('SELECT key FROM "TimelineEntry" WHERE tenant = $1', tenant)).map(({ key }) => key))
    const stories = new Set((await rows<{ id: string }>('SELECT id FROM "Rollout" WHERE tenant = $1', tenant)).map(({ id }) => id))
    return [...seen.map(({ key }) => key).filter((key) => !kept.has(key)), ...Object.keys(rollouts).filter((id) => !stories.has(id))]
  }
  let left = await missing()
  for (const deadline = back + 30_000; left.length > 0 && Date.now() < deadline; left = await missing()) await sleep(500)
  expect(left, 'entries and stories that were lost').toEqual([])
  expect(stream.heard.slice(beforeResume).filter(({ type }) => type === 'snapshot'), 'the stream went on').toEqual([])

  const bad = (await logOf(portal, stopped)).filter(({ level }) => level === 'error' || level === 'fatal')
  expect(bad.map(({ event, msg }) => `${event}: ${msg}`), 'an outage is no bug').toEqual([])
})
