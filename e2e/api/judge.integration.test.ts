import { readFileSync } from 'node:fs'
import https from 'node:https'
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { admin, labFacts } from '../support/lab'
import { createTenant, removeTenant } from '../support/tenant'

/**
 * The judge is outside the portal: these requests carry the portal's own ServiceAccount token and skip every line of the
 * portal's code, as an attacker would who got hold of the process.
 */
const facts = labFacts()
const lab = admin(facts)
let tenant: string
let foreign: string

interface Answer { readonly status: number; readonly body: string }

async function asPortal(method: string, path: string, impersonate: { user?: string; groups?: string[] }, body?: unknown, contentType = 'application/json'): Promise<Answer> {
  const config = new KubeConfig()
  config.loadFromFile(facts.portalKubeconfig)
  const user = config.getCurrentUser()
  const token = user?.token ?? readFileSync(user?.authProvider?.config?.tokenFile ?? '', 'utf8')
  const ca = Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64')
  const headers: string[] = ['host', new URL(facts.apiServerUrl).host, 'content-type', contentType, 'authorization', `Bearer ${token}`]
  if (impersonate.user) headers.push('Impersonate-User', impersonate.user)
  for (const group of impersonate.groups ?? []) headers.push('Impersonate-Group', group)
  return new Promise((resolve, reject) => {
    const request = https.request(new URL(path, facts.apiServerUrl), { method, ca, headers: headers as unknown as https.RequestOptions['headers'] }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const cluster = (namespace: string) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'Cluster',
  metadata: { name: 'intruder', namespace },
  spec: { clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereCluster', name: 'intruder' } },
})
const clustersOf = (namespace: string) => `/apis/cluster.x-k8s.io/v1beta2/namespaces/${namespace}/clusters`
const bea = { user: 'oidc:bea@tenantry.example' }

beforeAll(async () => {
  tenant = await createTenant(lab, [{ email: 'bea@tenantry.example', role: 'tenant-admin' }, { email: 'vic@tenantry.example', role: 'tenant-viewer' }])
  foreign = await createTenant(lab, [{ email: 'gus@tenantry.example', role: 'tenant-admin' }])
})
afterAll(async () => {
  await removeTenant(lab, tenant)
  await removeTenant(lab, foreign)
})

describe('the API server, asked with the portal’s token and none of its code', () => {
  test('lets a tenant admin create in their tenant', async () => {
    expect(await asPortal('POST', `${clustersOf(tenant)}?dryRun=All`, bea, cluster(tenant))).toMatchObject({ status: 201 })
  })
  test('refuses a tenant admin in a foreign tenant, for reads and writes', async () => {
    expect((await asPortal('POST', clustersOf(foreign), bea, cluster(foreign))).status).toBe(403)
    expect((await asPortal('GET', clustersOf(foreign), bea)).status).toBe(403)
  })
  test('refuses a viewer’s write and an operator’s right of scale to a viewer', async () => {
    const vic = { user: 'oidc:vic@tenantry.example' }
    expect((await asPortal('POST', clustersOf(tenant), vic, cluster(tenant))).status).toBe(403)
    expect((await asPortal('PATCH', `/apis/cluster.x-k8s.io/v1beta2/namespaces/${tenant}/machinedeployments/x/scale`, vic, {})).status).toBe(403)
  })
  test('reads no Secret for a tenant admin', async () => {
    expect((await asPortal('GET', `/api/v1/namespaces/${tenant}/secrets`, bea)).status).toBe(403)
    expect((await asPortal('GET', `/api/v1/namespaces/${tenant}/secrets/x-kubeconfig`, bea)).status).toBe(403)
  })
  test('does not let the portal write as itself, list Secrets, or read those outside tenants', async () => {
    expect((await asPortal('POST', clustersOf(tenant), {}, cluster(tenant))).status).toBe(403)
    expect((await asPortal('GET', `/api/v1/namespaces/${tenant}/secrets`, {})).status).toBe(403)
    expect((await asPortal('GET', '/api/v1/namespaces/capv-system/secrets', {})).status).toBe(403)
    expect((await asPortal('GET', '/api/v1/namespaces/kube-system/secrets/any', {})).status).toBe(403)
    // The sign-ins of identities, for add-ons: one by name.
    expect((await asPortal('GET', '/api/v1/namespaces/capv-system/secrets/vsphere-north', {})).status).toBe(200)
  })
  test('lets the portal write as itself add-ons of a cluster, and nothing else of their kinds', async () => {
    const labels = { 'tenantry.dev/add-on': 'cpi', 'cluster.x-k8s.io/cluster-name': 'x' }
    const secret = (metadata: object) => asPortal('POST', `/api/v1/namespaces/${tenant}/secrets?dryRun=All`, {}, { apiVersion: 'v1', kind: 'Secret', metadata })
    expect((await secret({ name: 'x-vsphere-config-secret', labels })).status).toBe(201)
    expect(await secret({ name: 'x-vsphere-config-secret' })).toMatchObject({ status: 422, body: expect.stringContaining('labelled as an add-on') })
    expect(await secret({ name: 'y-kubeconfig', labels })).toMatchObject({ status: 422, body: expect.stringContaining('name of its cluster') })
    // Another one's, which the label would make its own.
    const foreign = await lab.core.createNamespacedSecret({ namespace: tenant, body: { metadata: { name: 'x-kubeconfig' } } })
    expect((await asPortal('DELETE', `/api/v1/namespaces/${tenant}/secrets/${foreign.metadata?.name}`, {})).status).toBe(422)
    const bind = (role: string) => asPortal('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${tenant}/rolebindings?dryRun=All`, {}, {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'x-cluster-autoscaler', labels },
      subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: tenant }], roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    })
    expect((await bind('tenantry:cluster-autoscaler')).status).toBe(201)
    for (const role of ['cluster-admin', 'tenantry:tenant-admin', 'tenantry:portal-tenant-secrets']) expect([403, 422]).toContain((await bind(role)).status)
  })
  test('leaves the Secret of machines with its cluster', async () => {
    const secret = (cluster: string, query = '') => asPortal('PATCH', `/api/v1/namespaces/${tenant}/secrets/node.tenantry-x?fieldManager=tenantry${query}`, {}, {
      apiVersion: 'v1', kind: 'Secret', metadata: { name: 'node.tenantry-x', labels: { 'tenantry.dev/node-secret': '', 'cluster.x-k8s.io/cluster-name': cluster } },
    }, 'application/apply-patch+yaml')
    expect((await secret('one')).status).toBe(201)
    expect((await secret('one', '&dryRun=All')).status).toBe(200)
    expect(await secret('two', '&dryRun=All')).toMatchObject({ status: 422, body: expect.stringContaining('stays with its cluster') })
    await lab.core.deleteNamespacedSecret({ namespace: tenant, name: 'node.tenantry-x' })
  })
  test('lets the portal take Kamaji’s protection from a Secret that goes, and change nothing else of it', async () => {
    const key = 'finalizer.kamaji.clastix.io/datastore-secret'
    const path = `/api/v1/namespaces/${tenant}/secrets/x-datastore-config`
    const make = (name: string, finalizers: string[]) => lab.core.createNamespacedSecret({ namespace: tenant, body: { metadata: { name, finalizers, labels: { own: 'yes' } }, stringData: { DB_PASSWORD: 'canary' } } })
    await make('x-datastore-config', ['example.com/keep', key])
    const put = async (change: object, at = path) => (await asPortal('PATCH', `${at}?dryRun=All`, {}, change, 'application/merge-patch+json')).status
    const letGo = { metadata: { finalizers: ['example.com/keep'] } }
    expect(await put(letGo), 'nobody has asked it to go').toBe(422)
    await lab.core.deleteNamespacedSecret({ namespace: tenant, name: 'x-datastore-config' })
    expect(await put(letGo)).toBe(200)
    expect(await put({ metadata: { finalizers: [] } }), 'another one’s too').toBe(422)
    for (const more of [{ data: { DB_PASSWORD: 'AAAA' } }, { data: { more: 'AAAA' } }]) expect(await put({ ...letGo, ...more })).toBe(422)
    for (const more of [{ labels: { own: 'no' } }, { annotations: { more: 'yes' } }]) expect(await put({ metadata: { ...letGo.metadata, ...more } })).toBe(422)
    await make('x-other', [key])
    await lab.core.deleteNamespacedSecret({ namespace: tenant, name: 'x-other' })
    expect(await put({ metadata: { finalizers: [] } }, `/api/v1/namespaces/${tenant}/secrets/x-other`)).toBe(422)
    expect((await asPortal('PATCH', path, bea, letGo, 'application/merge-patch+json')).status, 'a person may not, by themselves').toBe(403)
    // What the next test finds must be able to go.
    for (const name of ['x-datastore-config', 'x-other']) await lab.core.patchNamespacedSecret({ namespace: tenant, name, body: [{ op: 'remove', path: '/metadata/finalizers' }] })
  })
  test('lets no control plane have a name that another tenant’s could mean in Kamaji’s datastore', async () => {
    const longer = `${tenant}-more`
    await lab.core.createNamespace({ body: { metadata: { name: longer, labels: { 'tenantry.dev/tenant': 'true' } } } })
    const plane = (name: string) => asPortal('POST', `/apis/controlplane.cluster.x-k8s.io/v1alpha2/namespaces/${tenant}/kamajicontrolplanes?dryRun=All`, bea, {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name, namespace: tenant }, spec: { version: 'v1.35.2', network: { serviceType: 'LoadBalancer' } },
    })
    // Policies come to know a new Namespace by a watch.
    await expect.poll(async () => await plane('more-x')).toMatchObject({ status: 422, body: expect.stringContaining('another tenant') })
    for (const name of ['more', 'moreover', 'x-more-x']) expect((await plane(name)).status, name).toBe(201)
    await lab.core.deleteNamespace({ name: longer })
  })
  test('leaves a control plane that the platform has made as it is, and lets people change the rest of it', async () => {
    const kept = { dataStoreSchema: 'own_schema', addons: { konnectivity: { server: { port: 8132, image: 'mirror.example.com/proxy-server', extraArgs: ['--v=9'] } } }, apiServer: { extraArgs: ['--etcd-compaction-interval=1m'] } }
    const own = { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'own', namespace: tenant }, spec: { version: 'v1.35.2', network: { serviceType: 'LoadBalancer' }, ...kept } }
    await lab.objects.create(own)
    const patch = async (change: object) => (await asPortal('PATCH', `/apis/controlplane.cluster.x-k8s.io/v1alpha2/namespaces/${tenant}/kamajicontrolplanes/own?dryRun=All`, bea, change, 'application/merge-patch+json')).status
    expect(await patch({ metadata: { labels: { a: 'b' } }, spec: { replicas: 3, apiServer: { extraArgs: ['--etcd-compaction-interval=1m', '--v=2'] } } })).toBe(200)
    expect(await patch({ spec: { dataStoreSchema: null } })).toBe(200)
    for (const spec of [{ dataStoreSchema: 'other' }, { addons: { konnectivity: { server: { image: 'evil.example/x' } } } }, { addons: { konnectivity: { server: { extraArgs: [] } } } }, { apiServer: { extraArgs: ['--etcd-compaction-interval=2m'] } }]) expect(await patch({ spec }), JSON.stringify(spec)).toBe(422)
    await lab.objects.delete(own)
  })
  test('lets a tenant admin send an identity’s password only to the vCenter of its offer', async () => {
    const kind = 'infrastructure.cluster.x-k8s.io/v1beta1'
    const post = (resource: string, object: object) => asPortal('POST', `/apis/${kind}/namespaces/${tenant}/${resource}?dryRun=All`, bea, { apiVersion: kind, metadata: { name: 'x', namespace: tenant }, ...object })
    const { server, thumbprint } = facts.vcenter
    const identityRef = { kind: 'VSphereClusterIdentity', name: 'vsphere-north' }
    const cluster = (spec: object) => post('vsphereclusters', { kind: 'VSphereCluster', spec })
    expect(await cluster({ server, thumbprint, identityRef })).toMatchObject({ status: 201 })
    const refused = (about: string) => ({ status: 422, body: expect.stringContaining(about) as string })
    for (const other of ['evil.example.com', `${server}","server":"evil`, '', server.slice(0, -1)]) expect(await cluster({ server: other, thumbprint, identityRef })).toMatchObject(refused('spec.server'))
    expect(await cluster({ server, identityRef })).toMatchObject(refused('spec.thumbprint'))
    expect(await cluster({ server, thumbprint: thumbprint.replace(/^../, thumbprint.startsWith('00') ? '11' : '00'), identityRef })).toMatchObject(refused('spec.thumbprint'))
    expect(await cluster({ server, thumbprint })).toMatchObject(refused('spec.identityRef'))
    expect(await cluster({ server, thumbprint, identityRef: { kind: 'Secret', name: 'any' } })).toMatchObject(refused('spec.identityRef'))
    const template = (more: object) => post('vspheremachinetemplates', { kind: 'VSphereMachineTemplate', spec: { template: { spec: { datacenter: 'DC0', template: 't', network: { devices: [{ networkName: 'n', dhcp4: true }] }, ...more } } } })
    expect(await template({})).toMatchObject({ status: 201 })
    for (const more of [{ server }, { server: 'evil.example.com' }, { thumbprint }]) expect(await template(more)).toMatchObject(refused('spec.template.spec.server'))
  })
  test('and leaves alone what was there before: it may be labelled, not turned to another vCenter', async () => {
    const path = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/${tenant}/vsphereclusters`
    const older: KubernetesObject & { spec: object } = { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', metadata: { name: 'older', namespace: tenant }, spec: { server: 'elsewhere.example.com' } }
    await lab.objects.create(older)
    // CAPV writes its status in between: read again until none did.
    const put = async (change: (live: typeof older) => object) => (await asPortal('PUT', `${path}/older?dryRun=All`, bea, change(JSON.parse((await asPortal('GET', `${path}/older`, bea)).body) as typeof older))).status
    await expect.poll(() => put((live) => ({ ...live, metadata: { ...live.metadata, labels: { seen: 'yes' } } }))).toBe(200)
    await expect.poll(() => put((live) => ({ ...live, spec: { ...live.spec, server: 'evil.example.com' } }))).toBe(422)
  })
  test.each(['system:masters', 'system:authenticated', 'oidc:a-group-that-is-not-listed', 'team-blue-admins'])('does not let the portal act as the group %s', async (group) => {
    expect((await asPortal('GET', clustersOf(tenant), { ...bea, groups: [group] })).status).toBe(403)
  })
  test('does not let a tenant admin grant themselves more', async () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'more', namespace: tenant },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: bea.user }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    }
    expect((await asPortal('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${tenant}/rolebindings`, bea, binding)).status).toBe(403)
  })
})
