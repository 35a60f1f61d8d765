import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { addressOf, base64, csiConf, vsphereConf, type VCenterAccess } from '@/lib/addons/config'

const access: VCenterAccess = { server: 'vc.example.com', thumbprint: 'AA:BB', caFile: null, datacenter: 'dc-north', username: 'DOMAIN\\svc', password: 'p"a\\s#s: ünd; [x]' }

describe('vsphere.conf', () => {
  test('is YAML in which any password is a text', () => {
    const read = parse(vsphereConf(access, { region: '', zone: '' })) as Record<string, unknown>
    const signIn = { user: access.username, password: access.password, port: 443, insecureFlag: false, thumbprint: 'AA:BB' }
    expect(read).toEqual({ global: signIn, vcenter: { 'vc.example.com': { ...signIn, server: 'vc.example.com', datacenters: ['dc-north'] } } })
  })
  test('a password that looks like a number or a switch stays a text', () => {
    for (const password of ['0123', 'on', '1e3', 'null', '~']) expect((parse(vsphereConf({ ...access, password }, { region: '', zone: '' }), { version: '1.1' }) as { global: { password: unknown } }).global.password).toBe(password)
  })
  test('has the tag categories only where there are some, and no empty thumbprint', () => {
    const text = vsphereConf({ ...access, thumbprint: null }, { region: 'k8s-region', zone: 'k8s-zone' })
    expect((parse(text) as { labels: unknown }).labels).toEqual({ region: 'k8s-region', zone: 'k8s-zone' })
    expect(text).not.toContain('thumbprint')
  })
})

test('csi-vsphere.conf escapes what gcfg reads in quotes, and says what cluster this is', () => {
  const text = csiConf(access, '0c1d', { region: '', zone: '' })
  expect(text).toContain('password = "p\\"a\\\\s#s: ünd; [x]"')
  expect(text).toContain('user = "DOMAIN\\\\svc"')
  expect(text).toMatch(/^\[Global\]\ncluster-id = "0c1d"\ncluster-distribution = "Kubernetes"\nthumbprint = "AA:BB"\n/)
  expect(text).toContain('[VirtualCenter "vc.example.com"]\ninsecure-flag = "false"\n')
})

test('authorities are a file for both, and nothing is ever unverified', () => {
  const own = { ...access, thumbprint: null, caFile: '/etc/cloud/vcenter-ca.pem' }
  expect(parse(vsphereConf(own, { region: '', zone: '' }))).toMatchObject({ global: { caFile: own.caFile, insecureFlag: false }, vcenter: { 'vc.example.com': { caFile: own.caFile, insecureFlag: false } } })
  expect(csiConf(own, '0c1d', { region: '', zone: '' })).toMatch(/cluster-distribution = "Kubernetes"\nca-file = "\/etc\/cloud\/vcenter-ca.pem"\n\n/)
})

test('storage has the tag categories only where there are some', () => {
  expect(csiConf(access, '0c1d', { region: 'k8s-region', zone: 'k8s-zone' })).toMatch(/\n\[Labels\]\ntopology-categories = "k8s-region, k8s-zone"\n$/)
  expect(csiConf(access, '0c1d', { region: '', zone: '' })).not.toContain('Labels')
})

test('a port of the server is apart from its name in both', () => {
  const other = { ...access, server: 'vc.example.com:8443' }
  expect(parse(vsphereConf(other, { region: '', zone: '' }))).toMatchObject({ global: { port: 8443 }, vcenter: { 'vc.example.com': { server: 'vc.example.com', port: 8443 } } })
  expect(csiConf(other, '0c1d', { region: '', zone: '' })).toContain('port = "8443"')
})

test('host and port of a server, whatever is left out', () => {
  expect(addressOf('vc.example.com')).toEqual({ host: 'vc.example.com', port: 443 })
  expect(addressOf('127.0.0.1:8443')).toEqual({ host: '127.0.0.1', port: 8443 })
  expect(addressOf('[fd00::1]:8443')).toEqual({ host: 'fd00::1', port: 8443 })
  expect(addressOf('[fd00::1]')).toEqual({ host: 'fd00::1', port: 443 })
  expect(addressOf('fd00::1')).toEqual({ host: 'fd00::1', port: 443 })
})

test('base64 is of UTF-8', () => expect(Buffer.from(base64('pässwörd €'), 'base64').toString('utf8')).toBe('pässwörd €'))
