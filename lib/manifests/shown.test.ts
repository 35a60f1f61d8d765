import { expect, test } from 'vitest'
import { shownYaml } from '@/lib/manifests/shown'

test('what the API server keeps and what may be secret is not shown', () => {
  const shown = shownYaml({
    apiVersion: 'v1', kind: 'KubeadmConfigTemplate', metadata: { name: 'a', uid: 'the-uid', resourceVersion: '17' }, status: { phase: 'x' },
    spec: { users: [{ name: 'ops', passwd: '$6$hash' }], files: [{ path: '/etc/a', content: 'private' }], discovery: { token: 'abc.def' }, preKubeadmCommands: ['export https_proxy=http://me:pa55@proxy:3128'] },
  })
  for (const secret of ['the-uid', '17', 'phase', '$6$hash', 'private', 'abc.def', 'pa55']) expect(shown).not.toContain(secret)
  for (const kept of ['name: ops', '/etc/a', 'http://(hidden)@proxy:3128']) expect(shown).toContain(kept)
})

test('the order in which fields came makes no difference', () => {
  const object = (spec: Record<string, unknown>) => ({ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec })
  expect(shownYaml(object({ a: 1, b: 2 }))).toBe(shownYaml(object({ b: 2, a: 1 })))
})
