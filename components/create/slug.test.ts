import { expect, test } from 'vitest'
import { slug } from './slug'

test.each([['Invoices_prod', 'invoices-prod'], ['  Élan vital ', 'elan-vital'], ['9lives', 'lives'], ['---', '']])('%s becomes %s', (typed, name) => {
  expect(slug(typed, 43)).toBe(name)
})

test('a name that is cut does not end with a dash', () => {
  expect(slug('invoices-prod', 9)).toBe('invoices')
})
