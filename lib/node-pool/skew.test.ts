import { expect, test } from 'vitest'
import { newPoolSkew, newPoolStart, planeVersion, skewHold } from '@/lib/node-pool/skew'

const pool = (version: string | null) => ({ name: 'general', version })

test('only another minor holds a pool’s machines', () => {
  expect(skewHold(pool('v1.34.3'), 'v1.35.2')).toBe('Pool general is at 1.34.3 and the control plane at 1.35.2. Until both have the same minor version Cluster API makes no machine for it. Upgrade the pool first.')
  expect(skewHold(pool('v1.36.0'), 'v1.35.2')).toMatch(/Upgrade the control plane first\.$/)
  for (const [nodes, plane] of [['v1.35.0', 'v1.35.2'], ['v1.35.4', '1.35.2'], [null, 'v1.35.2'], ['v1.34.3', null], ['v1.35.1+vendor.1', 'v1.35.2']] as const) expect(skewHold(pool(nodes), plane), `${nodes}`).toBeNull()
})

test('a new pool has the control plane’s minor and is not newer', () => {
  expect([newPoolSkew('v1.35.2', 'v1.35.2'), newPoolSkew('v1.35.1', '1.35.2'), newPoolSkew('v1.35.2', null)]).toEqual([null, null, null])
  for (const version of ['v1.34.3', 'v1.35.3', 'v1.36.0']) expect(newPoolSkew(version, 'v1.35.2'), version).toMatch(/control plane is at 1\.35\.2/)
})

test('the control plane’s version is the one it goes to, unless Kamaji refused it', () => {
  const version = { desired: 'v1.35.2', current: 'v1.34.3' }
  expect(planeVersion({ version, controlPlane: { state: { role: 'busy' } } })).toBe('v1.35.2')
  expect(planeVersion({ version, controlPlane: { state: { role: 'warn' } } })).toBe('v1.34.3')
  expect(planeVersion({ version: { desired: null, current: 'v1.34.3' }, controlPlane: { state: { role: 'ok' } } })).toBe('v1.34.3')
})

test('a new pool begins at the control plane’s version with a template of it, not as the oldest pool is', () => {
  const old = { version: 'v1.34.3', template: 'ubuntu-1.34' }
  const start = (pools: Parameters<typeof newPoolStart>[0], offered: readonly string[], last = 'ubuntu-1.34') => newPoolStart(pools, last, 'v1.35.2', offered)
  expect(start([old], ['ubuntu-1.35'])).toEqual({ version: 'v1.35.2', template: 'ubuntu-1.35' })
  expect(start([old, { version: 'v1.35.2', template: 'own' }], ['ubuntu-1.35'])).toEqual({ version: 'v1.35.2', template: 'own' })
  expect(start([], ['other', 'ubuntu-1.35'], 'ubuntu-1.35')).toEqual({ version: 'v1.35.2', template: 'ubuntu-1.35' })
  expect(start([old, { version: 'v1.35.1', template: 'ubuntu-1.35.1' }], [])).toEqual({ version: 'v1.35.1', template: 'ubuntu-1.35.1' })
  expect(start([old], [])).toEqual({ version: 'v1.35.2', template: '' })
  expect(newPoolStart([old], '', null, [])).toEqual(old)
})
