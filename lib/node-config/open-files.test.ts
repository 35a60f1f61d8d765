import { expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { withoutCredentials } from '@/lib/manifests/left-out'
import { bootstrapTemplate } from '@/lib/manifests/pool-objects'
import { NO_NODE_CONFIG, type NodeConfig } from '@/lib/node-config/spec'
import { general, place } from '@/lib/node-pool/fixtures'

const PEM = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(20)}\n-----END CERTIFICATE-----\n`
const proxy = { url: 'http://proxy.example.com:3128', credentials: null, noProxy: ['.svc'] }
const own: NodeConfig = { ...NO_NODE_CONFIG, authorities: [{ name: 'company', pem: PEM }], mirrors: [{ registry: 'docker.io', endpoints: ['https://mirror.example.com'] }], proxy }
const template = (node: NodeConfig) => bootstrapTemplate({ ...general, node }, place)
const leftOut = (node: NodeConfig) => withoutCredentials(template(node)).leftOut

test('authorities, mirrors and a proxy without a password stay whole, also on the machine', () => {
  expect(withoutCredentials(template(own))).toEqual({ object: template(own), leftOut: [] })
  const made = template(own)
  const onMachine = { ...made, kind: 'KubeadmConfig', spec: (made.spec?.['template'] as { spec: Record<string, unknown> }).spec }
  expect(withoutCredentials(onMachine).leftOut).toEqual([])
  expect(leftOut({ ...own, proxy: { ...proxy, credentials: { name: 'node.a', key: 'b' } } })).toEqual([])
})
test('a file that somebody typed is left out beside them', () => {
  const files: NodeConfig['files'] = [{ path: '/etc/a', owner: '', permissions: '', append: false, content: { kind: 'text', text: 'hunter2' } }]
  expect(leftOut({ ...own, files })).toEqual([expect.stringMatching(/^spec\.template\.spec\.files\[\d\]\.content$/)])
  expect(JSON.stringify(withoutCredentials(template({ ...own, files })).object)).not.toContain('hunter2')
})
test.each<[string, Partial<NodeConfig>, number]>([
  ['a key beside the certificate', { authorities: [{ name: 'company', pem: `${PEM}-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n` }] }, 1],
  ['a token in the mirror’s address', { mirrors: [{ registry: 'docker.io', endpoints: ['https://token@mirror.example.com'] }] }, 1],
  ['a password in the proxy’s address', { proxy: { ...proxy, url: 'http://me:pa55@proxy.example.com:3128' } }, 4],
])('%s is left out', (_what, change, count) => {
  expect(leftOut({ ...own, ...change })).toHaveLength(count)
})
test('what is not exactly as the portal makes it is left out', () => {
  const changed = withAt(template(own), ['spec', 'template', 'spec', 'files', 0, 'permissions'], '0640')
  expect(withoutCredentials(changed).leftOut.length).toBeGreaterThan(0)
})
