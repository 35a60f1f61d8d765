import { afterEach, expect, test } from 'vitest'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { KINDS } from '@/server/management/kinds'

let close: () => Promise<void>
afterEach(() => close())

/** Answers by path; what is not named is a 404. */
async function discoveryOf(answers: Record<string, object>) {
  const server = await fakeApi((request, response) => {
    const found = answers[request.url ?? '']
    answer(response, found ? 200 : 404, found ?? { message: 'no such route' })
  })
  close = server.close
  return createDiscovery(server.transport)
}
const group = (name: string, ...versions: string[]) => ({ name, versions: versions.map((version) => ({ version })) })
const machines = { resources: [{ name: 'machines' }] }

test.each([
  ['the newest version that is served', { '/apis/cluster.x-k8s.io/v1beta2': machines, '/apis/cluster.x-k8s.io/v1beta1': machines }, 'v1beta2'],
  ['an older one when the group has no newer', { '/apis': { groups: [group('cluster.x-k8s.io', 'v1beta1')] }, '/apis/cluster.x-k8s.io/v1beta1': machines }, 'v1beta1'],
  ['absent: the group is not listed', { '/apis': { groups: [group('apps', 'v1')] } }, null],
  ['absent: the lists are without it', { '/apis/cluster.x-k8s.io/v1beta2': { resources: [] }, '/apis/cluster.x-k8s.io/v1beta1': { resources: [] } }, null],
])('%s', async (_, answers, version) => {
  expect(await (await discoveryOf(answers)).version(KINDS.Machine)).toBe(version)
})

test.each([
  ['everything is answered with 404', {}],
  ['the version is listed and yet not found', { '/apis': { groups: [group('cluster.x-k8s.io', 'v1beta2')] } }],
  ['what comes is no list of groups', { '/apis': { hello: 'world' } }],
  ['what comes is no list of resources', { '/apis/cluster.x-k8s.io/v1beta2': { hello: 'world' } }],
])('nobody can tell when %s, and the next question is asked afresh', async (_, answers: Record<string, object>) => {
  const discovery = await discoveryOf(answers)
  await expect(discovery.version(KINDS.Machine)).rejects.toThrow()
  answers['/apis/cluster.x-k8s.io/v1beta2'] = machines
  expect(await discovery.version(KINDS.Machine)).toBe('v1beta2')
})

test.each([
  ['RoleBinding', { '/apis': { groups: [] } }],
  ['RoleBinding', { '/apis/rbac.authorization.k8s.io/v1': { resources: [] } }],
  ['Namespace', { '/api/v1': { resources: [] } }],
  ['Namespace', { '/apis': { groups: [] } }],
] as const)('%s is never absent: %j', async (kind, answers) => {
  await expect((await discoveryOf(answers)).version(KINDS[kind])).rejects.toThrow()
})
