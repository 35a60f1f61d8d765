import { readFileSync } from 'node:fs'
import https from 'node:https'
import { AppsV1Api, KubeConfig, StorageV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { names } from '@/lib/addons/names'
import { renderAddOn, type AddOnContext } from '@/lib/addons/render'
import { BARE_STORAGE, ADD_ONS, type AddOnSettings } from '@/lib/addons/spec'
import { bareSettings } from '@/lib/addons/view'
import { defaultSpec } from '@/lib/cluster/defaults'
import { OFFER_ANNOTATION, vsphereOffer, type VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { liveAddOns } from '@/server/addons/live'
import { createDiscovery } from '@/server/management/discovery'
import { createPortalClient, type PortalClient } from '@/server/management/portal-client'
import { loadTransport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { admin, labFacts } from '../support/lab'
import { serviceMonitorCrd } from '../support/service-monitor-crd'
import { createTenant, removeTenant } from '../support/tenant'

/** Add-ons of a real cluster, written as the portal does with its own ServiceAccount. No kubelet runs their Pods in the lab: what is tested are objects. */
const facts = labFacts()
const lab = admin(facts)
const CLUSTER = 'addons'
let tenant: string
let offer: VSphereOffer
let bea: UserClient
let own: PortalClient
let owner: { name: string; uid: string }
let context: AddOnContext

const password = () => readFileSync(facts.vcenter.passwordFile, 'utf8').trim()
const rendered = (settings: AddOnSettings) => renderAddOn(settings, context).map((object) => withOwner(object, owner))
const secret = (name: string) => lab.core.readNamespacedSecret({ namespace: tenant, name })
const text = async (name: string, file: string) => Buffer.from((await secret(name)).data?.[file] ?? '', 'base64').toString('utf8')

function answer(url: URL, { ca, token }: { ca: Buffer; token: string }): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    https.get(url, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    }).on('error', reject)
  })
}

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  const transport = loadTransport(facts.portalKubeconfig)
  const discovery = createDiscovery(transport)
  bea = createUserClient(transport, discovery, { user: 'oidc:bea@tenantry.example', groups: [] })
  own = createPortalClient(transport, discovery, 'capv-system')
  const base = defaultSpec(offer, 'vsphere-north')
  const spec = { ...base, name: CLUSTER, addresses: { kind: 'dhcp' as const }, pool: { ...base.pool, replicas: 0 } }
  const [first, ...rest] = renderCluster(spec, { tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })
  const cluster = await bea.apply(first ?? expect.fail())
  owner = { name: CLUSTER, uid: cluster.metadata.uid ?? '' }
  for (const object of rest) await bea.apply(needsOwner(object) ? withOwner(object, owner) : object)
  const signIn = await own.signInOf('vsphere-north')
  context = { tenant, cluster: CLUSTER, kubernetes: spec.version, offer, datacenter: offer.datacenter, clusterId: owner.uid, signIn, apiPort: 6443, serviceMonitors: false, scrapeSecret: 'abcdefgh12345678' }
})
afterAll(() => removeTenant(lab, tenant))

describe('add-ons', () => {
  test.each(ADD_ONS)('%s: every object is accepted with strict validation, first dry, then really, and again', async (name) => {
    for (const object of rendered(bareSettings(name))) await own.apply(object, { dryRun: true })
    for (const object of [...rendered(bareSettings(name)), ...rendered(bareSettings(name))]) {
      const made = await own.apply(object)
      expect(made.metadata.ownerReferences?.[0], `${object.kind} ${object.metadata.name}`).toMatchObject({ kind: 'Cluster', uid: owner.uid })
    }
  })
  test('a field that nobody knows is refused: the check above can fail', async () => {
    const [deployment] = rendered(bareSettings('cpi')).filter(({ kind }) => kind === 'Deployment')
    const wrong = { ...deployment!, spec: { ...deployment!.spec, noSuchField: true } }
    await expect(own.apply(wrong, { dryRun: true })).rejects.toMatchObject({ view: { code: 'refused', detail: expect.stringContaining('noSuchField') } })
  })
  test('an object that is no add-on is not written', async () => {
    await expect(own.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: tenant } })).rejects.toThrow(/as itself/)
  })
})

