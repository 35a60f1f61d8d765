import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin, killPart, revivePart } from '@/e2e/support/lab'
import { createTenant, removeTenant } from '@/e2e/support/tenant'
import { renderAddOn } from '@/lib/addons/render'
import { wantedAddOns } from '@/lib/addons/spec'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL, MANAGED_BY_LABEL, OPERATION_ANNOTATION } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { openDatabase } from '@/server/db/client'
import type { OperationRow } from '@/server/db/operations'
import { offered } from './offered'
import { callAction, signInAs, startTestPortal, untilItWrites, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const KILLS = Number(process.env['TENANTRY_KILLS'] ?? 100)
const SEED = Number(process.env['TENANTRY_SEED'] ?? Date.now() % 2 ** 31)
/** A tenant API server each would be too heavy for dozens of clusters; none of them is needed here. */
const WITHOUT_KAMAJI = KILLS > 10
/** Those that are scaled; made before the first kill. */
const BASES = ['base-0', 'base-1']

const lab = admin()
const random = seeded(SEED)
let tenant: string
let portal: TestPortal
let cookie: string

beforeAll(async () => {
  if (WITHOUT_KAMAJI) await killPart('kamaji')
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  portal = await startTestPortal({ name: 'kill9' })
  await untilItWrites(portal, (cookie = await signInAs(portal, BEA)), tenant)
})
afterAll(async () => {
  await portal.stop()
  const clusters = { group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters' }
  await lab.custom.deleteCollectionNamespacedCustomObject(clusters)
  // Only now: it would start an API server for each that stays.
  if (WITHOUT_KAMAJI) await revivePart('kamaji')
  await removeTenant(lab, tenant)
})

test(`killed with kill -9 at ${KILLS} random moments during create and scale: no duplicate, no orphan, each operation ends`, async () => {
  const { offer, specOf } = await offered(lab)
  const create = (name: string, replicas = 0) => callAction(portal, cookie, 'createCluster', { tenant, spec: specOf(name, replicas) })
  const scale = (cluster: string, replicas: number) => callAction(portal, cookie, 'scalePool', { tenant, cluster, pool: 'general', replicas })

  for (const name of BASES) expect(await create(name)).toMatchObject({ ok: true })
  // The page's knowledge of the pool comes by the watch, a moment after the writes.
  await expect.poll(async () => (await scale('base-0', 1)).ok, { timeout: 10_000 }).toBe(true)
  const took = { create: await timed(() => create('measured')), scale: await timed(() => scale('base-1', 1)) }

  const names: string[] = []
  const quiet = (): Promise<unknown> => sleep(random() < 0.5 ? 0 : Math.min(800, 1.5 * took.create))
  const answered = { before: 0, after: 0 }
  const since = Date.now()
  for (let round = 0; round < KILLS; round++) {
    const isCreate = round % 2 === 0
    // A resume is under way too: half of the time it comes to its end first.
    await quiet()
    const name = `kill-${String(round).padStart(3, '0')}`
    if (isCreate) names.push(name)
    let done = false
    const act = (isCreate ? create(name, Math.floor(random() * 2)) : scale(BASES[Math.floor(random() * 2)] ?? '', Math.floor(random() * 4))).then(() => (done = true), () => undefined)
    await sleep(random() * 1.1 * (isCreate ? took.create : took.scale))
    answered[done ? 'after' : 'before']++
    await portal.kill()
    await act
    await portal.restart()
    await untilItWrites(portal, cookie, tenant)
  }
  const seconds = (Date.now() - since) / 1000
  let operations = await endedOperations(portal)
  const resumed = operations.filter(({ attempts }) => attempts > 1).length
  const tries = Math.max(...operations.map(({ attempts }) => attempts))
  // Those in the middle of which the portal was killed time and again are left to their person, who goes on with them.
  const left = operations.filter(({ state }) => state === 'interrupted')
  if (left.length > 0) {
    await portal.restart()
    await untilItWrites(portal, cookie, tenant)
    for (const { id, error } of left) expect([error, await callAction(portal, cookie, 'continueCreate', { tenant, operationId: id })]).toMatchObject(['The portal stopped 5 times in the middle of it.', { ok: true }])
    operations = await endedOperations(portal)
  }
  const states = Map.groupBy(operations, ({ kind, state }) => `${kind} ${state}`)
  const counts = [...states].map(([state, rows]) => `${rows.length} ${state}`).join(', ')
  process.stdout.write(`seed ${SEED}: ${KILLS} kills in ${seconds.toFixed(0)} s, ${answered.before} before the answer; a create takes ${took.create.toFixed(0)} ms, a scale ${took.scale.toFixed(0)} ms; ${counts}; ${resumed} resumed, up to ${tries} tries; ${left.length} left to the person\n`)

  const wholeOf = (spec: ClusterSpec, operationId: string) => {
    const context = { tenant, cluster: spec.name, kubernetes: spec.version, offer, datacenter: offer.datacenter, clusterId: '', signIn: { username: '', password: '', version: '' }, apiPort: 6443, serviceMonitors: false, scrapeSecret: null }
    return [...renderCluster(spec, { tenant, offer, operationId }), ...wantedAddOns(spec.addOns).flatMap((settings) => renderAddOn(settings, context))]
  }
  const objects = await objectsByCluster(wholeOf(specOf('x', 0), 'x'))
  for (const name of [...BASES, 'measured', ...names]) {
    const rows = operations.filter(({ cluster, kind }) => cluster === name && kind === 'create')
    const there = objects.get(name) ?? []
    const hint = `${name} (seed ${SEED}): ${rows.map(({ state, error }) => `${state} ${error ?? ''}`).join('; ')}`
    expect(rows.length, hint).toBeLessThanOrEqual(1)
    const [row] = rows
    if (row?.state === 'done') {
      const whole = wholeOf(row.spec as ClusterSpec, row.id)
      expect(there.map(nameOf).sort(), hint).toEqual(whole.map(nameOf).sort())
      expect(there.find(({ kind }) => kind === 'Cluster')?.metadata.annotations?.[OPERATION_ANNOTATION], hint).toBe(row.id)
    } else {
      expect(row?.state ?? 'failed', hint).toBe('failed')
      expect(there.map(nameOf), hint).toEqual([])
    }
  }
  for (const name of BASES) {
    const scales = operations.filter(({ cluster, kind }) => cluster === name && kind === 'scale')
    const asked = scales.filter(({ state }) => state === 'done').at(-1)?.spec as { to: number } | undefined
    const deployment = objects.get(name)?.find(({ kind }) => kind === 'MachineDeployment')?.spec as { replicas: number }
    expect(deployment.replicas, `${name} (seed ${SEED}): ${scales.map(({ state, spec, error }) => `${state} ${JSON.stringify(spec)} ${error ?? ''}`).join('; ')}`).toBe(asked?.to ?? 0)
  }
}, 1_800_000)

/** All rows once nothing runs any more, oldest first. The embedded database is one process's: the portal stops for each look. */
async function endedOperations(of: TestPortal): Promise<readonly OperationRow[]> {
  for (let look = 1; ; look++) {
    await sleep(5_000)
    await of.stop()
    const db = await openDatabase({ folder: of.dataDir })
    const rows = await db.prisma.operation.findMany({ orderBy: { createdAt: 'asc' } })
    await db.close()
    const running = rows.filter(({ state }) => state === 'running')
    if (running.length === 0) return rows
    expect(look, `still running: ${JSON.stringify(running)}`).toBeLessThan(6)
    await of.restart()
  }
}

/** What the portal has made in the tenant, of the kinds of the given objects, by cluster. */
async function objectsByCluster(like: readonly KubeObject[]): Promise<Map<string, KubeObject[]>> {
  const kinds = new Map(like.map(({ apiVersion, kind }) => [kind, apiVersion]))
  const lists = await Promise.all([...kinds].map(async ([kind, apiVersion]) => {
    const list = await lab.objects.list(apiVersion, kind, tenant)
    return list.items.map((item) => ({ ...item, kind }) as unknown as KubeObject)
  }))
  const own = lists.flat().filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === 'tenantry')
  return Map.groupBy(own, ({ metadata }) => metadata.labels?.[CLUSTER_NAME_LABEL] ?? '')
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`

async function timed(act: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await act()
  return performance.now() - since
}

/** mulberry32: small, and the same numbers everywhere. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
