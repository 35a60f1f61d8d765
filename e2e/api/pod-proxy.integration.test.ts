import { KubeConfig, type V1APIResourceList } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { names } from '@/lib/addons/names'
import { OPT_OUT, podProxyObjects, type ProxySettings } from '@/lib/addons/pod-proxy'
import { POLICY_ARGS } from '@/lib/addons/policy-version'
import { objectsOfAddOn } from '@/lib/addons/removal'
import { renderAddOn, type AddOnContext } from '@/lib/addons/render'
import { defaultSpec } from '@/lib/cluster/defaults'
import { OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import { dig, listIn, recordIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { renderCluster } from '@/lib/manifests/render'
import { takePolicyOut } from '@/server/addons/pod-proxy'
import { createDiscovery } from '@/server/management/discovery'
import { createPortalClient, type PortalClient } from '@/server/management/portal-client'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport, transportFromText, type Transport } from '@/server/management/transport'
import { createUserClient, type UserClient } from '@/server/management/user-client'
import { setRuntime } from '@/server/runtime'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/** The proxy in Pods of a real tenant cluster. It takes no kubelet: what an API server makes of a Pod shows when it is created. */
const facts = labFacts()
const lab = admin(facts)
const CLUSTER = 'proxied'
const transport = loadTransport(facts.portalKubeconfig)
const discovery = createDiscovery(transport)
const PATIENCE = { timeout: 60_000, interval: 500 }
let tenant: string
let bea: UserClient
let own: PortalClient
let context: AddOnContext
let inside: Transport

const controlPlane = async () => (await bea.get('KamajiControlPlane', tenant, CLUSTER)) ?? expect.fail('no control plane')
const setArguments = (extraArgs: readonly string[]) =>
  lab.custom.patchNamespacedCustomObject({ group: 'controlplane.cluster.x-k8s.io', version: 'v1alpha2', namespace: tenant, plural: 'kamajicontrolplanes', name: CLUSTER, body: [{ op: 'add', path: '/spec/apiServer', value: { extraArgs } }] })
/** Whether the tenant's API server serves the kind in its beta. */
const servesBeta = () =>
  inside.json<V1APIResourceList>({ method: 'GET', path: '/apis/admissionregistration.k8s.io/v1beta1' }).then(({ resources }) => resources.some(({ name }) => name === 'mutatingadmissionpolicies'), () => false)

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }])
  const identity = (await lab.custom.getClusterCustomObject({ group: 'infrastructure.cluster.x-k8s.io', version: 'v1beta2', plural: 'vsphereclusteridentities', name: 'vsphere-north' })) as KubeObject
  const offer = vsphereOffer.parse(JSON.parse(identity.metadata.annotations?.[OFFER_ANNOTATION] ?? ''))
  own = createPortalClient(transport, discovery, 'capv-system')
  bea = createUserClient(transport, discovery, { user: 'oidc:bea@tenantry.example', groups: [] })
  const base = defaultSpec(offer, 'vsphere-north')
  const spec = { ...base, name: CLUSTER, addresses: { kind: 'dhcp' as const }, pool: { ...base.pool, replicas: 0 } }
  const [first, ...rest] = renderCluster(spec, { tenant, offer, operationId: '7c2e8e5e-0000-4000-8000-000000000000' })
  const { metadata: { uid = '' } } = await bea.apply(first ?? expect.fail())
  for (const object of rest) await bea.apply(needsOwner(object) ? withOwner(object, { name: CLUSTER, uid }) : object)
  context = { tenant, cluster: CLUSTER, kubernetes: spec.version, offer, datacenter: offer.datacenter, clusterId: uid, signIn: null, apiPort: 6443, serviceMonitors: false, scrapeSecret: null }
  const kubeconfig = await vi.waitFor(async () => {
    const secret = await lab.core.readNamespacedSecret({ namespace: tenant, name: `${CLUSTER}-kubeconfig` })
    const text = Buffer.from(secret.data?.['value'] ?? '', 'base64').toString('utf8')
    new KubeConfig().loadFromString(text)
    return text
  }, { timeout: 100_000, interval: 1_000 })
  inside = transportFromText(kubeconfig)
  await vi.waitFor(() => inside.json({ method: 'GET', path: '/version' }), PATIENCE)
})
afterAll(async () => {
  await inside.close()
  await transport.close()
  await removeTenant(lab, tenant)
})

test('an argument of the control plane reaches the API server; a bad one leaves the one before it in service until it is taken back', async () => {
  const replicas = (count: number) => vi.waitFor(async () => expect(dig((await controlPlane()).status, 'replicas')).toBe(count), PATIENCE)
  expect(await servesBeta()).toBe(false)
  await setArguments(POLICY_ARGS)
  await vi.waitFor(async () => expect(await servesBeta()).toBe(true), PATIENCE)
  await replicas(3)
  await setArguments([...POLICY_ARGS, '--no-such-flag=1'])
  await replicas(6)
  expect(await servesBeta()).toBe(true)
  expect(dig((await controlPlane()).status, 'readyReplicas')).toBe(3)
  await setArguments([])
  await vi.waitFor(async () => expect(await servesBeta()).toBe(false), PATIENCE)
  await replicas(3)
})

