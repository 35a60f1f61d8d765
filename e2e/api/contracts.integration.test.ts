import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { defaultSpec } from '@/lib/cluster/defaults'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { planPlaneChange } from '@/lib/control-plane/change'
import { PLANE_FIELDS, valueAt } from '@/lib/control-plane/fields'
import { readPlane } from '@/lib/control-plane/read'
import { withAt } from '@/lib/kubernetes/dig'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { withOwner } from '@/lib/manifests/labels'
import { firstPool, machineFacts } from '@/lib/manifests/pool-objects'
import { renderCluster } from '@/lib/manifests/render'
import { type Contract, NEWEST, OLDER, toContract } from '@/lib/manifests/v1beta1'
import type { NodeConfig } from '@/lib/node-config/spec'
import { planPoolAdd, planPoolRemove, planRestart, planScale } from '@/lib/node-pool/acts'
import { planPoolChange } from '@/lib/node-pool/change'
import type { FixedAddresses } from '@/lib/node-pool/device'
import { type LivePool, machineRef } from '@/lib/node-pool/live'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { createDiscovery } from '@/server/management/discovery'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/**
 * One model, two contracts: every object of a pool's life is accepted by the real API in each version that it serves, and what
 * an apply leaves out does what the planner says. There is no control plane here, so that no machine is ever made.
 */
const facts = labFacts()
const lab = admin(facts)
let tenant: string
let offer: VSphereOffer
let bea: UserClient
let spec: ClusterSpec
let owner: { name: string; uid: string }

/** As this lab serves its groups: Kamaji's provider has one version at a time, and so has CAPV up to v1.15. */
const older = facts.profile === 'kamaji'
const SERVED: Contract = older ? { ...NEWEST, infrastructure: 'v1beta1', controlPlane: 'v1alpha1' } : NEWEST
const contracts: readonly [string, Contract][] = older
  ? [['v1beta2 beside an older CAPV and Kamaji', SERVED], ['v1beta1', OLDER]]
  : [['v1beta2', SERVED], ['v1beta1', { ...OLDER, controlPlane: 'v1alpha2' }], ['v1beta1 beside a newer CAPV', { ...NEWEST, cluster: 'v1beta1' }]]
const context = () => ({ tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })
const facet = () => ({ tenant, cluster: owner, machines: machineFacts(spec) })

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: SERVED.infrastructure, plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const transport = loadTransport(facts.portalKubeconfig)
  bea = createUserClient(transport, createDiscovery(transport), { user: 'oidc:bea@tenantry.example', groups: [] })
  const base = defaultSpec(offer, 'vsphere-north')
  spec = { ...base, name: 'contracts', addresses: { kind: 'pool', range: '10.40.12.64-10.40.12.95', prefix: 24, gateway: '10.40.12.1', nameservers: ['10.40.0.2'] }, endpoint: { kind: 'fixed', host: '10.40.12.10', port: 7443 } }
  const objects = renderCluster(spec, context())
  const cluster = await bea.apply(objects.find(({ kind }) => kind === 'Cluster') ?? expect.fail())
  owner = { name: cluster.metadata.name, uid: cluster.metadata.uid ?? '' }
  const pool = objects.filter(({ kind }) => ['VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck'].includes(kind))
  for (const object of pool) await bea.apply(object.kind === 'MachineDeployment' ? object : withOwner(object, owner))
})
afterAll(() => removeTenant(lab, tenant))

const GROUPS = { cluster: 'cluster.x-k8s.io', infrastructure: 'infrastructure.cluster.x-k8s.io', bootstrap: 'bootstrap.cluster.x-k8s.io' } as const
async function list(contract: Contract, group: keyof typeof GROUPS, plural: string): Promise<KubeObject[]> {
  const version = contract[group]
  const found = (await lab.custom.listNamespacedCustomObject({ group: GROUPS[group], version, namespace: tenant, plural })) as { kind: string; items: KubeObject[] }
  return found.items.map((item) => ({ ...item, apiVersion: `${GROUPS[group]}/${version}`, kind: found.kind.replace(/List$/, '') }))
}

