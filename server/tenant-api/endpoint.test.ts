import { expect, test } from 'vitest'
import { personalKubeconfig } from '@/server/tenant-api/access'
import { assertEndpoint } from '@/server/tenant-api/endpoint'
import { lookInside } from '@/server/tenant-api/look'

const at = (host: string, port = 6443) => ({ cluster: 'blue-1', tenant: 'team-blue', endpoint: { host, port } })

test.each([
  ['https://10.0.0.7:6443', at('10.0.0.7')],
  ['https://API.example.com:6443/', at('api.example.com')],
  ['https://api.example.com', at('API.example.com', 443)],
  ['https://[2001:db8::1]:6443', at('2001:db8:0:0::1')],
  ['https://blue-1.team-blue.svc:6443', at('10.0.0.7')],
])('%s is the cluster’s own', (server, of) => expect(() => assertEndpoint(server, of)).not.toThrow())

test.each([
  ['https://10.0.0.8:6443', at('10.0.0.7')],
  ['https://10.0.0.7:443', at('10.0.0.7')],
  ['http://10.0.0.7:6443', at('10.0.0.7')],
  ['https://10.0.0.7:6443/elsewhere', at('10.0.0.7')],
  ['https://10.0.0.7:6443@evil.example:6443', at('10.0.0.7')],
  ['https://blue-1.team-green.svc:6443', at('10.0.0.7')],
  ['https://10.0.0.7:6443', { ...at('10.0.0.7'), endpoint: null }],
  ['', at('10.0.0.7')],
])('%s is refused', (server, of) => expect(() => assertEndpoint(server, of)).toThrow(/names another server/))

test('a kubeconfig that names another server is used for nothing', async () => {
  const elsewhere = JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }], users: [{ name: 'u', user: { token: 'secret' } }],
  })
  await expect(lookInside(elsewhere, at('10.0.0.7'))).rejects.toMatchObject({ view: { code: 'conflict' } })
  await expect(personalKubeconfig(elsewhere, { ...at('10.0.0.7'), user: 'oidc:ada', role: 'view', seconds: 600 })).rejects.toMatchObject({ view: { code: 'conflict' } })
})
