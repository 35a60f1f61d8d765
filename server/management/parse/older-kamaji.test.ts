import { expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { clusterView } from '@/server/management/parse/cluster'
import { diagnose } from '@/server/management/parse/doctor/diagnose'
import { cluster, cond, controlPlane, parts, probe, raw } from '@/server/management/parse/fixtures'

/** As Kamaji's provider v0.11 writes it: six conditions and no more, counters of the old contract (lab/README.md, profile `kamaji`). */
function older(change: { status?: Record<string, unknown>; conditions?: readonly { type: string }[] } = {}): KubeObject {
  const said = change.conditions ?? []
  const conditions = ['TenantControlPlaneCreated', 'TenantControlPlaneAddressReady', 'InfrastructureClusterPatched', 'KamajiControlPlaneIsInitialized', 'KubeadmResourcesCreated', 'KamajiControlPlaneIsReady']
  const status = { initialized: true, ready: true, version: 'v1.29.6', replicas: 2, readyReplicas: 2, updatedReplicas: 2, unavailableReplicas: 0, selector: 'x' }
  const { spec } = controlPlane({ spec: { version: 'v1.29.6', replicas: 2, controlPlaneEndpoint: undefined } })
  return raw('controlplane.cluster.x-k8s.io/v1alpha1', 'KamajiControlPlane', 'blue-1', {
    spec: spec ?? {},
    status: { ...status, conditions: [...conditions.filter((type) => !said.some((one) => one.type === type)).map((type) => cond(type, 'True', 'Succeeded')), ...said], ...change.status },
  })
}
const view = (object: KubeObject, change = {}) => clusterView(parts({ controlPlane: object, machines: [], machineDeployments: [], ...change }))

test('one that serves is ready', () => {
  expect(view(older())).toMatchObject({ state: { word: 'Ready' }, controlPlane: { readyReplicas: 2, state: { word: 'Ready' } }, kubeconfig: { ready: true } })
})

test('initialized is not usable: until the management cluster has reached the API it is being made', () => {
  const unreached = cluster([cond('ControlPlaneInitialized', 'True', 'Initialized'), cond('ControlPlaneAvailable', 'True', 'Available'), probe('False')])
  expect(view(older({ status: { ready: true, readyReplicas: 0 } }), { cluster: unreached })).toMatchObject({ state: { word: 'Creating' }, kubeconfig: { ready: false, waitsFor: 'the API to answer' } })
})

test('an upgrade keeps the older version in status until it is through', () => {
  expect(view({ ...older({ status: { replicas: 4, unavailableReplicas: 2 } }), spec: { version: 'v1.30.2', replicas: 2 } }).state).toMatchObject({ word: 'Upgrading' })
})

test('a refused version is told with Kamaji’s words, though all else calls itself fine', () => {
  const refused = older({ conditions: [cond('TenantControlPlaneCreated', 'False', 'Pending', 'cannot create or update TenantControlPlane: admission webhook "vtenantcontrolplane.kb.io" denied the request: unable to upgrade to a version greater than the supported one, actually v1.30.2')] })
  expect(view(refused).state).toMatchObject({ word: 'Stalled', sentence: expect.stringMatching(/^Kamaji refuses the control plane: .*greater than the supported one, actually v1\.30\.2/) as unknown })
})

test('what pausing does not reach, and what nobody can know, are said', () => {
  const paused = { cluster: cluster(undefined, { spec: { paused: true } }) }
  expect(view(older(), paused).state.sentence).toMatch(/but for the control plane: this Kamaji does not know pausing$/)
  expect(view(controlPlane(), paused).state.sentence).toBe('Nothing is changed or repaired until it is resumed')
  const finding = (object: KubeObject, change = paused) => diagnose(parts({ controlPlane: object, machines: [], machineDeployments: [], ...change })).map(({ sentence }) => sentence)
  expect(finding(older())).toContain('It is paused; nothing is changed or repaired until it is resumed, but for the control plane: this Kamaji does not know pausing')
  expect(finding(controlPlane())).toContain('It is paused; nothing is changed or repaired until it is resumed')
  const marked = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, annotations: { 'cluster.x-k8s.io/paused': '' } } })
  expect([finding(marked(older()), { cluster: cluster() }), finding(marked(controlPlane()), { cluster: cluster() })]).toEqual([[], ['blue-1 is paused by itself (KamajiControlPlane)']])
  const token = (object: KubeObject) => view(object).health.filter(({ sentence }) => sentence.includes('bootstrap token'))
  expect(token(older())).toMatchObject([{ ok: null, condition: { type: 'KubeadmResourcesCreated' } }])
  expect(token(controlPlane({ conditions: [cond('KubeadmResourcesCreated', 'True', 'Succeeded')] }))).toEqual([])
})
