import { expect, test } from 'vitest'
import { scaleWords } from './scale-words'

const pool = { name: 'general', desired: 3, surge: 1 }
const DHCP = { addresses: { kind: 'dhcp' } } as const
const addresses = (free: number) => ({ kind: 'pool' as const, pool: 'blue', ranges: [], prefix: 24, gateway: null, total: 8, used: 8 - free, free })

test('growing says what it takes, and warns when a later change would wait', () => {
  expect(scaleWords(pool, 5, { addresses: addresses(4) })).toMatchObject({ verb: 'Scale to 5 and add 2 machines', problem: null, addresses: 'Takes 2 addresses; 4 addresses are free in pool blue.' })
  expect(scaleWords(pool, 5, { addresses: addresses(2) }).addresses).toContain('would then wait for an address')
})

test('growing beyond the free addresses names both figures', () => {
  expect(scaleWords(pool, 5, { addresses: addresses(1) }).problem).toBe('2 more need 2 addresses; 1 address is free in pool blue.')
})

test('shrinking says that machines are drained and deleted, and needs no address', () => {
  expect(scaleWords(pool, 1, { addresses: addresses(0) })).toMatchObject({ verb: 'Scale to 1 and remove 2 machines', problem: null, addresses: null })
})

test('growing a pool that no machine can be made for says why; shrinking it is as ever', () => {
  expect(scaleWords(pool, 5, { ...DHCP, held: 'Upgrade the pool first.' }).problem).toBe('Upgrade the pool first.')
  expect(scaleWords(pool, 1, { ...DHCP, held: 'Upgrade the pool first.' }).problem).toBeNull()
})

test('an emptied field is no number', () => {
  expect(scaleWords(pool, null, DHCP).problem).toContain('whole number')
})

test('addresses that machines wait for are not free, and the pod network has an end', () => {
  expect(scaleWords(pool, 5, { addresses: addresses(3), waiting: () => 2 }).problem).toBe('2 more need 2 addresses; 1 address is free in pool blue.')
  const networks = { pods: ['10.244.0.0/22'] }
  expect(scaleWords(pool, 4, { ...DHCP, networks })).toMatchObject({ problem: null, addresses: null })
  expect(scaleWords(pool, 4, { ...DHCP, networks, desired: 4 })).toMatchObject({ problem: null, addresses: expect.stringMatching(/^The pod network 10\.244\.0\.0\/22 has room for 4 machines/) as string })
  expect(scaleWords(pool, 5, { addresses: addresses(9), networks, desired: 4 }).addresses).toMatch(/9 addresses are free in pool blue\. The pod network/)
})
