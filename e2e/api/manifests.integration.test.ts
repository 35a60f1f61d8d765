import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Advanced } from '@/lib/cluster/advanced'
import { defaultSpec } from '@/lib/cluster/defaults'
import { clusterSpec } from '@/lib/cluster/rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { NO_NODE_CONFIG, type NodeConfig } from '@/lib/node-config/spec'
import { renderCluster } from '@/lib/manifests/render'
import { createDiscovery } from '@/server/management/discovery'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { applyOver, isChangedMeanwhile } from '@/server/operations/guard'
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
const certificate = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(20)}\n-----END CERTIFICATE-----\n`
const everyNodeSetting: NodeConfig = {
  users: [{ name: 'ops', groups: 'adm', shell: '/bin/bash', sudo: 'ALL=(ALL) NOPASSWD:ALL', sshKeys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'x'.repeat(43)} ops`], lockPassword: false, password: { name: 'node.site', key: 'ops' } }],
  files: [
    { path: '/etc/motd', owner: 'root:root', permissions: '0644', append: true, content: { kind: 'text', text: 'hello\n' } },
    { path: '/etc/secret', owner: '', permissions: '', append: false, content: { kind: 'secret', secret: { name: 'node.site', key: 'file' } } },
  ],
  preCommands: ['echo one'], postCommands: ['echo two'], ntpServers: ['time.example.com'], kubeletArgs: [{ name: 'max-pods', value: '200' }],
  authorities: [{ name: 'company', pem: certificate }], mirrors: [{ registry: 'docker.io', endpoints: ['https://mirror.example.com'] }],
  proxy: { url: 'http://proxy.example.com:3128', credentials: { name: 'node.site', key: 'proxy' }, noProxy: ['.example.com'] },
}

const everythingAdvanced: Advanced = {
  labels: { cni: 'calico' },
  extraArgs: { apiServer: ['--audit-log-maxage=30'], controllerManager: ['--v=2'], scheduler: ['--v=2'] },
  dataStore: { name: 'default' },
  addons: { coreDNS: false, kubeProxy: false, konnectivity: false },
  kubelet: { cgroupfs: 'cgroupfs', preferredAddressTypes: ['Hostname', 'InternalIP'] },
  deployment: {
    labels: { a: 'b' }, annotations: { 'example.com/a': 'b c' }, podLabels: { a: 'b' }, podAnnotations: { a: 'b' }, nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: 'podAntiAffinity:\n  preferredDuringSchedulingIgnoredDuringExecution:\n    - weight: 100\n      podAffinityTerm:\n        topologyKey: kubernetes.io/hostname\n        labelSelector: { matchLabels: { a: b } }\n',
    tolerations: '- { key: tenants, operator: Exists, effect: NoSchedule }\n',
    topologySpread: '- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway\n  labelSelector: { matchLabels: { a: b } }\n',
  },
  service: { type: 'ClusterIP', annotations: { 'metallb.io/address-pool': 'blue' }, labels: { network: 'blue' } },
  certSANs: ['api.example.com', '10.40.12.9'],
  serviceDomain: 'blue.local',
  apiServerPort: 7443,
}

const variants: readonly [string, (spec: ClusterSpec) => ClusterSpec][] = [
  ['DHCP and a load balancer', (spec) => ({ ...spec, addresses: { kind: 'dhcp' } })],
  ['a pool of addresses', (spec) => ({ ...spec, addresses: { ...pool, nameservers: [...pool.nameservers] } })],
  ['a fixed endpoint', (spec) => ({ ...spec, endpoint: { kind: 'fixed', host: '10.40.12.10', port: 7443 } })],
  ['a service network without Kamaji’s default DNS address', (spec) => ({ ...spec, networks: { pods: '10.200.0.0/16', services: '10.110.0.0/16' } })],
  ['everything that a machine’s settings have', (spec) => ({ ...spec, pool: { ...spec.pool, node: everyNodeSetting, extras: { storagePolicy: 'gold', searchDomains: ['example.com'], routes: [{ to: '10.0.0.0/8', via: '10.40.12.254', metric: 100 }], mtu: 9000 } } })],
  ['everything that networks have, fixed addresses too', (spec) => ({
    ...spec,
    addresses: { kind: 'dhcp', settings: { families: 'both', routes: false, nameservers: false }, nameservers: ['10.40.0.2'] },
    pool: { ...spec.pool, replicas: 1, moreNetworks: [{ network: 'vlan-50-nodes', nameservers: ['10.40.0.3'], searchDomains: ['example.com'], routes: [{ to: '10.9.0.0/16', via: '10.41.0.254', metric: 10 }], mtu: 9000, addresses: { kind: 'fixed', addresses: ['10.41.0.20-10.41.0.21'], prefix: 24, gateway: null } }] },
  })],
  ['everything under Advanced', (spec) => ({ ...spec, controlPlane: { replicas: 2, advanced: everythingAdvanced } })],
  ['a node port', (spec) => ({ ...spec, endpoint: { kind: 'fixed', host: '10.40.12.10', port: 30443 }, controlPlane: { ...spec.controlPlane, advanced: { ...spec.controlPlane.advanced, service: { type: 'NodePort', annotations: {}, labels: {} } } } })],
  ['no machines yet', (spec) => ({ ...spec, pool: { ...spec.pool, replicas: 0 } })],
]

