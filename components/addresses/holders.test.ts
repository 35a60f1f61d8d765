import { expect, test } from 'vitest'
import type { MachineView } from '@/lib/machine/view'
import { clashing } from './clash'
import { countWords, heldIn, holdersOf } from './holders'

const machine = (name: string, address: string | null, moreAddresses?: readonly string[]) => ({ name, address, ...(moreAddresses ? { moreAddresses } : {}) }) as MachineView

test('addresses come in the order of their numbers, IPv4 first', () => {
  const holders = holdersOf([machine('a', '10.0.0.10', ['2001:db8::a']), machine('b', '10.0.0.9'), machine('c', null), machine('d', '9.0.0.200', ['2001:db8::9'])])
  expect(holders.map(({ address, machine: { name } }) => `${address} ${name}`)).toEqual(['9.0.0.200 d', '10.0.0.9 b', '10.0.0.10 a', '2001:db8::9 d', '2001:db8::a a'])
  expect(heldIn(['10.0.0.8/30', '2001:db8::a'], holders)).toEqual([{ address: '10.0.0.9', holder: 'b' }, { address: '10.0.0.10', holder: 'a' }, { address: '2001:db8::a', holder: 'a' }])
})

test('counts that nobody can read are said in words', () => {
  expect(countWords({ total: 16, used: 16, free: 0 })).toBe('16 of 16 in use, none free.')
  expect(countWords({ total: 9_223_372_036_854_775_807, used: 2, free: 9_223_372_036_854_775_805 })).toBe('2 in use, more than a million free.')
  expect(countWords({ total: 0, used: 0, free: 0 })).toBe('Not counted yet.')
})

test('a range of another cluster is named', () => {
  const others = [{ name: 'green', ranges: ['10.0.0.32/27'] }]
  expect(clashing(['10.0.0.20-10.0.0.40'], others)).toBe('This reaches into 10.0.0.32/27 of cluster green.')
  expect(clashing(['10.0.0.20-10.0.0.31', 'half typed'], others)).toBeNull()
})
