import { expect, test } from 'vitest'
import { type PoolSurroundings, rangesProblems, usableIn } from '@/lib/ip-pool/ranges'

const around: PoolSurroundings = { prefix: 24, gateway: '10.40.12.1', endpoint: '10.40.12.21', held: [{ address: '10.40.12.64', holder: 'general-a' }, { address: '10.40.12.66', holder: 'general-b' }] }
const said = (ranges: readonly string[], change: Partial<PoolSurroundings> = {}) => rangesProblems(ranges, { ...around, ...change }).map(({ path, message }) => `${path.join('.')}: ${message}`)

test('ranges may grow, shrink to what is held, and be parted', () => {
  expect(said(['10.40.12.64-10.40.12.95', '10.40.12.128/27'])).toEqual([])
  expect(said(['10.40.12.64', '10.40.12.66-10.40.12.66'])).toEqual([])
  expect(said(['10.40.12.2-10.40.12.20', '10.40.12.64-10.40.12.66'])).toEqual([])
})

test('what is given out stays: the machine that holds it is named', () => {
  expect(said(['10.40.12.64-10.40.12.65'])).toEqual(['ranges: 10.40.12.66 is held by general-b. Keep it in a range; only free addresses can be taken away.'])
  expect(said(['10.40.12.100-10.40.12.120'])[0]).toContain('10.40.12.64 is held by general-a and 10.40.12.66 is held by general-b. Keep them')
})

test('ranges that cannot be read, overlap, leave the subnet or hold the API are told at their row', () => {
  expect(said([])).toEqual(['ranges: A pool needs at least one range.'])
  expect(said(['10.40.12.64-10.40.12.95', ''])[0]).toMatch(/^ranges\.1: Give a range/)
  expect(said(['10.40.12.64-x'])[0]).toMatch(/^ranges\.0: “10\.40\.12\.64-x” is not a range/)
  expect(said(['10.40.12.64-10.40.12.95', '10.40.12.90-10.40.12.99'])).toEqual(['ranges.1: 10.40.12.90-10.40.12.99 overlaps 10.40.12.64-10.40.12.95.'])
  expect(said(['10.40.12.64-10.40.13.10'])).toEqual(['ranges.0: 10.40.12.64-10.40.13.10 is not inside 10.40.12.0/24, the network of this pool.'])
  expect(said(['10.40.12.64-10.40.12.95', '10.40.12.20-10.40.12.30'])[0]).toContain('holds the API’s address 10.40.12.21')
  expect(said(['10.40.12.64-10.40.12.95', '2001:db8::/64'])[0]).toContain('gives out IPv4 addresses')
})

test('without a gateway the lowest address says the subnet', () => {
  expect(said(['2001:db8::5-2001:db8::ff', '2001:db8:1::/120'], { gateway: null, endpoint: null, prefix: 64, held: [] })).toEqual(['ranges.1: 2001:db8:1::/120 is not inside 2001:db8::/64, the network of this pool.'])
})

test('usable addresses: overlaps once, without network, broadcast and gateway', () => {
  expect(usableIn(['10.40.12.0/24'], 24, '10.40.12.1')).toBe(253n)
  expect(usableIn(['10.40.12.64-10.40.12.70', '10.40.12.68-10.40.12.72'], 24, null)).toBe(9n)
  expect(usableIn(['2001:db8::/64'], 64, '2001:db8::1')).toBe((1n << 64n) - 2n)
  expect(usableIn(['x'], 24, null)).toBeNull()
})
