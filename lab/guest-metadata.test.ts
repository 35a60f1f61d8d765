import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { leaseOf, readGuestMetadata } from './guest-metadata'

const yaml = 'instance-id: m1\nlocal-hostname: m1\nnetwork:\n  version: 2\n  ethernets:\n    id0:\n      addresses: ["10.20.0.10/24"]\n'
const read = (value: string, encoding: string) =>
  readGuestMetadata(new Map([['guestinfo.metadata', value], ['guestinfo.metadata.encoding', encoding]]))

test.each([
  ['plain', yaml, ''],
  ['base64', Buffer.from(yaml).toString('base64'), 'base64'],
  ['gzip', gzipSync(yaml).toString('base64'), 'gzip+base64'],
])('metadata is read as it was encoded: %s', (_, value, encoding) => {
  expect(read(value, encoding)).toEqual({ hostname: 'm1', address: '10.20.0.10', ethernets: [{ addresses: ['10.20.0.10/24'] }] })
})

test('without an address in it the network gives one, the same each time', () => {
  expect(read('local-hostname: m1\n', '')?.address).toBeUndefined()
  expect(leaseOf('a-uuid')).toBe(leaseOf('a-uuid'))
  expect(leaseOf('a-uuid')).toMatch(/^10\.60\.\d+\.\d+$/)
})
