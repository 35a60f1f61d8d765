import { describe, expect, test } from 'vitest'
import { withAt } from '@/lib/kubernetes/dig'
import { contentHash } from '@/lib/manifests/hash'
import { NEWEST, OLDER, toContract } from '@/lib/manifests/v1beta1'
import { bootstrapTemplate } from '@/lib/manifests/pool-objects'
import { nodeFields } from '@/lib/node-config/fields'
import { nodeProblems } from '@/lib/node-config/rules'
import { readNode } from '@/lib/node-config/read'
import { secretData, typedProblems, type TypedSecrets } from '@/lib/node-config/secrets'
import { NO_NODE_CONFIG, type NodeConfig } from '@/lib/node-config/spec'
import { planPoolChange } from '@/lib/node-pool/change'
import { general, made, place } from '@/lib/node-pool/fixtures'
import { readPool } from '@/lib/node-pool/read'

const PEM = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(20)}\n-----END CERTIFICATE-----\n`
const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'x'.repeat(43)} ops@example.com`
const ref = { name: 'node.tenantry-abcdefghij', key: 'v-1' }
const full: NodeConfig = {
  users: [
    { name: 'ubuntu', groups: '', shell: '/bin/bash', sudo: 'ALL=(ALL) NOPASSWD:ALL', sshKeys: [KEY], lockPassword: true, password: null },
    { name: 'ops', groups: 'adm', shell: '', sudo: '', sshKeys: [], lockPassword: false, password: ref },
  ],
  files: [
    { path: '/etc/motd', owner: 'root:root', permissions: '0644', append: false, content: { kind: 'text', text: 'hello\n' } },
    { path: '/etc/a', owner: '', permissions: '', append: true, content: { kind: 'secret', secret: { name: 'node.site', key: 'a' } } },
  ],
  preCommands: ['echo one', 'echo two'],
  postCommands: ['touch /done'],
  ntpServers: ['time.example.com'],
  kubeletArgs: [{ name: 'max-pods', value: '200' }, { name: 'image-gc-high-threshold', value: '80' }],
  authorities: [{ name: 'company', pem: PEM }],
  mirrors: [{ registry: 'docker.io', endpoints: ['https://mirror.example.com'] }],
  proxy: { url: 'http://proxy.example.com:3128', credentials: null, noProxy: ['localhost', '.svc', '10.244.0.0/16'] },
}
const content = (node: NodeConfig) => bootstrapTemplate({ ...general, node }, place).spec?.['template']
const name = (node: NodeConfig) => contentHash((content(node) as { spec: unknown }).spec)
const withNode = (node: NodeConfig) => made({ ...general, node })
const sorted = (node: NodeConfig) => JSON.parse(JSON.stringify(node), (_key, value: unknown) => (Array.isArray(value) && typeof value[0] === 'object' ? value.map((item) => JSON.stringify(item)).sort() : value)) as unknown
const owner = { name: 'blue-1', uid: 'u1' }

test('what is rendered is read back, in both contracts, with nothing unknown', () => {
  for (const contract of [NEWEST, OLDER]) {
    for (const node of [full, NO_NODE_CONFIG, { ...NO_NODE_CONFIG, proxy: { ...full.proxy!, credentials: { name: ref.name, key: 'proxy' } } }, { ...NO_NODE_CONFIG, authorities: full.authorities }]) {
      const template = toContract(bootstrapTemplate({ ...general, node }, place), contract)
      const { config, unknown } = readNode(template.spec?.['template'])
      expect(unknown).toEqual([])
      expect(sorted(config)).toEqual(sorted({ ...node, proxy: node.proxy === null ? null : { ...node.proxy, noProxy: node.proxy.noProxy.toSorted() } }))
    }
  }
})

test('without node configuration a template is the one of earlier versions', () => {
  expect(Object.keys((content(NO_NODE_CONFIG) as { spec: object }).spec)).toEqual(['joinConfiguration', 'preKubeadmCommands'])
})

test('an order that means nothing makes no other template; another text does', () => {
  const reversed: NodeConfig = { ...full, users: full.users.toReversed(), files: full.files.toReversed(), kubeletArgs: full.kubeletArgs.toReversed(), proxy: { ...full.proxy!, noProxy: full.proxy!.noProxy.toReversed() } }
  expect(name(reversed)).toBe(name(full))
  expect(planPoolChange(withNode(full), { ...general, node: reversed }, owner)).toMatchObject({ objects: [], rolls: false, changes: [] })
  expect(name({ ...full, preCommands: full.preCommands.toReversed() })).not.toBe(name(full))
  const changed = planPoolChange(withNode(full), { ...general, node: { ...full, files: full.files.map((file) => (file.path === '/etc/motd' ? { ...file, content: { kind: 'text', text: 'hello you\n' } } : file)) } }, owner)
  expect(changed).toMatchObject({ rolls: true, machinesReplaced: 5, changes: [{ path: 'node.files./etc/motd', words: 'File /etc/motd', rolls: true }] })
  expect(changed.objects.map(({ kind }) => kind)).toEqual(['KubeadmConfigTemplate', 'MachineDeployment'])
})