/** The pool as the API server gives it in that contract. */
async function live(contract: Contract = SERVED, name = 'contracts-general'): Promise<LivePool> {
  const deployments = await list(contract, 'cluster', 'machinedeployments')
  return {
    deployment: deployments.find(({ metadata }) => metadata.name === name) ?? expect.fail(name),
    machineTemplates: await list(contract, 'infrastructure', 'vspheremachinetemplates'),
    bootstrapTemplates: await list(contract, 'bootstrap', 'kubeadmconfigtemplates'),
    healthChecks: await list(contract, 'cluster', 'machinehealthchecks'),
  }
}
const change = async (change: Partial<PoolSpec>, contract: Contract = SERVED) => {
  const now = await live(contract)
  return planPoolChange(now, { ...readPool(now).spec, ...change }, owner)
}
const apply = async (objects: readonly KubeObject[]) => {
  for (const object of objects) await bea.apply(object)
}

const SECRET = { name: 'node.site', key: 'a' }
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
/** Everything that a machine can be set up with. */
const wholeNode: NodeConfig = {
  users: [
    { name: 'ubuntu', groups: 'adm', shell: '/bin/bash', sudo: 'ALL=(ALL) NOPASSWD:ALL', sshKeys: ['ssh-ed25519 AAAA a@b'], lockPassword: true, password: null },
    { name: 'ops', groups: '', shell: '', sudo: '', sshKeys: [], lockPassword: false, password: SECRET },
  ],
  files: [
    { path: '/etc/motd', owner: 'root:root', permissions: '0644', append: false, content: { kind: 'text', text: 'hello\n' } },
    { path: '/etc/a', owner: '', permissions: '', append: true, content: { kind: 'secret', secret: SECRET } },
  ],
  preCommands: ['echo one'], postCommands: ['touch /done'], ntpServers: ['time.example.com'],
  kubeletArgs: [{ name: 'max-pods', value: '200' }, { name: 'image-gc-high-threshold', value: '80' }],
  authorities: [{ name: 'company', pem: PEM }], mirrors: [{ registry: 'docker.io', endpoints: ['https://mirror.example.com'] }],
  proxy: { url: 'http://proxy.example.com:3128', credentials: SECRET, noProxy: ['localhost', '.svc', '10.244.0.0/16'] },
}

