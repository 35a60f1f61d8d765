import { expect, test } from 'vitest'
import { nearest, readQuery, writeQuery } from './order'

test('the list of a URL is written back as the same URL', () => {
  for (const url of ['', '?q=rig', '?state=needs-you&sort=-age', '?sort=-cluster']) expect(writeQuery(readQuery(new URLSearchParams(url)))).toBe(url)
})

test('nonsense in the URL shows the whole list', () => {
  expect(readQuery(new URLSearchParams('?state=__proto__&sort=constructor'))).toEqual({ search: '', group: null, sort: 'cluster', descending: false })
})

test('a slip of the finger is guessed, something else is not', () => {
  expect(nearest('ledgr', ['catalog-prod', 'ledger-prod'])).toBe('ledger-prod')
  expect(nearest('xyz', ['catalog-prod', 'ledger-prod'])).toBeNull()
})
