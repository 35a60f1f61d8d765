import { expect, test } from 'vitest'
import { canonicalSpan, formatIp, networkAround, parseIp, parseSpan, spanHolds, spansOverlap } from '@/lib/ip-pool/ip'

const ip = (text: string) => parseIp(text) ?? expect.fail(text)
const span = (text: string) => parseSpan(text) ?? expect.fail(text)

test('addresses of both families are read strictly and written as Go writes them', () => {
  const pairs = [['10.40.12.1', '10.40.12.1'], ['::', '::'], ['::1', '::1'], ['2001:DB8::0:1', '2001:db8::1'], ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'], ['1:0:0:2:0:0:0:3', '1:0:0:2::3'], ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'], ['::ffff:10.0.0.1', '::ffff:a00:1'], ['fe80::', 'fe80::']] as const
  for (const [text, written] of pairs) expect(formatIp(ip(text)), text).toBe(written)
  for (const bad of ['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', 'g::', '::1%eth0', '::10.0.0.256', '10.0.0.1::', ' ::1']) expect(parseIp(bad), bad).toBeNull()
})

test('networks and ranges of IPv6', () => {
  expect(networkAround(ip('2001:db8::1:5'), 64)).toEqual(span('2001:db8::/64'))
  expect(networkAround(ip('10.0.0.9'), 24)).toEqual(span('10.0.0.0-10.0.0.255'))
  expect(span('::/0').last).toBe((1n << 128n) - 1n)
  for (const bad of ['', '2001:db8::/129', '10.0.0.0/33', '2001:db8::5-2001:db8::1', '10.0.0.1-2001:db8::1', '2001:db8::1-', '::/a']) expect(parseSpan(bad), bad).toBeNull()
})

test('one spelling of a range reaches the pool', () => {
  expect(canonicalSpan(' 2001:DB8:0::5 - 2001:db8::9')).toBe('2001:db8::5-2001:db8::9')
  expect(canonicalSpan('2001:db8::5/64')).toBe('2001:db8::/64')
  expect(canonicalSpan('10.0.0.7')).toBe('10.0.0.7-10.0.0.7')
  expect(canonicalSpan('nonsense')).toBe('nonsense')
})

test('families are never mixed up', () => {
  expect(spanHolds(span('::/0'), ip('10.0.0.1'))).toBe(false)
  expect(spansOverlap(span('::/0'), span('0.0.0.0/0'))).toBe(false)
  expect(spansOverlap(span('2001:db8::/64'), span('2001:db8::ffff-2001:db8:1::'))).toBe(true)
})