describe.each(contracts)('in %s', (_name, contract) => {
  const accepted = async (objects: readonly KubeObject[]) => {
    expect(objects.length).toBeGreaterThan(0)
    for (const object of objects) await bea.dryRunApply(toContract(object, contract))
  }
  const everything = (name: string): PoolSpec => ({
    ...firstPool(spec), name, size: { kind: 'autoscaled', min: 1, max: 4 }, zones: ['north'],
    labels: { tier: 'backend', 'node-role.kubernetes.io/worker': '' },
    taints: [{ key: 'example.com/gpu', value: '', effect: 'NoSchedule' }, { key: 'example.com/team', value: 'a', effect: 'NoExecute' }],
    strategy: { kind: 'rolling', surge: '25%', unavailable: 1 },
    node: wholeNode,
  })

  test('every object of a new cluster is accepted', async () => {
    for (const addresses of [spec.addresses, { kind: 'dhcp' } as const]) {
      const objects = renderCluster({ ...spec, name: 'another', addresses }, context())
      await accepted(objects.map((object) => (object.kind === 'Cluster' ? object : withOwner(object, owner))))
    }
  })
  test('a new pool with everything is accepted, autoscaled, tainted, in a zone or replaced on delete', async () => {
    await accepted(planPoolAdd(facet(), everything('full')).objects)
    await accepted(planPoolAdd(facet(), { ...everything('ondelete'), strategy: { kind: 'on-delete' }, repair: { ...firstPool(spec).repair, maxUnhealthy: 2 } }).objects)
  })
  test('a new pool with everything that network devices can have is accepted, fixed addresses too', async () => {
    const pool = firstPool(spec)
    const settings = { nameservers: ['10.40.0.3'], searchDomains: ['example.com'], routes: [{ to: '10.0.0.0/8', via: '10.40.12.254', metric: 100 }], mtu: 9000 }
    const fixed: FixedAddresses = { kind: 'fixed', addresses: ['10.40.12.20', '10.40.12.30-10.40.12.34'], prefix: 24, gateway: '10.40.12.1' }
    const networks = [
      { ...settings, network: 'vlan-50-nodes', addresses: { kind: 'dhcp', families: 'both', routes: false, nameservers: false } as const },
      { ...settings, network: 'vlan-60', addresses: { ...fixed, addresses: ['2001:db8::5'], prefix: 64, gateway: null } },
    ]
    const { objects } = planPoolAdd(facet(), { ...pool, name: 'network', machine: { ...pool.machine, ...settings, addresses: fixed }, moreNetworks: networks })
    expect(objects.filter(({ kind }) => kind === 'InClusterIPPool')).toHaveLength(2)
    await accepted(objects)
  })
  test('CAPV takes no fixed address in a template, which is why they are a pool', async () => {
    const [template] = planPoolAdd(facet(), { ...firstPool(spec), name: 'direct' }).objects
    const device = { networkName: 'n', dhcp4: false, ipAddrs: ['10.40.12.20/24'], gateway4: '10.40.12.1' }
    await expect(bea.dryRunApply(toContract({ ...template!, spec: { template: { spec: { ...(template!.spec as { template: { spec: object } }).template.spec, network: { devices: [device] } } } } }, contract))).rejects.toMatchObject({ view: { detail: expect.stringContaining('ipAddrs') as unknown } })
  })
  test('the live pool reads back as it was asked for, with nothing unknown', async () => {
    expect(readPool(await live(contract))).toEqual({ spec: firstPool(spec), unknown: [] })
  })
  test('every change of the live pool is accepted', async () => {
    const pool = firstPool(spec)
    await accepted((await change({ machine: { ...pool.machine, memoryMiB: 8192, datastore: null } }, contract)).objects)
    await accepted((await change({ ...everything('general'), machine: { ...pool.machine, cpus: 8 } }, contract)).objects)
    await accepted((await change({ strategy: { kind: 'on-delete' }, repair: { ...pool.repair, unhealthySeconds: 60 } }, contract)).objects)
    await accepted(planRestart(await live(contract), new Date()).objects)
  })
})

