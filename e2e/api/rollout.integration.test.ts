import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import type { Rollout, Story } from '@/lib/rollout/story'
import { openInMemory, type Database } from '@/server/db/client'
import { endOperation, insertOperation } from '@/server/db/operations'
import { findStory, listRollouts, storyStore } from '@/server/db/rollouts'
import { insertEntries, recentEntries } from '@/server/db/timeline'
import { upgradeStore } from '@/server/db/upgrades'
import { startLive, type Live } from '@/server/live/live'
import { createDiscovery } from '@/server/management/discovery'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/** Stories of a real cluster, told by two replicas that share a database; one of them is stopped in the middle and another one starts. */
const facts = labFacts()
const lab = admin(facts)
const transport = loadTransport(facts.portalKubeconfig)
const discovery = createDiscovery(transport)
const WHO = 'bea@tenantry.example'
const NAME = 'told'
const PATIENCE = { timeout: 240_000, interval: 500 }

let tenant: string
let db: Database
let bea: UserClient
let offer: VSphereOffer
const running = new Map<Live, AbortController>()

function start(): Live {
  const stop = new AbortController()
  const store = { insert: insertEntries.bind(null, db), recent: recentEntries.bind(null, db), stories: storyStore(db), upgrades: upgradeStore(db) }
  const live = startLive(createSystemClient(transport, discovery), store, stop.signal)
  running.set(live, stop)
  return live
}

async function end(live: Live): Promise<void> {
  await live.close()
  running.get(live)?.abort()
  running.delete(live)
}

beforeAll(async () => {
  db = await openInMemory()
  tenant = await createTenant(lab, [{ email: WHO, role: 'tenant-admin' }])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  bea = createUserClient(transport, discovery, { user: `oidc:${WHO}`, groups: [] })
})
afterAll(async () => {
  await Promise.all([...running.keys()].map(end))
  await removeTenant(lab, tenant)
  await transport.close()
  await db.close()
})

const ask = async (id: string, kind: 'create' | 'scale' | 'delete', spec: object, act: () => Promise<unknown>): Promise<void> => {
  await insertOperation(db, { id, tenant, cluster: NAME, clusterUid: null, kind, who: WHO, groups: [], hash: '', spec, missing: [] }, 'test')
  await act()
  await endOperation(db, { id, holder: 'test' }, { state: 'done', error: null })
}

const stored = (): Promise<readonly Rollout[]> => listRollouts(db, tenant, NAME, 10)
const told = async (id: string): Promise<Story> => (await findStory(db, id, tenant))?.story ?? (() => { throw new Error(`${id} is not stored`) })()

/** The newest story once it has ended. */
async function ended(change: Rollout['change']): Promise<Story> {
  const id = await vi.waitFor(async () => {
    const [newest] = await stored()
    if (newest?.change !== change || newest.endedAt === null) throw new Error(`not over: ${JSON.stringify(newest)}`)
    return newest.id
  }, PATIENCE)
  return told(id)
}

test('two replicas and one that comes later tell one story of each change: created, scaled, deleted', async () => {
  const [one, two] = [start(), start()]
  await vi.waitFor(() => expect([one.ready(), two.ready()]).toEqual([true, true]), PATIENCE)
  const spec = { ...defaultSpec(offer, 'vsphere-north'), name: NAME, addresses: { kind: 'dhcp' as const } }
  const objects = renderCluster({ ...spec, controlPlane: { ...spec.controlPlane, replicas: 1 }, pool: { ...spec.pool, replicas: 1 } }, { tenant, offer, operationId: 'create-1' })
  await ask('create-1', 'create', { name: NAME }, async () => {
    let cluster: { uid: string; name: string } | null = null
    for (const object of objects) {
      const applied: KubeObject = await bea.apply(cluster && needsOwner(object) ? withOwner(object, cluster) : object)
      if (object.kind === 'Cluster') cluster = { uid: applied.metadata.uid ?? '', name: NAME }
    }
  })
  await vi.waitFor(async () => expect(Object.keys((await told((await stored())[0]?.id ?? '')).machines)).toHaveLength(1), PATIENCE)

  // In the middle: one replica goes, another one comes.
  await end(one)
  const three = start()
  const create = await ended('create')
  expect(create.rollout).toMatchObject({ state: { is: 'done' }, percent: 100, asks: [{ operationId: 'create-1', kind: 'create', who: WHO }], pools: { general: { from: 0, to: 1 } } })
  const [machine] = Object.values(create.machines)
  expect(Object.keys(machine?.steps ?? {}).sort()).toEqual(['address', 'bootstrapped', 'cloned', 'joined', 'powered-on', 'ready', 'requested'].sort())
  expect(machine?.leaving.gone).toBeNull()

  // A replica that lags behind holds the creation open, and would take what is asked meanwhile for a part of it.
  for (const live of [two, three]) await vi.waitFor(() => expect(live.state(tenant).rollouts[create.rollout.id]?.endedAt).toEqual(expect.any(String)), PATIENCE)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await ask('scale-1', 'scale', { pool: 'general', from: 1, to: 2 }, () => bea.patchScale(tenant, machineDeploymentName(NAME, 'general'), 2))
  const scale = await ended('scale')
  expect(scale.rollout).toMatchObject({ state: { is: 'done' }, asks: [{ operationId: 'scale-1' }], pools: { general: { from: 1, to: 2 } }, done: 1, total: 1 })

  for (const live of [two, three]) await vi.waitFor(() => expect(live.state(tenant).rollouts[scale.rollout.id]?.endedAt).toEqual(expect.any(String)), PATIENCE)
  await ask('delete-1', 'delete', {}, () => bea.delete('Cluster', tenant, NAME))
  const deletion = await ended('delete')
  expect(deletion.rollout).toMatchObject({ state: { is: 'done' }, asks: [{ operationId: 'delete-1' }], done: 2, total: 2 })
  expect(Object.values(deletion.machines).every(({ leaving }) => leaving.gone !== null)).toBe(true)

  expect((await stored()).map(({ change }) => change)).toEqual(['delete', 'scale', 'create'])
  // Streams of both show what the database has.
  for (const live of [two, three]) await vi.waitFor(() => expect(Object.keys(live.state(tenant).rollouts)).toEqual([deletion.rollout.id]), { timeout: 15_000 })
  const { clusterUid } = deletion.rollout
  const entries = (await recentEntries(db, [clusterUid], 500)).filter(({ key }) => key.endsWith(':done'))
  expect(entries.map(({ key }) => key).sort()).toEqual([create, scale, deletion].map(({ rollout }) => `${rollout.id}:done`).sort())
}, 600_000)