describe('a cluster with', () => {
  test.each(variants)('%s is accepted, object by object', async (_name, change) => {
    const spec = change({ ...defaultSpec(offer, 'vsphere-north'), name: 'accepted' })
    const parsed = clusterSpec.safeParse(spec.addresses.kind === 'pool' && !spec.addresses.range ? { ...spec, addresses: { kind: 'dhcp' } } : spec)
    expect(parsed.error?.issues ?? []).toEqual([])
    for (const object of renderCluster(parsed.data!, { tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })) await bea.dryRunApply(object)
  })

  test('a file from a Secret that is not for machines is refused by the platform, whoever asks for it', async () => {
    const node: NodeConfig = { ...NO_NODE_CONFIG, files: [{ path: '/x', owner: '', permissions: '', append: false, content: { kind: 'secret', secret: { name: 'blue-kubeconfig', key: 'value' } } }] }
    const base = defaultSpec(offer, 'vsphere-north')
    const template = renderCluster({ ...base, name: 'thief', addresses: { kind: 'dhcp' }, pool: { ...base.pool, node } }, { tenant, offer, operationId: 'x' }).find(({ kind }) => kind === 'KubeadmConfigTemplate')!
    await expect(bea.dryRunApply(template)).rejects.toMatchObject({ view: { detail: expect.stringContaining('whose name begins with node.') as unknown } })
  })

  test('of two applies made from one reading the later is refused; what a controller or another tool wrote since is no hindrance', async () => {
    const of = (...addresses: string[]): KubeObject => ({ apiVersion: 'ipam.cluster.x-k8s.io/v1alpha2', kind: 'InClusterIPPool', metadata: { name: 'guarded', namespace: tenant, labels: { a: 'b' } }, spec: { addresses, prefix: 24, gateway: '10.40.12.1' } })
    const read = await bea.apply(of('10.40.12.64-10.40.12.65'))
    const asked = await Promise.allSettled([applyOver(bea, of('10.40.12.64-10.40.12.70'), read), applyOver(bea, of('10.40.12.64-10.40.12.80'), read)])
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(asked.some((answer) => answer.status === 'rejected' && isChangedMeanwhile(answer.reason))).toBe(true)
    const now = (await bea.get('InClusterIPPool', tenant, 'guarded')) ?? expect.fail('no pool')
    await bea.patch('InClusterIPPool', tenant, 'guarded', { metadata: { annotations: { seen: 'yes' } } })
    expect(await applyOver(bea, of('10.40.12.64-10.40.12.90'), now)).toMatchObject({ metadata: { annotations: { seen: 'yes' } }, spec: { addresses: ['10.40.12.64-10.40.12.90'] } })
  })

  test('a field that its CRD does not know is refused with the field’s name', async () => {
    const [cluster] = renderCluster({ ...defaultSpec(offer, 'vsphere-north'), name: 'strict', addresses: { kind: 'dhcp' } }, { tenant, offer, operationId: 'x' })
    const wrong = { ...cluster!, spec: { ...cluster!.spec, noSuchField: true } }
    await expect(bea.dryRunApply(wrong)).rejects.toMatchObject({ view: { code: expect.stringMatching(/refused|invalid/), detail: expect.stringContaining('noSuchField') } })
  })
})
