import { expect, test } from 'vitest'
import { addressAnswer } from '@/lib/node-pool/addresses'

const pool = (free: number) => ({ kind: 'pool', pool: 'blue-1', ranges: [], prefix: 24, gateway: null, total: 16, used: 16 - free, free }) as const

test('what is needed is compared with what is free once every machine that waits has its address', () => {
  expect(addressAnswer({ needed: 1, must: 1 }, pool(3), 2)).toMatchObject({ role: 'ok', free: 1, words: '1 address more at a time; 1 is free in pool blue-1.' })
  expect(addressAnswer({ needed: 1, must: 1 }, pool(3), 3)).toMatchObject({ role: 'bad', free: 0 })
})
test('what is of use only later is a warning', () => {
  expect(addressAnswer({ needed: 3, must: 2 }, pool(2), 0)).toMatchObject({ role: 'warn', words: expect.stringContaining('2 addresses now; 2 are free') as string })
})
test('DHCP has no count, and neither has a pool that nobody has read', () => {
  expect(addressAnswer({ needed: 5, must: 5 }, { kind: 'dhcp' }, 9)).toMatchObject({ role: 'ok', free: null })
  expect(addressAnswer({ needed: 5, must: 5 }, { ...pool(0), total: 0 }, 0)).toMatchObject({ role: 'warn', free: null })
  expect(addressAnswer({ needed: 0, must: 0 }, pool(0), 4)).toMatchObject({ role: 'ok' })
})