/** Its group has one version at a time: here is the one that this lab's profile serves. */
describe('a control plane that is there', () => {
  const at = { group: 'controlplane.cluster.x-k8s.io', version: SERVED.controlPlane, plural: 'kamajicontrolplanes', name: 'contracts' } as const
  const plane = async () => {
    const [controlPlane, cluster] = await Promise.all([lab.custom.getNamespacedCustomObject({ ...at, namespace: tenant }), bea.get('Cluster', tenant, 'contracts')])
    return { controlPlane: controlPlane as KubeObject, cluster: cluster ?? expect.fail('no Cluster'), deployment: null }
  }
  const full = {
    controlPlane: {
      replicas: 1,
      advanced: {
        ...NOTHING_ADVANCED, labels: { cni: 'calico' }, certSANs: ['api.example.com'],
        extraArgs: { apiServer: ['--v=2'], controllerManager: ['--v=2'], scheduler: ['--v=2'] },
        addons: { coreDNS: false, kubeProxy: false, konnectivity: false },
        kubelet: { cgroupfs: 'cgroupfs' as const, preferredAddressTypes: ['Hostname' as const] },
        service: { ...NOTHING_ADVANCED.service, annotations: { 'metallb.io/address-pool': 'blue' }, labels: { network: 'blue' } },
        deployment: { labels: { a: 'b' }, annotations: { a: 'b' }, podLabels: { a: 'b' }, podAnnotations: { a: 'b' }, nodeSelector: { a: 'b' }, affinity: 'podAntiAffinity:\n  preferredDuringSchedulingIgnoredDuringExecution: []', tolerations: '- operator: Exists', topologySpread: '- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway' },
      },
    },
  }
  beforeAll(async () => {
    await bea.apply(renderCluster(spec, context()).find(({ kind }) => kind === 'KamajiControlPlane') ?? expect.fail())
  })

  test.each(PLANE_FIELDS.map(({ words, path }) => [words, path]))('%s is accepted, taken and given back', async (_words, path) => {
    const before = await plane()
    const was = readPlane(before)
    const wanted = withAt(was, path.split('.'), valueAt(full, path))
    const there = planPlaneChange(before, wanted)
    expect([there.changes.map((each) => each.path), there.held]).toEqual([[path], []])
    for (const object of there.objects) await bea.dryRunApply(object)
    await apply(there.objects)
    const taken = await plane()
    expect(readPlane(taken)).toEqual(wanted)
    await apply(planPlaneChange(taken, was).objects)
    expect(readPlane(await plane())).toEqual(was)
  })

  test('all of them at once', async () => {
    const before = await plane()
    await apply(planPlaneChange(before, { controlPlane: { ...full.controlPlane, advanced: { ...full.controlPlane.advanced, ...fixedOf(before) } } }).objects)
    expect(readPlane(await plane()).controlPlane.advanced).toMatchObject({ addons: { coreDNS: false }, certSANs: ['api.example.com'], labels: { cni: 'calico' } })
  })
  const fixedOf = (before: Awaited<ReturnType<typeof plane>>) => {
    const { dataStore, serviceDomain, apiServerPort } = readPlane(before).controlPlane.advanced
    return { dataStore, serviceDomain, apiServerPort }
  }
})

