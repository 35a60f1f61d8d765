import { expect, test } from 'vitest'
import { cleanLine, cleanText, listed, plural } from '@/lib/text'

test('escape sequences of terminals are removed with all they carry', () => {
  expect(cleanText('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b]8;;http://evil\u001b\\y')).toBe('red xy')
  expect(cleanText('a\u0000b\u0007c\u009bd\r\ne\tf')).toBe('abcd\ne\tf')
})

test('marks that turn the reading direction or are invisible are removed', () => {
  expect(cleanText('user\u202egpj.exe\u2066\u200b\ufeff')).toBe('usergpj.exe')
})

test('markup stays what it is: text', () => {
  expect(cleanText('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
})

test('long text is cut to the limit with an ellipsis and never within a surrogate pair', () => {
  expect(cleanText('x'.repeat(600))).toHaveLength(500)
  expect(cleanText('x'.repeat(600)).endsWith('…')).toBe(true)
  expect(cleanText('x'.repeat(500))).toBe('x'.repeat(500))
  expect(cleanText('😀'.repeat(400), 10).isWellFormed()).toBe(true)
})

test('a text of 1 MiB costs no more than a short one', () => {
  const hostile = ['\u001b['.repeat(2 ** 19), '\u001b]' + 'x'.repeat(2 ** 20), ' \n'.repeat(2 ** 19), '\u202e'.repeat(2 ** 20)]
  const start = performance.now()
  for (const text of hostile) expect(cleanLine(text).length).toBeLessThanOrEqual(200)
  expect(performance.now() - start).toBeLessThan(100)
})

test('what is no text is empty', () => {
  expect(cleanText(undefined)).toBe('')
  expect(cleanText({ toString: () => 'x' })).toBe('')
})

test('counts and lists read as people write them', () => {
  expect([plural(1, 'machine'), plural(0, 'machine'), plural(2, 'address', 'addresses')]).toEqual(['1 machine', '0 machines', '2 addresses'])
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c', 'd'])]).toEqual(['', 'a', 'a and b', 'a, b and 2 more'])
})
