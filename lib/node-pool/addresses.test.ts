import { expect, test } from 'vitest'
import { addressAnswer, podWarning, waitingIn, withWarning } from '@/lib/node-pool/addresses'

const pool = (free: number) => ({ kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 16 - free, free }) as const

test('what is needed is compared with what is free once every machine that waits has its address', () => {
  expect(addressAnswer({ needed: 1, must: 1 }, pool(3), () => 2)).toMatchObject({ role: 'ok', free: 1, words: '1 address more at a time; 1 is free in pool blue-1.' })
  expect(addressAnswer({ needed: 1, must: 1 }, pool(3), () => 3)).toMatchObject({ role: 'bad', free: 0 })
})
test('what is of use only later is a warning', () => {
  expect(addressAnswer({ needed: 3, must: 2 }, pool(2), () => 0)).toMatchObject({ role: 'warn', words: expect.stringContaining('2 addresses now; 2 are free') as string })
})
test('DHCP has no count, and neither has a pool that nobody has read', () => {
  expect(addressAnswer({ needed: 5, must: 5 }, { kind: 'dhcp' }, () => 9)).toMatchObject({ role: 'ok', free: null })
  expect(addressAnswer({ needed: 5, must: 5 }, { ...pool(0), total: 0 }, () => 0)).toMatchObject({ role: 'warn', free: null })
  expect(addressAnswer({ needed: 0, must: 0 }, pool(0), () => 4)).toMatchObject({ role: 'ok' })
})

test('machines wait on the pools that their own node pool takes addresses from, and on no other', () => {
  const pools = [{ name: 'general', desired: 3 }, { name: 'stuck', desired: 5, addressPools: ['far'] }, { name: 'both', desired: 1, addressPools: ['blue-1', 'far'] }, { name: 'dhcp', desired: 4, addressPools: [] }]
  const waiting = waitingIn(pools, pool(3), [{ pool: 'general', address: '10.0.0.1' }, { pool: 'general', address: null }, { pool: 'stuck', address: '10.9.0.1' }])
  expect([waiting('blue-1'), waiting('far'), waiting('other')]).toEqual([3, 5, 0])
  const addresses = { ...pool(3), more: [{ ...pool(4), pool: 'far' }] }
  expect(addressAnswer({ needed: 1, must: 1 }, addresses, (name) => (name === 'far' ? 4 : 0), ['blue-1', 'far'])).toMatchObject({ role: 'bad', words: expect.stringContaining('free in pool far') as string })
})
test('a largest size beyond the free addresses is a warning', () => {
  expect(addressAnswer({ needed: 2, must: 1, most: 6 }, pool(3), () => 0)).toMatchObject({ role: 'warn', words: expect.stringContaining('At its largest size it takes 6 more') as string })
  expect(addressAnswer({ needed: 0, must: 0, most: 4 }, pool(3), () => 0)).toMatchObject({ role: 'warn', words: expect.stringContaining('None more now; 3 are free') as string })
  expect(addressAnswer({ needed: 0, must: 0, most: 3 }, pool(3), () => 0).role).toBe('ok')
  expect(addressAnswer({ needed: 0, must: 0, most: 9 }, { kind: 'dhcp' }, () => 0).role).toBe('ok')
})
test('more machines than the pod network has parts for are warned of: only some network add-ons go by them', () => {
  const network = { pods: ['10.244.0.0/22'] }
  expect(podWarning({ needed: 1 }, network, 3)).toBeNull()
  expect(podWarning({ needed: 2 }, network, 3)).toMatch(/^The pod network 10\.244\.0\.0\/22 has room for 4 machines, a \/24 each: 3 are asked for, and this can take 2 more\./)
  expect(podWarning({ needed: 1, most: 3 }, network, 3)).toMatch(/can take 3 more/)
  expect([podWarning({ needed: 0 }, network, 9), podWarning({ needed: 9 }, { pods: [] }, 9)]).toEqual([null, null])
  const ok = addressAnswer({ needed: 1, must: 1 }, pool(3), () => 0)
  const bad = addressAnswer({ needed: 1, must: 1 }, pool(0), () => 0)
  expect([withWarning(ok, null), withWarning(ok, 'Few.'), withWarning(bad, 'Few.').role]).toEqual([ok, { ...ok, role: 'warn', words: `${ok.words} Few.` }, 'bad'])
})