test('the sign-in of the identity is in both files, as their programs read it', async () => {
  const read = parse(await text(names.cpiConfig(CLUSTER), 'vsphere.conf')) as { global: Record<string, unknown> }
  expect(read.global).toMatchObject({ user: facts.vcenter.user, password: password(), insecureFlag: false, thumbprint: facts.vcenter.thumbprint })
  expect(await text(names.csiConfig(CLUSTER), 'csi-vsphere.conf')).toContain(`password = "${password()}"`)
})

test('the tenant’s admin can look at add-ons, and finds no password', async () => {
  const { carriers, resourceSets } = await liveAddOns(bea, tenant, CLUSTER)
  expect([...carriers.keys()].toSorted()).toEqual([...ADD_ONS].toSorted())
  expect(resourceSets.get('csi')?.metadata.name).toBe(names.csiNode(CLUSTER))
  expect(JSON.stringify([...carriers.values(), ...resourceSets.values()])).not.toContain(password())
})

describe('the tenant’s admin does not come by the sign-in', () => {
  const name = names.cpiConfig(CLUSTER)
  test('by reading the Secret, or by a Pod that mounts it', async () => {
    await expect(bea.get('Secret', tenant, name)).rejects.toMatchObject({ view: { code: 'forbidden' } })
    const [deployment] = rendered(bareSettings('cpi')).filter(({ kind }) => kind === 'Deployment')
    await expect(bea.dryRunApply(deployment!)).rejects.toMatchObject({ view: { code: 'forbidden' } })
  })
  test('by a file of a machine that comes from it', async () => {
    const template = (from: string) => ({
      apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta2', kind: 'KubeadmConfigTemplate', metadata: { name: 'thief', namespace: tenant },
      spec: { template: { spec: { files: [{ path: '/root/loot', contentFrom: { secret: { name: from, key: 'vsphere.conf' } } }] } } },
    })
    await expect(bea.dryRunApply(template(name))).rejects.toMatchObject({ view: { code: 'refused', message: expect.stringContaining('vSphere sign-in') } })
    const older = { ...template(name), apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1' }
    await expect(bea.dryRunApply(older)).rejects.toMatchObject({ view: { code: 'refused', message: expect.stringContaining('vSphere sign-in') } })
    await bea.dryRunApply(template('node.own-proxy'))
  })
  test.each([
    ['volumes', { deployment: { extraVolumes: [{ name: 'loot', secret: { secretName: name } }] } }],
    ['containers', { deployment: { extraContainers: [{ name: 'thief', image: 'busybox' }] } }],
    ['an account', { deployment: { serviceAccountName: 'addons-cluster-autoscaler' } }],
    ['an image', { apiServer: { containerImageName: 'evil.example/kube-apiserver' } }],
    ['a registry', { registry: 'evil.example' }],
    ['the tunnel’s image', { addons: { konnectivity: { server: { port: 8132, image: 'evil.example/proxy-server' } } } }],
    ['the tunnel’s arguments', { addons: { konnectivity: { server: { port: 8132, extraArgs: ['--uds-name=/tmp/x'] } } } }],
    ['another’s place in etcd', { apiServer: { extraArgs: ['--etcd-prefix=/other_tenant'] } }],
    ['another’s place in etcd, as flags may be written', { apiServer: { extraArgs: ['--ETCD_prefix', '/other_tenant'] } }],
    ['an argument that is none', { scheduler: { extraArgs: ['-v=2'] } }],
    ['kine', { kine: { extraArgs: ['--endpoint=http://10.0.0.1:2379'] } }],
    ['a schema', { dataStoreSchema: 'other_tenant' }],
    ['a user of the datastore', { dataStoreUsername: 'other_tenant' }],
    ['another store for some', { dataStoreOverrides: [{ resource: '/secrets', dataStore: 'other' }] }],
    ['an Ingress', { network: { serviceType: 'LoadBalancer', ingress: { hostname: 'portal.example.com' } } }],
  ])('by %s of a control plane', async (_, more) => {
    const plane = { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'thief', namespace: tenant }, spec: { version: 'v1.35.2', network: { serviceType: 'LoadBalancer' }, ...more } }
    await expect(bea.dryRunApply(plane)).rejects.toMatchObject({ view: { code: 'refused', message: expect.stringMatching(/the platform's|Kamaji's to choose/) } })
  })
  test('and what the portal’s own form writes is taken', async () => {
    const plane = { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'honest', namespace: tenant }, spec: { version: 'v1.35.2', network: { serviceType: 'LoadBalancer' }, dataStoreName: 'default', addons: { konnectivity: {} }, apiServer: { extraArgs: ['--v=2', '--feature-gates=A=true'] } } }
    await bea.dryRunApply(plane)
  })
  test('by a machine that starts from a Secret of their choice', async () => {
    const pool = {
      apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineDeployment', metadata: { name: 'thief', namespace: tenant },
      spec: { clusterName: CLUSTER, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { clusterName: CLUSTER, bootstrap: { dataSecretName: `${CLUSTER}-kubeconfig` }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereMachineTemplate', name: 't' } } } },
    }
    await expect(bea.dryRunApply(pool)).rejects.toMatchObject({ view: { code: 'refused', message: expect.stringContaining('KubeadmConfigTemplate') } })
  })
})

test('the node part and the StorageClass arrive in the tenant cluster; another class follows, and what is there stays', async () => {
  const api = await vi.waitFor(async () => {
    const config = new KubeConfig()
    config.loadFromString(await text(`${CLUSTER}-kubeconfig`, 'value'))
    return config
  }, { timeout: 60_000, interval: 1_000 })
  const storage = api.makeApiClient(StorageV1Api)
  await vi.waitFor(async () => expect((await storage.readStorageClass({ name: 'vsphere' })).provisioner).toBe('csi.vsphere.vmware.com'), { timeout: 100_000, interval: 1_000 })
  const daemon = await api.makeApiClient(AppsV1Api).readNamespacedDaemonSet({ namespace: 'vmware-system-csi', name: 'vsphere-csi-node' })
  expect(daemon.spec?.template.spec?.containers.map(({ name }) => name)).toEqual(['node-driver-registrar', 'vsphere-csi-node', 'liveness-probe'])
  for (const object of rendered({ name: 'csi', ...BARE_STORAGE, className: 'gold', policy: 'Gold', region: 'k8s-region', zone: 'k8s-zone', reclaimPolicy: 'Retain', isDefault: 'no', expansion: 'refused' })) await own.apply(object)
  const gold = () => storage.readStorageClass({ name: 'gold' })
  await vi.waitFor(async () => expect(await gold()).toMatchObject({ parameters: { storagepolicyname: 'Gold' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: false }), { timeout: 60_000, interval: 1_000 })
  await storage.readStorageClass({ name: 'vsphere' })
  // What Kubernetes lets change is changed; and without a class the rest still arrives.
  for (const object of rendered({ name: 'csi', ...BARE_STORAGE, className: 'gold', policy: 'Gold', reclaimPolicy: 'Retain' })) await own.apply(object)
  await vi.waitFor(async () => expect(await gold()).toMatchObject({ allowVolumeExpansion: true, metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } }), { timeout: 60_000, interval: 1_000 })
  for (const object of rendered({ name: 'csi', ...BARE_STORAGE, className: '' })) await own.apply(object)
  await vi.waitFor(async () => {
    const { resourceSets } = await liveAddOns(bea, tenant, CLUSTER)
    expect((resourceSets.get('csi')?.status?.['conditions'] as { type: string; status: string }[] | undefined)?.find(({ type }) => type === 'ResourcesApplied')?.status).toBe('True')
  }, { timeout: 30_000, interval: 1_000 })
})

describe('metrics', () => {
  const metrics = { name: 'metrics', scraper: 'monitoring/prometheus' } as const
  const monitors = (more: Partial<AddOnContext> = {}) => renderAddOn(metrics, { ...context, serviceMonitors: true, ...more }).map((object) => withOwner(object, owner))

  test('the token reads /metrics of the tenant’s API server, and nothing else; another one takes its place', async () => {
    const config = new KubeConfig()
    config.loadFromString(await text(`${CLUSTER}-kubeconfig`, 'value'))
    const { server, caData } = config.getCurrentCluster() ?? expect.fail()
    const ask = (token: string, path: string) => answer(new URL(path, server), { ca: Buffer.from(caData ?? '', 'base64'), token })
    const token = await text(names.metricsToken(CLUSTER), 'token')
    await vi.waitFor(async () => expect(await ask(token, '/metrics')).toMatchObject({ status: 200, body: expect.stringContaining('apiserver_request_total') }), { timeout: 100_000, interval: 2_000 })
    for (const path of ['/api/v1/namespaces', '/api/v1/namespaces/kube-system/secrets', '/logs']) expect((await ask(token, path)).status, path).toBe(403)
    for (const object of monitors({ serviceMonitors: false, scrapeSecret: '8765432100000000' })) await own.apply(object)
    await vi.waitFor(async () => expect((await ask('metric.8765432100000000', '/metrics')).status).toBe(200), { timeout: 60_000, interval: 2_000 })
    // The API server remembers for ten seconds whose token it was.
    await vi.waitFor(async () => expect((await ask(token, '/metrics')).status).toBe(401), { timeout: 30_000, interval: 2_000 })
  })
  test('a ServiceMonitor is written once its kind is there, and removed with or without it', async () => {
    expect(await own.has('ServiceMonitor')).toBe(false)
    await own.delete('ServiceMonitor', tenant, names.metrics(CLUSTER))
    const crd = await lab.objects.create(serviceMonitorCrd as never)
    try {
      await vi.waitFor(async () => expect(await own.has('ServiceMonitor')).toBe(true), { timeout: 20_000, interval: 500 })
      await vi.waitFor(async () => {
        for (const object of monitors()) await own.apply(object)
      }, { timeout: 20_000, interval: 500 })
      const monitor = (await lab.custom.getNamespacedCustomObject({ group: 'monitoring.coreos.com', version: 'v1', plural: 'servicemonitors', namespace: tenant, name: names.metrics(CLUSTER) })) as KubeObject
      expect(monitor.metadata.ownerReferences).toMatchObject([{ kind: 'Cluster', uid: owner.uid }])
      // A misspelt field would have been refused.
      const [wrong] = monitors().filter(({ kind }) => kind === 'ServiceMonitor')
      await expect(own.apply({ ...wrong!, spec: { ...wrong!.spec, endpoint: [] } }, { dryRun: true })).rejects.toMatchObject({ view: { code: 'refused' } })
      await own.delete('ServiceMonitor', tenant, names.metrics(CLUSTER))
    } finally {
      await lab.objects.delete(crd)
    }
    await vi.waitFor(async () => expect(await own.has('ServiceMonitor')).toBe(false), { timeout: 20_000, interval: 500 })
  })
  test('the scraper may find its targets, and reads no Secret', async () => {
    const may = async (resource: string, verb: string) => {
      const review = await lab.reviews.createSubjectAccessReview({ body: { spec: { user: 'system:serviceaccount:monitoring:prometheus', resourceAttributes: { namespace: tenant, resource, verb } } } })
      return review.status?.allowed
    }
    expect(await Promise.all([may('pods', 'list'), may('services', 'watch'), may('secrets', 'get'), may('pods', 'delete')])).toEqual([true, true, false, false])
  })
  test('a Service of the portal is for control planes alone', async () => {
    const [service] = monitors().filter(({ kind }) => kind === 'Service')
    const other = (spec: object) => own.apply({ ...service!, metadata: { ...service!.metadata, name: `${CLUSTER}-other` }, spec: { ...service!.spec, ...spec } }, { dryRun: true })
    await other({})
    for (const spec of [{ clusterIP: undefined, type: 'LoadBalancer' }, { selector: { app: 'x' } }, { externalIPs: ['10.0.0.1'] }]) await expect(other(spec)).rejects.toMatchObject({ view: { code: 'refused' } })
  })
})

test('a removed autoscaler leaves nothing, and all the rest goes with the Cluster', async () => {
  await own.delete('Deployment', tenant, names.autoscaler(CLUSTER))
  await own.delete('Deployment', tenant, names.autoscaler(CLUSTER))
  await vi.waitFor(async () => expect([...(await liveAddOns(bea, tenant, CLUSTER)).carriers.keys()]).not.toContain('autoscaler'), { timeout: 20_000, interval: 250 })
  await bea.delete('Cluster', tenant, CLUSTER, owner.uid)
  await vi.waitFor(async () => {
    expect((await liveAddOns(bea, tenant, CLUSTER)).carriers.size).toBe(0)
    const left = await lab.core.listNamespacedSecret({ namespace: tenant })
    expect(left.items.map(({ metadata }) => metadata?.name)).toEqual([])
    const maps = await lab.core.listNamespacedConfigMap({ namespace: tenant })
    expect(maps.items.map(({ metadata }) => metadata?.name).filter((name) => name?.startsWith(CLUSTER))).toEqual([])
    expect(await bea.get('ClusterResourceSet', tenant, names.csiNode(CLUSTER))).toBeNull()
  }, { timeout: 110_000, interval: 2_000 })
})
