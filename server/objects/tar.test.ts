import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { tar } from '@/server/objects/tar'

const files = [
  { path: 'blue/01-a.yaml', text: 'a: ä\n' },
  { path: `${'b'.repeat(150)}/${'c'.repeat(100)}`, text: 'x'.repeat(512) },
  { path: 'blue/empty.yaml', text: '' },
]

test('a real tar lists the files and reads their content', () => {
  const input = tar(files)
  expect(execFileSync('tar', ['-tf', '-'], { input }).toString().trim().split('\n')).toEqual(files.map(({ path }) => path))
  for (const { path, text } of files) expect(execFileSync('tar', ['-xOf', '-', path], { input }).toString()).toBe(text)
})
test('the same files give the same bytes', () => expect(tar(files).equals(tar(files))).toBe(true))
test('a path that the format has no room for is refused', () => expect(() => tar([{ path: `a/${'c'.repeat(101)}`, text: '' }])).toThrow(/too long/))
