import { expect, test } from 'vitest'
import { createDiscovery } from '@/server/management/discovery'
import { answer, fakeApi } from '@/server/management/fake-api'
import { impersonationHeaders } from '@/server/management/impersonation'
import { createUserClient } from '@/server/management/user-client'

test.each([
  ['an empty user', { user: '', groups: [] }],
  ['a user that is only the prefix', { user: 'oidc:', groups: [] }],
  ['a user without the prefix', { user: 'ada', groups: [] }],
  ['system:admin', { user: 'system:admin', groups: [] }],
  ['system: behind the prefix', { user: 'oidc:system:admin', groups: [] }],
  ['a line break', { user: 'oidc:a\r\nImpersonate-Group: system:masters', groups: [] }],
  ['a space at the end, which the wire would trim', { user: 'oidc:ada ', groups: [] }],
  ['the group system:masters', { user: 'oidc:ada', groups: ['system:masters'] }],
  ['a group without the prefix', { user: 'oidc:ada', groups: ['oidc:a', 'b'] }],
  ['an empty group', { user: 'oidc:ada', groups: [''] }],
  ['half a surrogate pair', { user: 'oidc:\ud83d', groups: [] }],
])('nobody acts as %s', (_, identity) => {
  expect(() => impersonationHeaders(identity)).toThrow('Refused')
})

test('each group is a header of its own, and names arrive as UTF-8', async () => {
  const seen: { raw: string[]; user: string }[] = []
  const { transport, close } = await fakeApi((request, response) => {
    if (request.url === '/apis/cluster.x-k8s.io/v1beta2') return answer(response, 200, { resources: [{ name: 'clusters' }] })
    seen.push({ raw: request.rawHeaders, user: Buffer.from(String(request.headers['impersonate-user']), 'latin1').toString('utf8') })
    answer(response, 200, { kind: 'Cluster', metadata: { name: 'c' } })
  })
  const client = createUserClient(transport, createDiscovery(transport), { user: 'oidc:zoë@example.com', groups: ['oidc:a', 'oidc:b,c'] })
  await client.get('Cluster', 'team', 'c')
  await close()
  const [request] = seen
  const groups = request?.raw.flatMap((name, index, all) => (index % 2 === 0 && name === 'Impersonate-Group' ? [all[index + 1]] : []))
  expect(groups).toEqual(['oidc:a', 'oidc:b,c'])
  expect(request?.user).toBe('oidc:zoë@example.com')
})

test('a name with a slash stays one segment of the path', async () => {
  const paths: string[] = []
  const { transport, close } = await fakeApi((request, response) => {
    paths.push(request.url ?? '')
    answer(response, 200, { resources: [{ name: 'clusters' }], metadata: { name: 'x' } })
  })
  const client = createUserClient(transport, createDiscovery(transport), { user: 'oidc:ada', groups: [] })
  await client.get('Cluster', 'team-blue', '../../../team-green/clusters/c')
  await expect(client.get('Cluster', '..', 'c')).rejects.toThrow()
  await close()
  expect(paths.at(-1)).toBe('/apis/cluster.x-k8s.io/v1beta2/namespaces/team-blue/clusters/..%2F..%2F..%2Fteam-green%2Fclusters%2Fc')
})