/** The environment that a new Pod has, container by container, init containers first; nothing runs it. */
async function environment(namespace: string, name: string, pod: { readonly labels?: object; readonly spec?: object } = {}): Promise<readonly (readonly string[])[]> {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: pod.labels }, spec: { containers: [{ name: 'main', image: 'busybox' }], automountServiceAccountToken: false, ...pod.spec } }
  const made = await inside.json({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, query: { dryRun: 'All' }, body })
  return [...listIn(made, 'spec', 'initContainers'), ...listIn(made, 'spec', 'containers')].map((container) => listIn(container, 'env').map((one) => `${stringIn(one, 'name') ?? ''}=${stringIn(one, 'value') ?? ''}`))
}
const proxied = (url: string, noProxy: string) => ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'].map((name) => `${name}=${/no/i.test(name) ? noProxy : url}`)
const write = async (settings: ProxySettings) => {
  for (const object of renderAddOn(settings, context)) await own.apply(withOwner(object, { name: CLUSTER, uid: context.clusterId }))
}
/** What the set carries, as the API server checks it where no unknown field is dropped in silence. */
async function strictly(settings: ProxySettings): Promise<void> {
  const [configMap] = podProxyObjects({ tenant, cluster: CLUSTER }, settings, context.kubernetes)
  for (const document of parseAllDocuments(String(dig(configMap, 'data', 'objects.yaml')))) {
    const object = document.toJS() as KubeObject
    const plural = object.kind === 'MutatingAdmissionPolicy' ? 'mutatingadmissionpolicies' : 'mutatingadmissionpolicybindings'
    await inside.json({ method: 'POST', path: `/apis/${object.apiVersion}/${plural}`, query: { dryRun: 'All', fieldValidation: 'Strict' }, body: { ...object, metadata: { name: 'dry-run' } } })
  }
}
/** With the account that a Pod has; no controller manager makes it here. */
async function namespace(name: string, labels: object = {}): Promise<void> {
  const apply = (path: string, body: object) => inside.json({ method: 'PATCH', path, query: { fieldManager: 'test', force: 'true' }, body, contentType: 'application/apply-patch+yaml' })
  await apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  await apply(`/api/v1/namespaces/${name}/serviceaccounts/default`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } })
}

test('once the API server takes the policy, new Pods get the proxy, and only those that want it', async () => {
  await namespace('shop')
  await namespace('kube-system')
  await namespace('bare', { [OPT_OUT.key]: OPT_OUT.value })
  const settings: ProxySettings = { name: 'proxy', url: 'http://proxy.example.com:3128', noProxy: 'localhost,10.96.0.0/16, .svc' }
  const env = proxied(settings.url, 'localhost,10.96.0.0/16,.svc')
  // Before the API server takes it: Cluster API comes back until it does.
  await write(settings)
  await setArguments(POLICY_ARGS)
  await vi.waitFor(() => strictly(settings), PATIENCE)
  await vi.waitFor(async () => expect(await environment('shop', 'plain')).toEqual([env]), { timeout: 110_000, interval: 1_000 })
  const main = { name: 'main', image: 'busybox' }
  expect(await environment('shop', 'init', { spec: { initContainers: [{ name: 'before', image: 'busybox', env: [{ name: 'A', value: '1' }, { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }], containers: [main, { name: 'side', image: 'busybox' }] } })).toEqual([['A=1', 'B=', ...env], env, env])
  expect(await environment('shop', 'own', { spec: { containers: [{ ...main, env: [{ name: 'HTTP_PROXY', value: 'http://own:1' }, { name: 'no_proxy', value: '' }] }] } }), 'in either spelling it is its own').toEqual([['HTTP_PROXY=http://own:1', 'no_proxy=', 'HTTPS_PROXY=http://proxy.example.com:3128', 'https_proxy=http://proxy.example.com:3128']])
  expect(await environment('shop', 'without', { labels: { [OPT_OUT.key]: OPT_OUT.value } })).toEqual([[]])
  expect(await environment('bare', 'plain')).toEqual([[]])
  expect(await environment('kube-system', 'plain')).toEqual([[]])
  await write({ ...settings, url: 'http://other.example.com:8080' })
  await vi.waitFor(async () => expect(await environment('shop', 'plain')).toEqual([proxied('http://other.example.com:8080', 'localhost,10.96.0.0/16,.svc')]), PATIENCE)
}, 240_000)

test('removed, it is out of the cluster, and nothing brings it back', async () => {
  const cluster = (await bea.get('Cluster', tenant, CLUSTER)) ?? expect.fail('no cluster')
  setRuntime({ asUser: () => bea, own, system: createSystemClient(transport, discovery) } as never)
  const view = { name: CLUSTER, endpoint: recordIn(cluster, 'spec', 'controlPlaneEndpoint'), kubeconfig: { ready: true } } as never
  const who = { tenant, identity: { user: 'oidc:bea@tenantry.example', groups: [] } } as never
  const policies = () => inside.json({ method: 'GET', path: '/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies' })
  await takePolicyOut(who, view, { assertHeld: () => undefined })
  expect(await policies()).toMatchObject({ items: [] })
  // The API server reads its policies each second (k8s.io/apiserver pkg/admission/plugin/policy/generic/policy_source.go).
  await vi.waitFor(async () => expect(await environment('shop', 'plain')).toEqual([[]]), PATIENCE)
  // What makes Cluster API look at its sets again.
  await lab.custom.patchNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: tenant, plural: 'clusters', name: CLUSTER, body: [{ op: 'add', path: '/metadata/annotations/example.com~1touched', value: 'now' }] })
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(await policies()).toMatchObject({ items: [] })
  await takePolicyOut(who, view, { assertHeld: () => undefined })
  for (const { kind, name } of objectsOfAddOn('proxy', CLUSTER)) await own.delete(kind, tenant, name)
  await vi.waitFor(async () => expect(await bea.get('ClusterResourceSet', tenant, names.proxy(CLUSTER))).toBeNull(), PATIENCE)
})
