import { expect, test } from 'vitest'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { fold } from './fold'

const at = (second: number) => `2026-11-21T14:02:${String(second).padStart(2, '0')}Z`
const entry = (key: string, second: number, text: string, change: Partial<TimelineEntry> = {}): TimelineEntry =>
  ({ kind: 'entry', key, tenant: 'blue', clusterUid: 'c1', cluster: 'blue-1', at: at(second), subject: 'blue-1-general-abcde-m4v7t', text, role: 'busy', who: null, ...change })
const texts = (entries: readonly TimelineEntry[]) => fold(entries).map((line) => line.text)

test('the same step of three machines or more is one line, two are told one by one', () => {
  const ready = ['m1', 'm2', 'm3'].map((uid, index) => entry(`${uid}:ready`, 30 - index, `${uid} is ready`, { role: 'ok' }))
  const joined = ['m1', 'm2'].map((uid, index) => entry(`${uid}:joined`, 29 - index, `${uid} joined`))
  expect(texts([...ready, ...joined].toSorted((a, b) => (a.at < b.at ? 1 : -1)))).toEqual(['3 machines are ready', 'm1 joined', 'm2 joined'])
  expect(fold(ready)[0]).toMatchObject({ key: 'all:m3:ready', parts: ['m1 is ready', 'm2 is ready', 'm3 is ready'] })
})

test('a folded line keeps the pool', () => {
  expect(texts(['m1', 'm2', 'm3'].map((uid) => entry(`${uid}:requested`, 1, `${uid} was asked for in pool general`)))).toEqual(['3 machines were asked for in pool general'])
})

test('steps a minute apart are not told as one', () => {
  const far = ['m1', 'm2', 'm3'].map((uid, index) => entry(`${uid}:ready`, 0, `${uid} is ready`, { at: `2026-11-21T14:${String(30 - index * 5).padStart(2, '0')}:00Z` }))
  expect(texts(far)).toEqual(['m1 is ready', 'm2 is ready', 'm3 is ready'])
})

test('what a person asked for is not told a second time by what it made', () => {
  const made = entry('c1:created', 1, 'blue-1 was created', { subject: null })
  expect(texts([entry('o1:asked', 2, 'blue-1 was asked for', { subject: null, who: 'bea@x' }), made])).toEqual(['blue-1 was asked for'])
  expect(texts([made])).toEqual(['blue-1 was created'])
})