test('a change and back finds the template that was there', () => {
  const live = withNode(full)
  const away = planPoolChange(live, { ...general, node: NO_NODE_CONFIG }, owner)
  expect(away.objects[0]?.metadata.name).toBe(made(general).bootstrapTemplates[0]?.metadata.name)
})

test('what the model has no place for stays where it is, and is named', () => {
  const live = withNode(NO_NODE_CONFIG)
  const odd = { path: '/x', encoding: 'base64', content: 'aGk=' }
  const person = { name: 'chart', gecos: 'Chart', sshAuthorizedKeys: [KEY] }
  const bootstrapTemplates = live.bootstrapTemplates.map((template) => withAt(withAt(template, ['spec', 'template', 'spec', 'files'], [odd]), ['spec', 'template', 'spec', 'users'], [person]))
  const before = readPool({ ...live, bootstrapTemplates })
  expect(before.unknown).toEqual(['KubeadmConfigTemplate spec.template.spec.files.0', 'KubeadmConfigTemplate spec.template.spec.users.0'])
  expect(before.spec.node).toEqual(NO_NODE_CONFIG)
  const [template] = planPoolChange({ ...live, bootstrapTemplates }, { ...before.spec, node: full }, owner).objects
  expect(template?.spec).toMatchObject({ template: { spec: { files: expect.arrayContaining([odd]) as unknown, users: expect.arrayContaining([person]) as unknown } } })
})

test('the chart’s commands and kubelet arguments are shown as they are, and a change keeps them', () => {
  const chart = { spec: { joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { 'node-ip': '1', 'cloud-provider': 'external' } } }, preKubeadmCommands: ['hostnamectl x'] } }
  expect(readNode(chart).config).toMatchObject({ preCommands: ['hostnamectl x'], kubeletArgs: [{ name: 'node-ip', value: '1' }] })
})

test('the proxy’s files without the commands that belong to them are files', () => {
  const live = content({ ...NO_NODE_CONFIG, proxy: full.proxy })
  const { config } = readNode(withAt(live, ['spec', 'preKubeadmCommands'], []))
  expect(config.proxy).toBeNull()
  expect(config.files).toHaveLength(4)
})

describe('the proxy', () => {
  const text = JSON.stringify(content({ ...NO_NODE_CONFIG, proxy: { ...full.proxy!, credentials: { name: ref.name, key: 'proxy' } } }))
  test('is given to the system, containerd and the kubelet; with a password only by a Secret', () => {
    for (const path of ['/etc/systemd/system/containerd.service.d/http-proxy.conf', '/etc/systemd/system/kubelet.service.d/http-proxy.conf']) expect(text).toContain(`"${path}"`)
    expect(text).toContain('>>/etc/environment')
    expect(text).not.toContain('HTTP_PROXY=')
    expect(text).toContain('NO_PROXY=.svc,10.244.0.0/16,localhost')
  })
  test('has its password encoded, every sign of it', () => {
    const typed: TypedSecrets = { name: ref.name, proxy: { user: 'me@x', password: "p'a%s:s/!" }, values: {} }
    expect(secretData({ ...NO_NODE_CONFIG, proxy: full.proxy }, typed)['proxy']).toContain('HTTPS_PROXY=http://me%40x:p%27a%25s%3As%2F%21@proxy.example.com:3128\n')
  })
  test('with new words needs them typed, with a new URL again', () => {
    const node = { ...NO_NODE_CONFIG, proxy: { ...full.proxy!, credentials: { name: ref.name, key: 'proxy' } } }
    const typed: TypedSecrets = { name: ref.name, proxy: { user: 'me', password: 'x' }, values: {} }
    expect(typedProblems(node, NO_NODE_CONFIG, null)).toMatchObject([{ path: ['node', 'proxy', 'credentials'] }])
    expect(typedProblems(node, NO_NODE_CONFIG, typed)).toEqual([])
    expect(typedProblems(node, node, null)).toEqual([])
    expect(typedProblems({ ...node, proxy: { ...node.proxy, url: 'http://other:1' } }, node, null)[0]?.message).toContain('again')
  })
})

test('a change is told in words, never with what files or Secrets hold', () => {
  const told = nodeFields(full)
  expect(told.map(({ words }) => words)).toEqual(['User ubuntu', 'User ops', 'File /etc/motd', 'File /etc/a', 'Commands before joining', 'Commands after joining', 'Time servers', 'Kubelet argument max-pods', 'Kubelet argument image-gc-high-threshold', 'Authority company', 'Mirror of docker.io', 'Proxy', 'Reached without the proxy'])
  expect(told.map(({ value }) => value).join()).not.toContain('hello')
})

