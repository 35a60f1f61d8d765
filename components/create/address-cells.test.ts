import { expect, test } from 'vitest'
import { addressCells } from './address-cells'

const count = (input: Partial<Parameters<typeof addressCells>[0]>) => {
  const cells = addressCells({ range: '10.40.12.64-10.40.12.68', gateway: '10.40.12.1', prefix: 24, needed: 6, replicas: 5, others: [], ...input }).flatMap((row) => row.cells)
  return Object.groupBy(cells, ({ cell }) => cell)
}

test('five machines in a range of five: the sixth address, for changes, is missing beside it', () => {
  const cells = count({})
  expect(cells.machine).toHaveLength(5)
  expect(cells.missing?.map(({ address }) => address)).toEqual(['10.40.12.69'])
})

test('addresses of another cluster inside the range clash', () => {
  expect(count({ others: ['10.40.12.66-10.40.12.90'] }).clash).toHaveLength(3)
})

test('the gateway is never a machine’s', () => {
  expect(count({ range: '10.40.12.0/27', needed: 3, replicas: 2 }).machine?.map(({ address }) => address)).toEqual(['10.40.12.2', '10.40.12.3'])
})

test('nothing is drawn of something that is no range', () => {
  expect(addressCells({ range: 'soon', gateway: '', prefix: 24, needed: 1, replicas: 0, others: [] })).toEqual([])
})
