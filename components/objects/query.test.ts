import { expect, test } from 'vitest'
import type { ObjectRow } from '@/lib/manifests/object-row'
import { kindsOf, readQuery, sections, writeQuery } from './query'

const row = (kind: string, name: string, part: ObjectRow['part']): ObjectRow => ({ kind, name, what: kind === 'Machine' ? 'A machine' : 'The cluster', part, exported: part === 'asked', createdAt: null, leaving: false })
const rows = [row('Cluster', 'blue', 'asked'), row('Machine', 'blue-general-a', 'made'), row('Machine', 'blue-general-b', 'made')]
const all = { search: '', kind: null, open: null }
const names = (query: Parameters<typeof sections>[1]) => sections(rows, query).map(({ title, rows }) => [title, rows.map(({ name }) => name)])

test('what was asked for comes first; a part without rows is not shown', () => {
  expect(names(all)).toEqual([['What was asked for', ['blue']], ['What controllers made of it', ['blue-general-a', 'blue-general-b']]])
  expect(names({ ...all, kind: 'Machine' })).toEqual([['What controllers made of it', ['blue-general-a', 'blue-general-b']]])
})
test('add-ons are a part of their own', () => expect(sections([...rows, row('Deployment', 'blue-csi', 'add-on')], all).map(({ title }) => title)).toEqual(['What was asked for', 'Add-ons', 'What controllers made of it']))
test('text is found in name, kind and what it is, in any case; both filters hold together', () => {
  expect(names({ ...all, search: ' GENERAL-B ' })).toEqual([['What controllers made of it', ['blue-general-b']]])
  expect(names({ ...all, search: 'a machine', kind: 'Cluster' })).toEqual([])
})
test('the URL says it all, and says nothing of what is as it begins', () => {
  const query = { search: 'a b&c', kind: 'Machine', open: 'Machine/blue-general-a' }
  expect(readQuery(new URLSearchParams(writeQuery(query)))).toEqual(query)
  expect(writeQuery(all)).toBe('')
})
test('kinds are counted in their order', () => expect(kindsOf(rows)).toEqual([['Cluster', 1], ['Machine', 2]]))
