import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultSpec } from '@/lib/cluster/defaults'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { renderCluster } from '@/lib/manifests/render'
import { createDiscovery } from '@/server/management/discovery'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { admin, labFacts, versionsOf } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/** Every object that the portal renders, accepted by the real API: real CRDs, real webhooks, Strict, as the tenant's admin. */
const facts = labFacts()
const lab = admin(facts)
let tenant: string
let offer: VSphereOffer
let bea: UserClient

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: versionsOf(facts).infrastructure, plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const transport = loadTransport(facts.portalKubeconfig)
  bea = createUserClient(transport, createDiscovery(transport), { user: 'oidc:bea@tenantry.example', groups: [] })
})
afterAll(() => removeTenant(lab, tenant))

const pool = { kind: 'pool', range: '10.40.12.64-10.40.12.95', prefix: 24, gateway: '10.40.12.1', nameservers: ['10.40.0.2'] } as const
const variants: readonly [string, (spec: ClusterSpec) => ClusterSpec][] = [
  ['DHCP and a load balancer', (spec) => ({ ...spec, addresses: { kind: 'dhcp' } })],
  ['a pool of addresses', (spec) => ({ ...spec, addresses: { ...pool, nameservers: [...pool.nameservers] } })],
  ['a fixed endpoint', (spec) => ({ ...spec, endpoint: { kind: 'fixed', host: '10.40.12.10', port: 7443 } })],
  ['a service network without Kamaji’s default DNS address', (spec) => ({ ...spec, networks: { pods: '10.200.0.0/16', services: '10.110.0.0/16' } })],
  ['no machines yet', (spec) => ({ ...spec, pool: { ...spec.pool, replicas: 0 } })],
]

describe('a cluster with', () => {
  test.each(variants)('%s is accepted, object by object', async (_name, change) => {
    const spec = change({ ...defaultSpec(offer, 'vsphere-north'), name: 'accepted' })
    const parsed = clusterSpec.safeParse(spec.addresses.kind === 'pool' && !spec.addresses.range ? { ...spec, addresses: { kind: 'dhcp' } } : spec)
    expect(parsed.error?.issues ?? []).toEqual([])
    for (const object of renderCluster(parsed.data!, { tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })) await bea.dryRunApply(object)
  })

  test('a field that its CRD does not know is refused with the field’s name', async () => {
    const [cluster] = renderCluster({ ...defaultSpec(offer, 'vsphere-north'), name: 'strict', addresses: { kind: 'dhcp' } }, { tenant, offer, operationId: 'x' })
    const wrong = { ...cluster!, spec: { ...cluster!.spec, noSuchField: true } }
    await expect(bea.dryRunApply(wrong)).rejects.toMatchObject({ view: { code: expect.stringMatching(/refused|invalid/), detail: expect.stringContaining('noSuchField') } })
  })
})