describe('bad input', () => {
  const node = (change: Partial<NodeConfig>) => nodeProblems({ ...NO_NODE_CONFIG, ...change })
  const user = full.users[0]!
  const file = full.files[0]!
  test.each<[string, Partial<NodeConfig>, string, string]>([
    ['two users of one name', { users: [user, user] }, 'users.1.name', 'two users named ubuntu'],
    ['two files at one path', { files: [file, file] }, 'files.1.path', 'two files at /etc/motd'],
    ['an SSH key that is none', { users: [{ ...user, sshKeys: ['ssh-rsa nope'] }] }, 'users.0.sshKeys.0', 'not an SSH public key'],
    ['a private key', { users: [{ ...user, sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] }] }, 'users.0.sshKeys.0', 'private key'],
    ['a sudo rule that YAML reads otherwise', { users: [{ ...user, sudo: 'ALL # x' }] }, 'users.0.sudo', 'YAML'],
    ['a name that would be another field', { users: [{ ...user, name: 'a\nsudo: x' }] }, 'users.0.name', 'not a user’s name'],
    ['an empty command', { preCommands: [' '] }, 'preCommands.0', 'empty'],
    ['a relative path', { files: [{ ...file, path: 'etc/motd' }] }, 'files.0.path', 'full path'],
    ['an empty file', { files: [{ ...file, content: { kind: 'text', text: '' } }] }, 'files.0.content', 'empty'],
    ['a file over 10 KiB', { files: [{ ...file, content: { kind: 'text', text: 'x'.repeat(10_241) } }] }, 'files.0.content', '11 KiB'],
    ['over 256 KiB in all', { files: Array.from({ length: 28 }, (_, index) => ({ ...file, path: `/f/${index}`, content: { kind: 'text' as const, text: 'x'.repeat(10_000) } })) }, 'files', 'KiB in all'],
    ['a first line that begins with a blank', { files: [{ ...file, content: { kind: 'text', text: '  a\nb' } }] }, 'files.0.content', 'begins with a blank'],
    ['cloud-init that is no YAML', { files: [{ ...file, path: '/etc/cloud/cloud.cfg.d/99-custom.cfg', content: { kind: 'text', text: 'a: [' } }] }, 'files.0.content', 'no YAML'],
    ['cloud-init that is a sentence', { files: [{ ...file, path: '/etc/cloud/cloud.cfg.d/99-custom.cfg', content: { kind: 'text', text: 'timezone' } }] }, 'files.0.content', 'no cloud-init configuration'],
    ['a file of another Secret', { files: [{ ...file, content: { kind: 'secret', secret: { name: 'blue-1-kubeconfig', key: 'value' } } }] }, 'files.0.content', 'not for machines'],
    ['a certificate that is none', { authorities: [{ name: 'a', pem: 'hello' }] }, 'authorities.0.pem', 'no certificate in PEM'],
    ['a private key among authorities', { authorities: [{ name: 'a', pem: '-----BEGIN RSA PRIVATE KEY-----\nx' }] }, 'authorities.0.pem', 'private key'],
    ['a proxy with its password in the clear', { proxy: { ...full.proxy!, url: 'http://me:pw@proxy:3128' } }, 'proxy.url', 'do not belong into the URL'],
    ['a proxy that is no URL', { proxy: { ...full.proxy!, url: 'proxy:3128' } }, 'proxy.url', 'not a proxy’s URL'],
    ['a mirror with a password', { mirrors: [{ registry: 'docker.io', endpoints: ['https://a:b@m'] }] }, 'mirrors.0.endpoints', 'no password'],
    ['a kubelet argument with dashes', { kubeletArgs: [{ name: '--max-pods', value: '1' }] }, 'kubeletArgs.0.name', 'Leave out the dashes: max-pods'],
    ['a kubelet argument of ours', { kubeletArgs: [{ name: 'cloud-provider', value: 'x' }] }, 'kubeletArgs.0.name', 'set for every machine'],
    ['a file in the proxy’s place', { proxy: full.proxy, files: [{ ...file, path: '/etc/http-proxy.env' }] }, 'files.0.path', 'is written to /etc/http-proxy.env'],
    ['an appended file at a path that is there', { files: [file, { ...file, append: true }] }, 'files.1.path', 'Put both into one'],
  ])('%s is refused at its field', (_what, change, path, words) => {
    expect(node(change).map((problem) => [problem.path.join('.'), problem.message])).toEqual([[`node.${path}`, expect.stringContaining(words)]])
  })
  test('all of it right is not refused', () => expect(nodeProblems(full)).toEqual([]))
  test('a clear password where a hash belongs', () => {
    const typed: TypedSecrets = { name: ref.name, proxy: null, values: { 'v-1': 'hunter2' } }
    expect(typedProblems(full, NO_NODE_CONFIG, typed)).toMatchObject([{ path: ['node', 'users', '1', 'password'] }])
    expect(typedProblems(full, NO_NODE_CONFIG, { ...typed, values: { 'v-1': '$6$rounds=5000$abcdefgh$0123456789abcdef' } })).toEqual([])
  })
})
