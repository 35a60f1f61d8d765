import { expect, test } from 'vitest'
import { announcement } from './announcement'
import { commandOf } from './keys'
import { safePath } from './safe-path'
import type { ClusterView } from '@/lib/cluster/view'

const cluster = (name: string, word: string, sentence: string | null = null) => ({ name, state: { word, sentence } }) as ClusterView

test('a change of state is said with its sentence, progress is not', () => {
  const before = new Map([['a', 'Creating'], ['b', 'Ready']])
  expect(announcement(before, [cluster('a', 'Creating', 'another sentence'), cluster('b', 'Ready')])).toBeNull()
  expect(announcement(before, [cluster('a', 'Stalled', 'No free address'), cluster('b', 'Ready')])).toBe('a: Stalled, No free address.')
  expect(announcement(before, [cluster('a', 'Creating')])).toBe('b is gone.')
})

test('single keys do nothing while one types or with a modifier', () => {
  const press = { key: 'c', typing: false, modified: false }
  expect(commandOf(press, false).command).toBe('create')
  expect(commandOf(press, true).command).toBe('clusters')
  expect(commandOf({ ...press, typing: true }, false).command).toBeNull()
  expect(commandOf({ ...press, modified: true }, true)).toEqual({ command: null, waiting: false })
})

test.each([
  ['/t/blue/clusters?q=a', '/t/blue/clusters?q=a'],
  ['//evil.example', '/t'],
  ['/\\evil.example', '/t'],
  ['https://evil.example/t', '/t'],
  ['/sign-in?back=/sign-in', '/t'],
  [undefined, '/t'],
])('sign-in leads back from %s to %s', (wanted, path) => {
  expect(safePath(wanted)).toBe(path)
})

test('a path that another parser would read as a host leads to the landing page', () => {
  expect(safePath('/.//evil.example')).toBe('/t')
  expect(safePath('/..//evil.example/x')).toBe('/t')
})