/** One after another, on the one pool: each begins where the last one ended. */
describe('an apply, really', () => {
  const replicas = async () => readPool(await live()).spec.size
  const sets = async () => (await list(NEWEST, 'cluster', 'machinesets')).filter(({ metadata }) => metadata.deletionTimestamp === undefined).length
  const machines = 3

  test('a label changes nothing else: the size stays, and no second MachineSet is made', async () => {
    await vi.waitFor(async () => expect(await sets()).toBe(1), { timeout: 30_000, interval: 500 })
    await apply((await change({ labels: { tier: 'backend' } })).objects)
    expect(readPool(await live()).spec).toMatchObject({ labels: { tier: 'backend' }, size: { kind: 'fixed', replicas: machines } })
    const labelled = async () => JSON.stringify((await list(NEWEST, 'cluster', 'machinesets')).map(({ spec }) => spec))
    await vi.waitFor(async () => expect(await labelled()).toContain('"tier":"backend"'), { timeout: 30_000, interval: 500 })
    expect(await sets()).toBe(1)
    await apply((await change({ labels: {} })).objects)
    expect(readPool(await live()).spec.labels).toEqual({})
  })

  test('left out while the create’s apply owns it, the size would become 1: which is why it is repeated', async () => {
    const planned = (await change({ labels: { a: 'b' } })).objects
    expect(planned[0]?.spec?.['replicas']).toBe(machines)
    const [deployment] = planned.map((object) => ({ ...object, spec: Object.fromEntries(Object.entries(object.spec ?? {}).filter(([field]) => field !== 'replicas')) }))
    const dry = (await lab.custom.patchNamespacedCustomObject(
      { group: GROUPS.cluster, version: 'v1beta2', namespace: tenant, plural: 'machinedeployments', name: 'contracts-general', body: deployment, dryRun: 'All', fieldManager: 'tenantry', force: false },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    )) as KubeObject
    expect(dry.spec?.['replicas']).toBe(1)
  })

  test('after a scale the size is the scale’s: left out it stays, and a plan from before is a conflict', async () => {
    const stale = await change({ labels: { late: 'yes' } })
    const planned = planScale(await live(), 5)
    for (const { deployment, replicas: size } of planned.scales) await bea.patchScale(tenant, deployment, size)
    await expect(apply(stale.objects)).rejects.toMatchObject({ view: { code: 'conflict' } })
    const { objects } = await change({ labels: { a: 'b' } })
    expect(objects[0]?.spec).not.toHaveProperty('replicas')
    await apply(objects)
    expect(await replicas()).toEqual({ kind: 'fixed', replicas: 5 })
  })

  test('the autoscaler takes the size as it is, and gives it back as it is', async () => {
    await apply((await change({ size: { kind: 'autoscaled', min: 2, max: 8 } })).objects)
    const now = await live()
    expect(readPool(now).spec.size).toEqual({ kind: 'autoscaled', min: 2, max: 8 })
    expect(now.deployment.spec?.['replicas']).toBe(5)
    await apply((await change({ size: { kind: 'fixed', replicas: 5 } })).objects)
    expect(await replicas()).toEqual({ kind: 'fixed', replicas: 5 })
  })

  test('a pool that begins autoscaled begins with its smallest size, and keeps it afterwards', async () => {
    await apply(planPoolAdd(facet(), { ...firstPool(spec), name: 'auto', size: { kind: 'autoscaled', min: 2, max: 8 } }).objects)
    const now = await live(SERVED, 'contracts-auto')
    expect(now.deployment.spec?.['replicas']).toBe(2)
    await apply(planPoolChange(now, { ...readPool(now).spec, size: { kind: 'fixed', replicas: 2 } }, owner).objects)
    expect(readPool(await live(SERVED, 'contracts-auto')).spec.size).toEqual({ kind: 'fixed', replicas: 2 })
    for (const { kind, name, uid } of planPoolRemove(await live(SERVED, 'contracts-auto')).removes) await bea.delete(kind as 'MachineDeployment', tenant, name, uid ?? undefined)
  })

  test('replaced on delete and back: what no longer belongs is taken away', async () => {
    await apply((await change({ strategy: { kind: 'on-delete' } })).objects)
    expect((await live()).deployment.spec?.['rollout']).toEqual({ strategy: { type: 'OnDelete' } })
    await apply((await change({ strategy: { kind: 'rolling', surge: 1, unavailable: 0 } })).objects)
    expect(readPool(await live()).spec.strategy).toEqual({ kind: 'rolling', surge: 1, unavailable: 0 })
  })

  test('a restart makes a second MachineSet, and a change after it keeps its moment', async () => {
    await apply(planRestart(await live(), new Date()).objects)
    await vi.waitFor(async () => expect(await sets()).toBe(2), { timeout: 30_000, interval: 500 })
    const { after } = (await live()).deployment.spec?.['rollout'] as { after: string }
    await apply((await change({ timeouts: { drainSeconds: 60, volumeDetachSeconds: 60, deletionSeconds: 10 } })).objects)
    expect((await live()).deployment.spec?.['rollout']).toMatchObject({ after })
  })

  test('memory makes a new template and a new MachineSet; a health check goes and comes', async () => {
    const pool = readPool(await live()).spec
    const planned = await change({ machine: { ...pool.machine, memoryMiB: 4096 } })
    expect(planned).toMatchObject({ rolls: true, machinesReplaced: 5, spareAddressesNeeded: 1 })
    await apply(planned.objects)
    const [template] = planned.objects
    const refers = async () => (await list(NEWEST, 'cluster', 'machinesets')).some((set) => machineRef(set)?.name === template?.metadata.name)
    await vi.waitFor(async () => expect(await refers()).toBe(true), { timeout: 30_000, interval: 500 })
    for (const { kind, name, uid } of (await change({ repair: { ...pool.repair, on: false } })).removes) await bea.delete(kind as 'MachineHealthCheck', tenant, name, uid ?? undefined)
    expect(readPool(await live()).spec.repair.on).toBe(false)
    await apply((await change({ repair: pool.repair })).objects)
    expect(readPool(await live()).spec.repair).toEqual(pool.repair)
  })
})
