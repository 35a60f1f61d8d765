import { parseAllDocuments } from 'yaml'
import { describe, expect, test } from 'vitest'
import { CARRIERS, CONFIG_ANNOTATION, CREDENTIALS_ANNOTATION, names, SETTINGS_ANNOTATION } from '@/lib/addons/names'
import { objectsOfAddOn } from '@/lib/addons/removal'
import { renderAddOn, type AddOnContext } from '@/lib/addons/render'
import { addOnSettings, BARE_STORAGE, ADD_ONS, defaultAddOns, wantedAddOns, type AddOnSettings } from '@/lib/addons/spec'
import { bareSettings, settingsOf } from '@/lib/addons/view'
import { dig } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'

const PASSWORD = 'a-password-of-vcenter'
const SCRAPE = 'abcdefgh12345678'
const offer = { server: 'vc', thumbprint: 'AA', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [] }
const context: AddOnContext = { tenant: 'blue', cluster: 'blue-1', kubernetes: 'v1.35.2', offer, datacenter: 'DC0', clusterId: 'uid-1', signIn: { username: 'svc', password: PASSWORD, version: 's/1' }, apiPort: 6443, serviceMonitors: true, scrapeSecret: SCRAPE }
const of = (settings: AddOnSettings, more: Partial<AddOnContext> = {}) => renderAddOn(settings, { ...context, ...more })
const only = (objects: readonly KubeObject[], kind: string) => objects.find((object) => object.kind === kind) ?? expect.fail(kind)
/** Those that run something beside the control plane. */
const RUNNING = ADD_ONS.filter((name) => CARRIERS[name] === 'Deployment')
const config = (objects: readonly KubeObject[]) => dig(only(objects, 'Deployment'), 'spec', 'template', 'metadata', 'annotations', CONFIG_ANNOTATION)

describe('every add-on', () => {
  test.each(ADD_ONS)('%s: the password is in Secrets alone, and nothing depends on it', (name) => {
    const rendered = of(bareSettings(name))
    const others = (objects: readonly KubeObject[]) => JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'))
    expect(others(rendered)).not.toContain(PASSWORD)
    expect(others(rendered)).not.toContain('"svc"')
    // Neither a hash: a password could be guessed against it.
    const signIn = { username: 'svc', password: 'another', version: 's/1' }
    expect(others(of(bareSettings(name), { signIn }))).toBe(others(rendered))
  })
  test.each(ADD_ONS)('%s: all of it is removed again', (name) => {
    const rendered = of(bareSettings(name)).map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(objectsOfAddOn(name, 'blue-1').map(({ kind, name: own }) => `${kind}/${own}`).toSorted()).toEqual(rendered.toSorted())
  })
  test.each(ADD_ONS)('%s: without a sign-in there is no Secret', (name) => {
    expect(of(bareSettings(name), { signIn: null, scrapeSecret: null }).filter(({ kind }) => kind === 'Secret')).toEqual([])
  })
  test.each(ADD_ONS)('%s: its carrier is applied last, and remembers the settings', (name) => {
    const carrier = of(bareSettings(name)).at(-1)
    expect(carrier).toMatchObject({ kind: CARRIERS[name], metadata: { name: names[name]('blue-1') } })
    expect(settingsOf(carrier!, name)).toEqual(bareSettings(name))
  })
  test.each(RUNNING)('%s: Pods have no more rights than they need', (name) => {
    const pod = dig(only(of(bareSettings(name)), 'Deployment'), 'spec', 'template', 'spec')
    expect(dig(pod, 'automountServiceAccountToken')).toBe(name === 'autoscaler')
    expect(dig(pod, 'securityContext', 'runAsNonRoot')).toBe(true)
    expect(JSON.stringify(pod)).not.toMatch(/hostPath|hostNetwork|privileged|subPath/)
  })
})

test('Pods are replaced when the sign-in or the configuration changes, and for nothing else', () => {
  const cpi = bareSettings('cpi')
  const before = config(of(cpi))
  expect(config(of(cpi))).toBe(before)
  expect(config(of(cpi, { signIn: { username: 'svc', password: PASSWORD, version: 's/2' } }))).not.toBe(before)
  expect(config(of(cpi, { offer: { ...offer, server: 'vc2' } }))).not.toBe(before)
  expect(config(of({ name: 'cpi', region: 'r', zone: 'z', version: '' }))).not.toBe(before)
  expect(only(of(cpi), 'Secret').metadata.annotations?.[CREDENTIALS_ANNOTATION]).toBe('s/1')
})

test('images follow the cluster’s minor, a typed version, and a mirror', () => {
  const image = (objects: readonly KubeObject[]) => dig(only(objects, 'Deployment'), 'spec', 'template', 'spec', 'containers', '0', 'image')
  expect(image(of(bareSettings('cpi')))).toBe('registry.k8s.io/cloud-pv-vsphere/cloud-provider-vsphere:v1.35.1')
  expect(image(of(bareSettings('cpi'), { kubernetes: 'v1.34.6' }))).toBe('registry.k8s.io/cloud-pv-vsphere/cloud-provider-vsphere:v1.34.0')
  expect(image(of({ name: 'cpi', region: '', zone: '', version: 'v1.35.9' }))).toMatch(/:v1\.35\.9$/)
  expect(image(of(bareSettings('autoscaler'), { offer: { ...offer, registry: 'mirror.example/k8s' } }))).toBe('mirror.example/k8s/autoscaling/cluster-autoscaler:v1.35.0')
})

