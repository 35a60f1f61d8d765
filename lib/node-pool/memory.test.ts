import { expect, test } from 'vitest'
import { inGiB, memory } from './memory'

test('memory is said in GiB where it is whole', () => {
  expect([memory(16384), memory(12290)]).toEqual(['16 GiB', '12290 MiB'])
})

test('beside a field in MiB stands what that is in GiB', () => {
  expect([12288, 12290, 2560, 2, Number.NaN].map(inGiB)).toEqual(['12 GiB', 'About 12.0 GiB', 'About 2.5 GiB', null, null])
})
