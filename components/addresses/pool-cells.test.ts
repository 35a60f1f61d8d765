import { expect, test } from 'vitest'
import { poolCells } from './pool-cells'

const cells = (ranges: readonly string[], holders: readonly (readonly [string, string])[] = []) => poolCells({ ranges, prefix: 24, gateway: '10.0.0.1' }, new Map(holders))
const count = (ranges: readonly string[], cell: string, holders: readonly (readonly [string, string])[] = []) => cells(ranges, holders).rows.flatMap((row) => row.cells).filter((each) => each.cell === cell).length

test('each address is held, free, kept back or not of the pool', () => {
  const holders = [['10.0.0.5', 'general-a'], ['10.0.0.7', 'general-b']] as const
  expect(cells(['10.0.0.0-10.0.0.9'], holders).rows.map(({ label }) => label)).toEqual(['.0'])
  expect(['machine', 'spare', 'reserved', 'free'].map((cell) => count(['10.0.0.0-10.0.0.9'], cell, holders))).toEqual([2, 6, 2, 22])
  expect(cells(['10.0.0.5'], holders).rows[0]?.cells[5]).toEqual({ address: '10.0.0.5', cell: 'machine', holder: 'general-a' })
})

test('ranges far apart are drawn without what lies between', () => {
  expect(cells(['10.0.0.40-10.0.0.45', '10.0.0.200-10.0.0.230']).rows.map(({ label }) => label)).toEqual(['.32', '.192', '.224'])
})

test('a large pool is cut, and one of IPv6 is not drawn', () => {
  const { rows, cut } = poolCells({ ranges: ['10.0.0.0/8'], prefix: 8, gateway: null }, new Map())
  expect([rows.length, cut]).toEqual([16, true])
  expect(poolCells({ ranges: ['2001:db8::/64'], prefix: 64, gateway: null }, new Map())).toEqual({ rows: [], cut: false })
})
