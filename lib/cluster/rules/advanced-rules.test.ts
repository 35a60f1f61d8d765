import { expect, test } from 'vitest'
import { type Advanced, NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { defaultSpec } from '@/lib/cluster/defaults'
import { advancedProblems } from '@/lib/cluster/rules/advanced-rules'
import type { ClusterSpec } from '@/lib/cluster/spec'
import { controlPlane } from '@/lib/manifests/cluster-objects'

const base = defaultSpec(null, 'vc')
const said = (advanced: Partial<Advanced>, more: Partial<ClusterSpec> = {}) =>
  advancedProblems({ ...base, ...more, controlPlane: { replicas: 2, advanced: { ...NOTHING_ADVANCED, ...advanced } } }).map(({ path, message }) => [path.join('.').replace('controlPlane.advanced.', ''), message])
const deployment = (change: Partial<Advanced['deployment']>) => ({ deployment: { ...NOTHING_ADVANCED.deployment, ...change } })

test('the usual is right, and adds nothing to the control plane', () => {
  expect(said({})).toEqual([])
  const spec = controlPlane({ ...base, name: 'a' }, { tenant: 't', offer: { server: 's', datacenter: 'd', resourcePool: 'r', folder: 'f', datastore: 'd', network: 'n', templates: [] }, operationId: 'x' }).spec
  expect(spec).toEqual({ version: '', replicas: 3, addons: { coreDNS: { dnsServiceIPs: ['10.96.0.10'] }, kubeProxy: {}, konnectivity: {} }, network: { serviceType: 'LoadBalancer' } })
})

test.each<[string, Partial<Advanced>, string, RegExp]>([
  ['a label’s name', { labels: { 'a b': '1' } }, 'labels', /not a label’s name/],
  ['a label of the platform', { labels: { 'cluster.x-k8s.io/cluster-name': 'x' } }, 'labels', /belongs to the platform/],
  ['an annotation’s name', { service: { ...NOTHING_ADVANCED.service, annotations: { '': 'x' } } }, 'service.annotations', /not an annotation’s name/],
  ['an argument without dashes', { extraArgs: { ...NOTHING_ADVANCED.extraArgs, apiServer: ['v=2'] } }, 'extraArgs.apiServer', /not an argument such as --v=2/],
  ['an argument twice', { extraArgs: { ...NOTHING_ADVANCED.extraArgs, scheduler: ['--v=2', '--v=3'] } }, 'extraArgs.scheduler', /there twice/],
  ['a datastore', { dataStore: { name: '1; drop' } }, 'dataStore.name', /not the name of a DataStore/],
  ['a prefix in etcd', { extraArgs: { ...NOTHING_ADVANCED.extraArgs, apiServer: ['--v=2', '--etcd-prefix=/other'] } }, 'extraArgs.apiServer', /leave out --etcd-prefix/],
  ['no address type', { kubelet: { cgroupfs: 'systemd', preferredAddressTypes: [] } }, 'kubelet.preferredAddressTypes', /at least one/],
  ['affinity that is no YAML', deployment({ affinity: 'a: [' }), 'deployment.affinity', /no YAML/],
  ['an unknown field of affinity', deployment({ affinity: 'nodeAfinity: {}' }), 'deployment.affinity', /no field nodeAfinity/],
  ['tolerations that are no list', deployment({ tolerations: 'key: a' }), 'deployment.tolerations', /Write a list/],
  ['a certificate name with a port', { certSANs: ['api.example.com:6443'] }, 'certSANs', /has a port/],
  ['a certificate name', { certSANs: ['a b'] }, 'certSANs', /neither a name/],
  ['a service domain', { serviceDomain: 'Blue_local' }, 'serviceDomain', /not a domain/],
  ['a port that Kamaji’s provider cannot read', { apiServerPort: 32768 }, 'apiServerPort', /1 to 32767/],
  ['a node port without an address', { service: { ...NOTHING_ADVANCED.service, type: 'NodePort' } }, 'service.type', /needs a fixed address/],
])('%s is refused at its field', (_what, advanced, path, words) => {
  expect(said(advanced)).toEqual([[path, expect.stringMatching(words)]])
})

test('a node port is one of the nodes’ own', () => {
  const nodePort = { service: { ...NOTHING_ADVANCED.service, type: 'NodePort' as const } }
  expect(said(nodePort, { endpoint: { kind: 'fixed', host: '10.0.0.1', port: 6443 } })).toEqual([['endpoint.port', expect.stringContaining('30000 to 32767')]])
  expect(said(nodePort, { endpoint: { kind: 'fixed', host: '10.0.0.1', port: 30443 } })).toEqual([])
})

test('names with and without a wildcard, and addresses of both families, are certificate names', () => {
  expect(said({ certSANs: ['api.example.com', '*.example.com', '10.0.0.1', 'fd00::1'] })).toEqual([])
})
