import { expect, test } from 'vitest'
import { lookInto, type InsideAround, type InsideObjects } from '@/lib/doctor/inside'
import type { KubeObject } from '@/lib/kubernetes/object'

const NOW = Date.parse('2026-11-21T14:00:00Z')
const CLOUD = 'node.cloudprovider.kubernetes.io/uninitialized'
const object = (kind: string, name: string, rest: object = {}, namespace?: string): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, uid: `uid-${name}`, ...(namespace ? { namespace } : {}) }, ...rest }) as KubeObject
const node = (name: string, { taints = [], providerID = `vsphere://${name}`, ready = 'True', message = '' }: { taints?: readonly string[]; providerID?: string; ready?: string; message?: string } = {}) =>
  object('Node', name, { spec: { ...(providerID ? { providerID } : {}), taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) }, status: { conditions: [{ type: 'Ready', status: ready, message }] } })
const lease = (name: string, secondsAgo: number) => object('Lease', name, { spec: { renewTime: new Date(NOW - secondsAgo * 1000).toISOString() } }, 'kube-system')
const claim = (name: string, storageClassName?: string) => object('PersistentVolumeClaim', name, { spec: storageClassName ? { storageClassName } : {}, status: { phase: 'Pending' } }, 'default')
const storage = object('StorageClass', 'vsphere', { provisioner: 'csi.vsphere.vmware.com', volumeBindingMode: 'WaitForFirstConsumer' })
const driver = object('CSIDriver', 'csi.vsphere.vmware.com')
const csi = lease('external-attacher-leader-csi-vsphere-vmware-com', 3)

const look = (inside: Partial<InsideObjects>, around: Partial<InsideAround> = {}) =>
  lookInto({ nodes: [node('a')], leases: [], claims: [], events: [], classes: [], drivers: [], ...inside }, { tenant: 'blue', cluster: 'c', waiting: [], cloudProvider: 'unknown', storage: 'unknown', oldSignIn: [], now: NOW, ...around })
const first = (...args: Parameters<typeof look>) => look(...args).findings[0] ?? expect.fail('nothing found')

test('a cluster whose nodes are ready and whose volumes are bound has no finding', () => {
  expect(look({})).toEqual({ nodes: 1, ready: 1, claims: 0, findings: [] })
})
test('a changed sign-in is told, also while nothing has failed yet', () => {
  const { findings } = look({}, { oldSignIn: ['c-vsphere-csi-controller'] })
  expect(findings).toMatchObject([{ id: 'old-sign-in', sentence: 'The vSphere sign-in has changed since c-vsphere-csi-controller copied it', next: expect.stringContaining('Update') as string }])
})
test.each([
  [[], /the cloud provider has never run/],
  [[lease('cloud-controller-manager', 600)], /the cloud provider has stopped/],
  [[lease('cloud-controller-manager', 5)], /runs and does not mark them: it can’t sign in/],
] as const)('a taint of the cloud provider that stays, by its lease %#', (leases, words) => {
  const finding = first({ nodes: [node('a', { taints: [CLOUD], providerID: '' })], leases })
  expect(finding).toMatchObject({ id: 'no-cloud-provider', weight: 'held', sentence: expect.stringMatching(words) as string, log: 'kubectl logs -n blue deployment/c-vsphere-cloud-controller-manager' })
  expect(finding.proof).toContain(CLOUD)
})
test.each([
  ['absent', [], /no cloud provider is installed/, null],
  ['absent', [lease('cloud-controller-manager', 600)], /the cloud provider has stopped/, null],
  [{ ready: 0, wanted: 2 }, [], /is installed and does not run: 0 of 2 Pods are ready/, 'kubectl logs -n blue deployment/c-vsphere-cloud-controller-manager'],
  [{ ready: 2, wanted: 2 }, [], /runs and has never reached this cluster’s API/, 'kubectl logs -n blue deployment/c-vsphere-cloud-controller-manager'],
] as const)('and by its Deployment on the management cluster %#', (cloudProvider, leases, words, log) => {
  const finding = first({ nodes: [node('a', { taints: [CLOUD], providerID: '' })], leases }, { cloudProvider })
  expect(finding).toMatchObject({ sentence: expect.stringMatching(words) as string, log })
  expect(finding.proof).toContain('Deployment blue/c-vsphere-cloud-controller-manager')
})
test('a node without the taint and without an ID was started without a cloud provider', () => {
  expect(first({ nodes: [node('a', { providerID: '' })] })).toMatchObject({ id: 'no-provider-id' })
})
test('no network plugin is told apart from other silence', () => {
  expect(first({ nodes: [node('a', { ready: 'False', message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized' })] })).toMatchObject({ id: 'no-network' })
  expect(first({ nodes: [node('a', { ready: 'Unknown', message: 'Kubelet stopped posting node status.' })] })).toMatchObject({ id: 'not-ready', proof: 'Node a: Ready=Unknown: Kubelet stopped posting node status.' })
})
test('a machine that runs: its node never came, or came and is not marked', () => {
  expect(first({}, { waiting: ['b'] })).toMatchObject({ id: 'never-joined', sentence: expect.stringContaining('b runs and has never reached') as string })
  expect(look({ nodes: [node('b', { taints: [CLOUD], providerID: '' })] }, { waiting: ['b'] }).findings.map(({ id }) => id)).toEqual(['no-cloud-provider'])
})
test.each([
  ['a class that does not exist', { claims: [claim('data', 'gold')], classes: [storage] }, 'no-class', /gold does not exist/],
  ['no default class', { claims: [claim('data')], classes: [storage] }, 'no-class', /none is the default/],
  ['no driver', { claims: [claim('data', 'vsphere')], classes: [storage] }, 'no-driver', /is not installed/],
  ['no controller', { claims: [claim('data', 'vsphere')], classes: [storage], drivers: [driver] }, 'no-controller', /has never run/],
  ['a controller that stopped', { claims: [claim('data', 'vsphere')], classes: [storage], drivers: [driver], leases: [lease('csi-vsphere-vmware-com', 300)] }, 'no-controller', /has stopped/],
  ['no consumer yet', { claims: [claim('data', 'vsphere')], classes: [storage], drivers: [driver], leases: [csi] }, 'claim-waits', /when a Pod uses it/],
] as const)('a volume that is not made: %s', (_, inside, id, words) => {
  expect(first(inside)).toMatchObject({ id, sentence: expect.stringMatching(words) as string })
})
test('a volume that vCenter refused is told in its own words', () => {
  const event = object('Event', 'e', { reason: 'ProvisioningFailed', message: 'no shared datastores found', involvedObject: { name: 'data', namespace: 'default' } })
  expect(first({ claims: [claim('data', 'vsphere')], classes: [storage], drivers: [driver], leases: [csi], events: [event] })).toMatchObject({ id: 'claim-refused', proof: 'ProvisioningFailed: no shared datastores found' })
})
