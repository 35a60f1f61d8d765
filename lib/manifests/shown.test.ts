import { expect, test } from 'vitest'
import { shownYaml } from '@/lib/manifests/shown'

test('what the API server keeps and what may be secret is not shown', () => {
  const shown = shownYaml({
    apiVersion: 'v1', kind: 'KubeadmConfigTemplate', metadata: { name: 'a', uid: 'the-uid', resourceVersion: '17', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'whole', 'cluster.x-k8s.io/conversion-data': 'whole' } }, status: { phase: 'x' },
    spec: { users: [{ name: 'ops', passwd: '$6$hash' }], files: [{ path: '/etc/a', content: 'private' }], discovery: { token: 'abc.def', file: { kubeConfig: { user: { exec: { command: 'userexec' } } } } }, diskSetup: { additionalConfig: 'write_files' }, preKubeadmCommands: ['export https_proxy=http://me:pa55@proxy:3128'] },
  })
  for (const secret of ['the-uid', '17', 'phase', '$6$hash', 'private', 'abc.def', 'pa55', 'userexec', 'write_files', 'whole']) expect(shown).not.toContain(secret)
  for (const kept of ['name: ops', '/etc/a', 'http://me:(left out)@proxy:3128']) expect(shown).toContain(kept)
})

test('guestinfo of a machine is not shown', () => {
  const shown = shownYaml({ apiVersion: 'v1', kind: 'VSphereMachineTemplate', metadata: { name: 'a' }, spec: { template: { spec: { customVMXKeys: { 'guestinfo.userdata': 'private' } } } } })
  expect(shown).not.toContain('private')
})

test('the order in which fields came makes no difference', () => {
  const object = (spec: Record<string, unknown>) => ({ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec })
  expect(shownYaml(object({ a: 1, b: 2 }))).toBe(shownYaml(object({ b: 2, a: 1 })))
})
