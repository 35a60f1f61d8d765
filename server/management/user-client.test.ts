import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '@/lib/kubernetes/object'
import { fieldOf } from '@/server/clusters/fields'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { createUserClient, type UserClient } from '@/server/management/user-client'

/** As the lab's profile `kamaji`: a newer Cluster API beside an older CAPV and an older provider of Kamaji. */
const served: Record<string, readonly string[]> = {
  '/apis/cluster.x-k8s.io/v1beta2': ['clusters', 'machinedeployments'],
  '/apis/bootstrap.cluster.x-k8s.io/v1beta2': ['kubeadmconfigtemplates'],
  '/apis/infrastructure.cluster.x-k8s.io/v1beta1': ['vspheremachinetemplates'],
  '/apis/controlplane.cluster.x-k8s.io/v1alpha1': ['kamajicontrolplanes'],
}
const groups = [...new Set(Object.keys(served).map((path) => path.split('/')[2] ?? ''))].map((name) => ({
  name, versions: Object.keys(served).flatMap((path) => (path.split('/')[2] === name ? [{ version: path.split('/')[3] }] : [])),
}))

let client: UserClient
let close: () => Promise<void>
let written: { path: string; body: KubeObject }[]
beforeEach(async () => {
  written = []
  const server = await fakeApi((request, response) => {
    if (request.method === 'GET') {
      const names = served[request.url ?? '']
      if (names) return answer(response, 200, { resources: names.map((name) => ({ name })) })
      return request.url === '/apis' ? answer(response, 200, { groups }) : answer(response, 404, { message: 'no such route' })
    }
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => {
      written.push({ path: (request.url ?? '').split('?')[0] ?? '', body: JSON.parse(text) as KubeObject })
      answer(response, 200, JSON.parse(text) as object)
    })
  })
  close = server.close
  client = createUserClient(server.transport, createDiscovery(server.transport), { user: 'oidc:ada', groups: [] })
})
afterEach(() => close())

const template = { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'VSphereMachineTemplate', metadata: { name: 't', namespace: 'blue' }, spec: { template: { spec: { guestSoftPowerOffTimeoutSeconds: 60 } } } }

test('what an older version has no place for is refused at its field, and not sent', async () => {
  const plane = { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'c', namespace: 'blue' }, spec: { network: { dnsServiceIPs: ['172.20.0.10'] } } }
  await expect(client.dryRunApply(plane, fieldOf)).rejects.toMatchObject({ view: { code: 'refused', fields: { 'controlPlane.advanced.addons.coreDNS': expect.stringContaining('Leave CoreDNS on') as string } } })
  expect(written).toEqual([])
})

test.each([false, true])('each group is written in the version that it is served in (dry run: %s)', async (dry) => {
  const write = dry ? client.dryRunApply : client.apply
  await write(template)
  await write({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'c', namespace: 'blue' }, spec: { controlPlaneRef: { apiGroup: 'controlplane.cluster.x-k8s.io', kind: 'KamajiControlPlane', name: 'c' } } })
  await write({ apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha2', kind: 'KamajiControlPlane', metadata: { name: 'c', namespace: 'blue' }, spec: { version: 'v1.30.2' } })
  expect(written).toMatchObject([
    { path: '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/blue/vspheremachinetemplates/t', body: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', spec: { template: { spec: { guestSoftPowerOffTimeout: '1m0s' } } } } },
    { path: '/apis/cluster.x-k8s.io/v1beta2/namespaces/blue/clusters/c', body: { spec: { controlPlaneRef: { apiGroup: 'controlplane.cluster.x-k8s.io' } } } },
    { path: '/apis/controlplane.cluster.x-k8s.io/v1alpha1/namespaces/blue/kamajicontrolplanes/c', body: { apiVersion: 'controlplane.cluster.x-k8s.io/v1alpha1' } },
  ])
})