test('the platform says where Pods run and how they are marked, and cannot take away by what they are selected', () => {
  const pods = { nodeSelector: { role: 'infra' }, tolerations: [{ key: 'infra', operator: 'Exists' as const }], labels: { team: 'platform', 'tenantry.dev/add-on': 'other' }, annotations: { note: 'a' } }
  const template = dig(only(of(bareSettings('cpi'), { offer: { ...offer, addOnPods: pods } }), 'Deployment'), 'spec', 'template')
  expect(template).toMatchObject({
    metadata: { labels: { team: 'platform', 'tenantry.dev/add-on': 'cpi' }, annotations: { note: 'a' } },
    spec: { nodeSelector: { role: 'infra' }, tolerations: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized' }, { key: 'node.cluster.x-k8s.io/uninitialized' }, { key: 'infra' }] },
  })
  for (const name of ['csi', 'autoscaler'] as const) expect(dig(only(of(bareSettings(name)), 'Deployment'), 'spec', 'template', 'spec')).not.toHaveProperty('tolerations')
})

test('vCenter’s authorities are beside the configuration, and other ones replace the Pods', () => {
  for (const name of ['cpi', 'csi'] as const) {
    const own = of(bareSettings(name), { offer: { ...offer, ca: 'PEM' } })
    expect(atob(String(dig(only(own, 'Secret'), 'data', 'vcenter-ca.pem')))).toBe('PEM')
    expect(config(own)).not.toBe(config(of(bareSettings(name))))
    expect(Object.keys(dig(only(of(bareSettings(name)), 'Secret'), 'data') as object)).toHaveLength(1)
  }
})

test('with tag categories the provisioner places volumes by them, and nodes are asked anew', () => {
  const csi = (region: string, zone: string) => of({ name: 'csi', ...BARE_STORAGE, region, zone })
  const args = (objects: readonly KubeObject[]) => JSON.stringify(dig(only(objects, 'Deployment'), 'spec', 'template', 'spec', 'containers'))
  const daemon = (objects: readonly KubeObject[]) => String(dig(only(objects, 'ConfigMap'), 'data', 'objects.yaml'))
  expect(args(csi('r', 'z'))).toContain('--feature-gates=Topology=true')
  expect(args(csi('', ''))).not.toContain('Topology')
  expect(config(csi('r', 'z'))).not.toBe(config(csi('', '')))
  expect(daemon(csi('r', 'z'))).not.toBe(daemon(csi('r', 'y')))
  expect(daemon(csi('', ''))).not.toContain(CONFIG_ANNOTATION)
})

test('the tenant cluster gets the node part and the StorageClass, each in a part of its own', () => {
  const objects = of({ name: 'csi', ...BARE_STORAGE, className: 'fast', policy: 'Gold' })
  const parts = objects.filter(({ kind }) => kind === 'ConfigMap')
  const inside = (part: KubeObject | undefined) => parseAllDocuments(String(dig(part, 'data', 'objects.yaml'))).map((document) => document.toJS() as KubeObject)
  expect(inside(parts[0]).map(({ kind }) => kind)).toEqual(['Namespace', 'CSIDriver', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ConfigMap', 'DaemonSet'])
  expect(inside(parts[1])).toMatchObject([{ kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'csi.vsphere.vmware.com', parameters: { storagepolicyname: 'Gold' } }])
  expect(only(objects, 'ClusterResourceSet').spec).toMatchObject({ strategy: 'Reconcile', resources: parts.map(({ metadata }) => ({ kind: 'ConfigMap', name: metadata.name })) })
})

test('a StorageClass is as it always was unless something is set; without a name there is none', () => {
  const csi = (change: Partial<typeof BARE_STORAGE>) => of({ name: 'csi', ...BARE_STORAGE, ...change })
  const partOf = (objects: readonly KubeObject[]) => String(dig(objects.find(({ metadata }) => metadata.name === 'blue-1-csi-storage-class'), 'data', 'objects.yaml'))
  const classOf = (change: Partial<typeof BARE_STORAGE>): unknown => parseAllDocuments(partOf(csi(change)))[0]?.toJS()
  const plain = {
    apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'vsphere', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'csi.vsphere.vmware.com',
    reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true,
  }
  expect(classOf({})).toEqual(plain)
  expect(classOf({ reclaimPolicy: 'Retain', binding: 'Immediate', expansion: 'refused', isDefault: 'no' })).toEqual({
    ...plain, metadata: { name: 'vsphere', annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } }, reclaimPolicy: 'Retain', volumeBindingMode: 'Immediate', allowVolumeExpansion: false,
  })
  // Shorter than 32 bytes would stop the whole set.
  expect(parseAllDocuments(partOf(csi({ className: '' })))[0]?.toJS() ?? null).toBeNull()
  expect(partOf(csi({ className: '' })).length).toBeGreaterThan(32)
  const levels = (change: Partial<typeof BARE_STORAGE>) => [...JSON.stringify(csi(change)).matchAll(/LOGGER_LEVEL[^A-Z]+([A-Z]+)/g)].map(([, level]) => level)
  expect(levels({})).toEqual(['PRODUCTION', 'PRODUCTION', 'PRODUCTION'])
  expect(levels({ logLevel: 'DEVELOPMENT' })).toEqual(['DEVELOPMENT', 'DEVELOPMENT', 'DEVELOPMENT'])
})

test('settings that were stored before these could be set are what was made then', () => {
  expect(addOnSettings.parse({ name: 'csi', className: 'vsphere', policy: '', datastoreUrl: '', region: '', zone: '' })).toEqual({ name: 'csi', ...BARE_STORAGE })
})

test('a Deployment remembers its settings, and what is off is not wanted', () => {
  const [cpi, csi] = wantedAddOns(defaultAddOns())
  expect(wantedAddOns(defaultAddOns()).map(({ name }) => name)).toEqual(['cpi', 'csi'])
  expect(JSON.parse(only(of(cpi!), 'Deployment').metadata.annotations?.[SETTINGS_ANNOTATION] ?? '')).toEqual(cpi)
  expect(csi).toMatchObject({ className: 'vsphere' })
})

test('Secrets with a sign-in have the suffix that the policy knows', () => {
  for (const name of [names.cpiConfig('c'), names.csiConfig('c')]) expect(name).toMatch(/-config-secret$/)
})

describe('metrics', () => {
  const metrics = (scraper = '', more: Partial<AddOnContext> = {}) => of({ name: 'metrics', scraper }, more)
  const monitor = (objects: readonly KubeObject[]) => only(objects, 'ServiceMonitor')

  test('the token is in Secrets alone, and only its tenant cluster and the scraper get it', () => {
    const secrets = metrics().filter(({ kind }) => kind === 'Secret')
    expect(JSON.stringify(metrics().filter(({ kind }) => kind !== 'Secret'))).not.toContain(SCRAPE)
    expect(atob(String(dig(secrets[0], 'data', 'token')))).toBe(`metric.${SCRAPE}`)
    const inside = parseAllDocuments(atob(String(dig(secrets[1], 'data', 'objects.yaml')))).map((document) => document.toJS() as KubeObject)
    expect(inside).toMatchObject([{ kind: 'Secret', type: 'bootstrap.kubernetes.io/token', metadata: { name: 'bootstrap-token-metric', namespace: 'kube-system' } }])
    expect(atob(String(dig(inside[0], 'data', 'token-secret')))).toBe(SCRAPE)
    expect(Object.keys(dig(inside[0], 'data') as object)).not.toContain('usage-bootstrap-signing')
  })
  test('the API server is verified, and asked at its own port', () => {
    const objects = metrics('', { apiPort: 7443 })
    expect(dig(only(objects, 'Service'), 'spec')).toMatchObject({ clusterIP: 'None', selector: { 'kamaji.clastix.io/name': 'blue-1' }, ports: [{ name: 'kube-apiserver', port: 7443, targetPort: 7443 }, { port: 10257 }, { port: 10259 }] })
    expect(dig(monitor(objects), 'spec', 'endpoints', '0', 'tlsConfig')).toEqual({ ca: { secret: { name: 'blue-1-ca', key: 'tls.crt' } }, serverName: 'kubernetes.default.svc' })
  })
  test('without the kind there is no ServiceMonitor, and the carrier says so', () => {
    const objects = metrics('', { serviceMonitors: false })
    expect(objects.map(({ kind }) => kind)).not.toContain('ServiceMonitor')
    expect(objects.at(-1)?.metadata.annotations).toMatchObject({ 'tenantry.dev/service-monitor': 'false' })
  })
  test('the scraper is the typed one, else the platform’s, else nobody; labels are the platform’s, but for the portal’s own', () => {
    const subjects = (objects: readonly KubeObject[]) => only(objects, 'RoleBinding')['subjects']
    const platform = { offer: { ...offer, metrics: { scraper: 'monitoring/prometheus', labels: { prometheus: 'main', 'tenantry.dev/add-on': 'x' } } } }
    expect(subjects(metrics('', platform))).toEqual([{ kind: 'ServiceAccount', namespace: 'monitoring', name: 'prometheus' }])
    expect(subjects(metrics('a/b', platform))).toEqual([{ kind: 'ServiceAccount', namespace: 'a', name: 'b' }])
    expect(subjects(metrics())).toEqual([])
    expect(monitor(metrics('', platform)).metadata.labels).toMatchObject({ prometheus: 'main', 'tenantry.dev/add-on': 'metrics' })
    expect(monitor(metrics()).metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' })
  })
})
