import { expect, test } from 'vitest'
import { formatAddress, formatCidr, networkOf, overlaps, parseAddress, parseCidr } from '@/lib/ip-pool/ipv4'
import { canonicalRange, parseRange, suggestRange, usableCount } from '@/lib/ip-pool/range'

const cidr = (text: string) => parseCidr(text) ?? expect.fail(text)
const range = (text: string) => parseRange(text) ?? expect.fail(text)

test('addresses are read strictly and written back', () => {
  for (const text of ['0.0.0.0', '10.40.12.1', '255.255.255.255']) expect(formatAddress(parseAddress(text) ?? -1)).toBe(text)
  for (const bad of ['', '10.40.12', '10.40.12.256', '010.0.0.1', '1.2.3.4.5', '::1', '1e1.0.0.1', '-1.0.0.0', ' 10.0.0.1']) expect(parseAddress(bad), bad).toBeNull()
})

test('a network drops the bits after its prefix', () => {
  expect(formatCidr(cidr('10.40.12.9/24'))).toBe('10.40.12.0/24')
  expect(cidr('0.0.0.0/0').last).toBe(2 ** 32 - 1)
  expect(cidr('255.255.255.255/32')).toMatchObject({ first: 2 ** 32 - 1, last: 2 ** 32 - 1 })
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/']) expect(parseCidr(bad), bad).toBeNull()
})

test('networks overlap when one holds the other, also across the sign bit', () => {
  expect(overlaps(cidr('10.0.0.0/8'), cidr('10.244.0.0/16'))).toBe(true)
  expect(overlaps(cidr('10.96.0.0/16'), cidr('10.97.0.0/16'))).toBe(false)
  expect(overlaps(cidr('128.0.0.0/1'), cidr('192.168.0.0/16'))).toBe(true)
})

test('ranges are read as a-b, as a network and as one address', () => {
  expect(range('10.0.0.5 - 10.0.0.9')).toEqual(range('10.0.0.5-10.0.0.9'))
  expect(range('10.0.0.64/30')).toEqual(range('10.0.0.64-10.0.0.67'))
  expect(range('10.0.0.7')).toEqual(range('10.0.0.7-10.0.0.7'))
  for (const bad of ['', '-', '10.0.0.9-10.0.0.5', '10.0.0.1-', '10.0.0.1-10.0.0.2-10.0.0.3', '10.0.0.1-5']) expect(parseRange(bad), bad).toBeNull()
})

test('one spelling of a range reaches the pool', () => {
  expect(canonicalRange(' 10.0.0.5 - 10.0.0.9 ')).toBe('10.0.0.5-10.0.0.9')
  expect(canonicalRange('10.0.0.65/30')).toBe('10.0.0.64/30')
})

test('first and last address of the subnet and the gateway are not given to machines', () => {
  const subnet = networkOf(parseAddress('10.0.0.1') ?? 0, 24)
  expect(usableCount(range('10.0.0.0/24'), subnet, parseAddress('10.0.0.1'))).toBe(253)
  expect(usableCount(range('10.0.0.64-10.0.0.68'), subnet, parseAddress('10.0.0.1'))).toBe(5)
})

test('the suggestion grows a range from where it began, to twice what is needed', () => {
  expect(suggestRange({ typed: '10.40.12.64-10.40.12.68', gateway: '10.40.12.1', prefix: 24, needed: 6 })).toEqual({ range: '10.40.12.64-10.40.12.75', count: 12 })
})

test('the suggestion goes around what is taken', () => {
  expect(suggestRange({ typed: '10.0.0.2-10.0.0.3', gateway: '10.0.0.1', prefix: 24, needed: 4, taken: ['10.0.0.5'] })?.range).toBe('10.0.0.6-10.0.0.13')
})

test('near the end of a subnet the suggestion is what is needed, and none where there is no room', () => {
  expect(suggestRange({ typed: '', gateway: '10.0.0.1', prefix: 29, needed: 4 })).toEqual({ range: '10.0.0.2-10.0.0.5', count: 4 })
  expect(suggestRange({ typed: '', gateway: '10.0.0.1', prefix: 29, needed: 6 })).toBeNull()
  expect(suggestRange({ typed: '', gateway: 'nonsense', prefix: 24, needed: 4 })).toBeNull()
})
