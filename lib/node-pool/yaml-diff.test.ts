import { expect, test } from 'vitest'
import { yamlDiff } from '@/lib/node-pool/yaml-diff'

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`)
const text = (of: readonly string[]) => `${of.join('\n')}\n`

test('nothing differs in the same text', () => expect(yamlDiff('a\nb\n', 'a\nb\n')).toEqual([]))

test('a changed line comes with three around it, and a gap for the rest', () => {
  const diff = yamlDiff(text(lines(20)), text(lines(20).with(10, 'other')))
  expect(diff.map(({ sign }) => sign)).toEqual(['gap', 'same', 'same', 'same', 'removed', 'added', 'same', 'same', 'same', 'gap'])
  expect(diff.filter(({ sign }) => sign === 'removed' || sign === 'added').map((line) => line.text)).toEqual(['line 10', 'other'])
})

test('an object that is new is added whole', () => expect(yamlDiff('', 'a\nb\n')).toEqual([{ sign: 'added', text: 'a' }, { sign: 'added', text: 'b' }]))

test('texts that are too long are told as two', () => {
  const long = lines(2000)
  expect(yamlDiff(text(long), text([...long, 'more'])).filter(({ sign }) => sign === 'added')).toHaveLength(2001)
})
