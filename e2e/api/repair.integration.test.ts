import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import { OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { healthCheck } from '@/lib/manifests/health-check'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { firstPool } from '@/lib/manifests/pool-objects'
import { renderCluster } from '@/lib/manifests/render'
import { createDiscovery } from '@/server/management/discovery'
import { loadTransport } from '@/server/management/transport'
import { createUserClient } from '@/server/management/user-client'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'
import { silenceKubelet } from '../support/vcenter'

/** Cluster API's own health check, as the portal writes it, on a machine whose kubelet falls silent. */
const facts = labFacts()
const lab = admin(facts)
const transport = loadTransport(facts.portalKubeconfig)
const WHO = 'bea@tenantry.example'
const NAME = 'mended'
/** The shortest that the form takes: lib/node-pool/rules.ts. */
const UNHEALTHY_SECONDS = 30

let tenant: string

interface Machine { readonly metadata: { readonly name: string; readonly uid: string }; readonly status?: { readonly phase?: string } }

const machines = async (): Promise<readonly Machine[]> =>
  ((await lab.custom.listNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'machines' })) as { items: Machine[] }).items

/** Both run, and none else is there. */
const twoRunning = (): Promise<readonly Machine[]> => vi.waitFor(async () => {
  const found = await machines()
  expect(found.map(({ status }) => status?.phase)).toEqual(['Running', 'Running'])
  return found
}, { timeout: 180_000, interval: 1_000 })

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: WHO, role: 'tenant-admin' }])
})
afterAll(async () => {
  await removeTenant(lab, tenant)
  await transport.close()
})

test('a machine whose Node is unheard of is replaced, and the other one stays', async () => {
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  const offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const bea = createUserClient(transport, createDiscovery(transport), { user: `oidc:${WHO}`, groups: [] })
  const wanted = defaultSpec(offer, 'vsphere-north')
  const spec = { ...wanted, name: NAME, addresses: { kind: 'dhcp' as const }, controlPlane: { ...wanted.controlPlane, replicas: 1 }, pool: { ...wanted.pool, replicas: 2 } }
  const pool = firstPool(spec)
  const repair = healthCheck({ ...pool, repair: { ...pool.repair, unhealthySeconds: UNHEALTHY_SECONDS } }, { tenant, cluster: NAME, deployment: machineDeploymentName(NAME, pool.name) })
  let cluster: { uid: string; name: string } | null = null
  for (const object of renderCluster(spec, { tenant, offer, operationId: 'repair' })) {
    const next = object.kind === 'MachineHealthCheck' && repair !== null ? repair : object
    const applied: KubeObject = await bea.apply(cluster && needsOwner(next) ? withOwner(next, cluster) : next)
    if (next.kind === 'Cluster') cluster = { uid: applied.metadata.uid ?? '', name: NAME }
  }
  const [silent, other] = await twoRunning()
  if (silent === undefined || other === undefined) throw new Error('there are two')
  await silenceKubelet(facts, silent.metadata.name)

  await vi.waitFor(async () => expect((await machines()).map(({ metadata }) => metadata.uid)).not.toContain(silent.metadata.uid), { timeout: 180_000, interval: 1_000 })
  const after = await twoRunning()
  expect(after.map(({ metadata }) => metadata.uid)).toContain(other.metadata.uid)
}, 600_000)
