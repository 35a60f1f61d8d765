import { expect, test } from 'vitest'
import { countBucket, warningEntry, type Warning } from '@/lib/timeline/warnings'

const cluster = { uid: 'c1', tenant: 'blue', name: 'shape' }
const warning = (more: Partial<Warning> = {}): Warning => ({ uid: 'e1', kind: 'VSphereVM', name: 'shape-general-b829z-8t6sx', reason: 'CloneFailed', message: 'no space', count: 1, at: '2026-01-01T00:00:00Z', ...more })

test('a warning of a machine’s VM is told of the machine, by its short name', () => {
  expect(warningEntry(cluster, warning())).toEqual({
    kind: 'entry', key: 'e1:warning:1', tenant: 'blue', clusterUid: 'c1', cluster: 'shape', at: '2026-01-01T00:00:00Z',
    subject: 'shape-general-b829z-8t6sx', text: '8t6sx: no space', role: 'warn', who: null,
  })
})

test('a warning of an address’s claim is told of its machine', () => {
  expect(warningEntry(cluster, warning({ kind: 'IPAddressClaim', name: 'shape-general-b829z-8t6sx-0-0' }))).toMatchObject({ subject: 'shape-general-b829z-8t6sx', text: '8t6sx: no space' })
})

test('a warning of the cluster stands for itself, one of a pool names it', () => {
  expect(warningEntry(cluster, warning({ kind: 'Cluster', name: 'shape' }))).toMatchObject({ subject: null, text: 'no space' })
  expect(warningEntry(cluster, warning({ kind: 'MachineDeployment', name: 'shape-general' }))).toMatchObject({ subject: null, text: 'shape-general: no space' })
})

test('what anyone wrote into a message comes out as one clean line', () => {
  expect(warningEntry(cluster, warning({ message: 'a\u001b[31mred\u202e\n\nb' })).text).toBe('8t6sx: ared b')
})

test('a warning without a message says its reason in words', () => {
  expect(warningEntry(cluster, warning({ message: '' })).text).toBe('8t6sx: Clone Failed')
})

test.each([[0, 1], [1, 1], [9, 1], [10, 10], [99, 10], [100, 100], [12_345, 10_000]])('%i times falls into the bucket of %i', (count, bucket) => {
  expect(countBucket(count)).toBe(bucket)
})

test('the same warning has the same key until it has become a habit', () => {
  const keys = [1, 2, 9, 10, 50].map((count) => warningEntry(cluster, warning({ count })).key)
  expect(new Set(keys)).toEqual(new Set(['e1:warning:1', 'e1:warning:10']))
  expect(warningEntry(cluster, warning({ count: 37 })).text).toBe('8t6sx: no space (10 times or more)')
})
