import { afterAll, beforeAll, expect, test } from 'vitest'
import { admin } from '@/e2e/support/lab'
import { createTenant, removeTenant } from '@/e2e/support/tenant'
import { templateFor } from '@/lib/identity/select'
import type { KubeObject } from '@/lib/kubernetes/object'
import { openDatabase } from '@/server/db/client'
import { offered } from './offered'
import { callAction, signInAs, startTestPortal, untilItWrites, type TestPortal } from './support'

const BEA = 'bea@tenantry.example'
const [OLD, NEW] = ['v1.34.3', 'v1.35.2']
const lab = admin()
let tenant: string
let portal: TestPortal
let cookie: string

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: BEA, role: 'tenant-admin' }])
  portal = await startTestPortal({ name: 'upgrade' })
  await untilItWrites(portal, (cookie = await signInAs(portal, BEA)), tenant)
})
afterAll(async () => {
  await portal.stop()
  await removeTenant(lab, tenant)
})

const objects = async (group: string, version: string, plural: string): Promise<readonly KubeObject[]> =>
  ((await lab.custom.listNamespacedCustomObject({ group, version, namespace: tenant, plural })) as { items: KubeObject[] }).items
const plane = async () => (await objects('controlplane.cluster.x-k8s.io', 'v1alpha2', 'kamajicontrolplanes'))[0]
const machines = () => objects('cluster.x-k8s.io', 'v1beta2', 'machines')
const isReady = ({ status }: KubeObject): boolean => (status?.['conditions'] as { type: string; status: string }[] | undefined)?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
const restarted = async () => {
  await portal.kill()
  await portal.restart()
  await untilItWrites(portal, cookie, tenant)
}

test('an upgrade in the middle of which the portal is killed, twice, once for long, goes on by itself to its end and is one change; two minors at once are refused by the action', async () => {
  const { offer, specOf } = await offered(lab)
  const spec = specOf('up', 1)
  const old = { ...spec, version: OLD, placement: { ...spec.placement, template: templateFor(offer, OLD) ?? '' } }
  expect(await callAction(portal, cookie, 'createCluster', { tenant, spec: old })).toMatchObject({ ok: true })
  await expect.poll(async () => (await machines()).map(isReady), { timeout: 150_000, interval: 1_000 }).toEqual([true])
  const [cluster] = await objects('cluster.x-k8s.io', 'v1beta2', 'clusters')
  const upgrade = (version: string) => callAction(portal, cookie, 'startUpgrade', {
    tenant, cluster: 'up', uid: cluster?.metadata.uid, from: OLD, version, pools: version === NEW ? [{ name: 'general', template: templateFor(offer, NEW) }] : [],
  })

  expect(await upgrade('v1.36.0')).toMatchObject({ ok: false, error: { code: 'invalid', fields: { version: expect.stringContaining('one at a time') as string } } })
  expect(await upgrade('1.35.O')).toMatchObject({ ok: false, error: { code: 'invalid' } })
  expect((await plane())?.spec).toMatchObject({ version: OLD })

  expect(await upgrade(NEW)).toMatchObject({ ok: true })
  expect((await plane())?.spec).toMatchObject({ version: NEW })
  await portal.kill()
  await expect.poll(async () => (await plane())?.status, { timeout: 60_000 }).toMatchObject({ version: NEW })
  // Longer than an ask without effect holds a story open: nothing moves, and no portal is there.
  await new Promise((resolve) => setTimeout(resolve, 65_000))
  await portal.restart()
  await untilItWrites(portal, cookie, tenant)
  expect(await upgrade(NEW)).toMatchObject({ ok: false })
  const pool = async () => (await objects('cluster.x-k8s.io', 'v1beta2', 'machinedeployments')).map(({ spec: of }) => (of as { template: { spec: { version: string } } }).template.spec.version)
  await expect.poll(pool, { timeout: 90_000, interval: 500 }).toEqual([NEW])
  expect((await plane())?.status, 'the control plane was there first').toMatchObject({ version: NEW })
  await restarted()
  await expect.poll(async () => (await machines()).map((machine) => [machine.spec?.['version'], isReady(machine)]), { timeout: 150_000, interval: 1_000 }).toEqual([[NEW, true]])

  const stored = async () => {
    const db = await openDatabase({ folder: portal.dataDir })
    const rows = { upgrades: await db.prisma.operation.findMany({ where: { kind: 'upgrade' } }), stories: await db.prisma.rollout.findMany({ where: { change: 'upgrade' } }) }
    await db.close()
    return rows
  }
  // Its last look comes a moment after the machine. The embedded database is one process's: the portal stops for each look at it.
  const looked = async (look: number): ReturnType<typeof stored> => {
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    await portal.stop()
    const rows = await stored()
    if (look === 6 || [...rows.upgrades, ...rows.stories].every(({ state }) => state === 'done')) return rows
    await portal.restart()
    return looked(look + 1)
  }
  const { upgrades, stories } = await looked(1)
  expect(upgrades).toMatchObject([{ state: 'done', error: null, applied: ['control-plane', 'add-ons', 'pool/general'], missing: [] }])
  expect(stories).toMatchObject([{ title: `Upgrade from ${OLD} to ${NEW}`, state: 'done' }])
})
