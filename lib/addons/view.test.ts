import { describe, expect, test } from 'vitest'
import { renderAddOn } from '@/lib/addons/render'
import { addOnView, bareSettings, following, settingsOf } from '@/lib/addons/view'
import type { AddOnName } from '@/lib/addons/spec'
import type { KubeObject } from '@/lib/kubernetes/object'

const offer = { server: 'vc', datacenter: 'DC0', resourcePool: 'rp', folder: 'f', datastore: 'ds', network: 'n', templates: [] }
const rendered = (name: AddOnName) => renderAddOn(bareSettings(name), { tenant: 'blue', cluster: 'c', kubernetes: 'v1.34.6', offer, datacenter: 'DC0', clusterId: 'u', signIn: { username: 'u', password: 'p', version: 's/1' }, apiPort: 6443, serviceMonitors: false, scrapeSecret: 'abcdefgh12345678' })
const deployment = (name: 'cpi' | 'csi', status: object = {}): KubeObject => ({ ...(rendered(name).find(({ kind }) => kind === 'Deployment') ?? expect.fail()), status: status as Record<string, unknown> })
const view = (live: KubeObject | null, { kubernetes = 'v1.34.6', credentials = 's/1', resourceSet = null as KubeObject | null } = {}) =>
  addOnView(live?.metadata.name.includes('csi') ? 'csi' : 'cpi', { carrier: live, resourceSet, credentials, serviceMonitors: false }, kubernetes)

test('what is not there says which version would come', () => expect(view(null)).toEqual({ name: 'cpi', installed: null, fitting: 'v1.34.0', begin: bareSettings('cpi'), reason: null, also: null }))

test('a Deployment that nobody runs claims nothing of its Pods', () => {
  expect(view(deployment('cpi')).installed).toMatchObject({ version: 'v1.34.0', running: { ready: 0, wanted: 2, health: { role: 'idle', word: 'Not started' } }, outdated: [], inCluster: null, serviceMonitor: null })
  expect(view(deployment('cpi', { observedGeneration: 1, readyReplicas: 1 })).installed?.running?.health).toMatchObject({ word: 'Starting', sentence: expect.stringContaining('1 of 2 Pods are ready') })
  expect(view(deployment('cpi', { observedGeneration: 1, readyReplicas: 2, updatedReplicas: 2 })).installed?.running?.health.word).toBe('Running')
  const failing = { observedGeneration: 1, conditions: [{ type: 'Progressing', status: 'False', message: 'ReplicaSet has timed out' }] }
  expect(view(deployment('cpi', failing)).installed?.running?.health).toEqual({ role: 'warn', word: 'Stuck', sentence: 'ReplicaSet has timed out' })
})

test('a newer minor and a newer sign-in make it outdated', () => {
  expect(view(deployment('cpi'), { kubernetes: 'v1.35.2' }).installed?.outdated).toEqual(['It runs v1.34.0; v1.35.1 fits the cluster.'])
  expect(view(deployment('cpi'), { credentials: 's/2' }).installed?.outdated).toEqual(['The vSphere sign-in has changed since it was copied here.'])
})

test('an image version that was typed for an older minor is outdated too, and let go', () => {
  const pinned = { name: 'cpi', region: '', zone: '', version: 'v1.34.0' } as const
  const live = { ...deployment('cpi'), metadata: { ...deployment('cpi').metadata, annotations: { 'tenantry.dev/settings': JSON.stringify(pinned) } } }
  expect(view(live).fitting).toBe('v1.34.0')
  expect(view(live, { kubernetes: 'v1.35.2' }).fitting).toBe('v1.35.1')
  expect(following(pinned, 'v1.35.2')).toEqual({ ...pinned, version: '' })
  expect(following(pinned, 'v1.34.6')).toBe(pinned)
})

describe('what a Deployment remembers', () => {
  test('is read back', () => expect(settingsOf(deployment('cpi'), 'cpi')).toEqual(bareSettings('cpi')))
  test('is filled up where an older portal wrote it', () => {
    const older = { ...deployment('csi'), metadata: { name: 'x', annotations: { 'tenantry.dev/settings': '{"name":"csi","className":"fast","policy":"","datastoreUrl":""}' } } }
    expect(settingsOf(older, 'csi')).toEqual({ ...bareSettings('csi'), className: 'fast' })
  })
  test('is nothing where somebody wrote nonsense, or another add-on’s', () => {
    const said = (text: string) => settingsOf({ ...deployment('cpi'), metadata: { name: 'x', annotations: { 'tenantry.dev/settings': text } } }, 'cpi')
    for (const text of ['', '{', 'null', '{"name":"csi"}', JSON.stringify(bareSettings('csi'))]) expect(said(text)).toBeNull()
  })
})

test('of metrics: no Pods and no version, and a kind that has come since is told', () => {
  const carrier = rendered('metrics').at(-1) ?? expect.fail()
  const seen = (serviceMonitors: boolean) => addOnView('metrics', { carrier, resourceSet: carrier, credentials: 's/1', serviceMonitors }, 'v1.34.6')
  expect(seen(false)).toMatchObject({ fitting: null, installed: { settings: bareSettings('metrics'), version: null, running: null, outdated: [], inCluster: { role: 'busy' }, serviceMonitor: { word: 'Not written' } } })
  expect(seen(true).installed?.outdated).toEqual([expect.stringContaining('has the kind ServiceMonitor now')])
})

test('of storage: whether its part has arrived in the cluster', () => {
  const set = (status: string, message = '') => ({ apiVersion: 'addons.cluster.x-k8s.io/v1beta2', kind: 'ClusterResourceSet', metadata: { name: 'x' }, status: { conditions: [{ type: 'ResourcesApplied', status, message }] } }) as unknown as KubeObject
  expect(view(deployment('csi'), { resourceSet: set('True') }).installed?.inCluster?.role).toBe('ok')
  expect(view(deployment('csi'), { resourceSet: set('False', 'Please check') }).installed?.inCluster?.sentence).toContain('not in the cluster yet: Please check')
  expect(view(deployment('csi')).installed?.inCluster?.role).toBe('warn')
})
