import { expect, test } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { Warning } from '@/lib/timeline/warnings'
import { Recorder } from '@/server/live/recorder'

const now = Date.parse('2026-01-01T12:00:00Z')
const cluster = { uid: 'c1', tenant: 'blue', name: 'shape' } as ClusterView
const warning = (uid: string, more: Partial<Warning> = {}): Warning => ({ uid, kind: 'Machine', name: 'shape-m', reason: 'Failed', message: uid, count: 1, at: '2026-01-01T11:59:00Z', ...more })

function setup() {
  const told: TimelineEntry[] = []
  const recorder = new Recorder({
    happenings: () => [], insert: () => Promise.resolve(), recent: () => Promise.resolve([]), signal: new AbortController().signal,
    publish: (_, upserts) => void told.push(...(upserts as TimelineEntry[])),
  })
  return { recorder, told }
}

test('a warning is told once however often it is read, and again when it has become a habit', () => {
  const { recorder, told } = setup()
  for (const count of [1, 1, 5, 10, 11]) recorder.warned(cluster, warning('e', { count }), now)
  expect(told.map(({ key }) => key)).toEqual(['e:warning:1', 'e:warning:10'])
})

test('a warning of more than an hour ago is no news', () => {
  const { recorder, told } = setup()
  recorder.warned(cluster, warning('old', { at: '2026-01-01T10:59:00Z' }), now)
  recorder.warned(cluster, warning('never', { at: '' }), now)
  expect(told).toEqual([])
})

test('a broken cluster gets twenty warnings an hour into its history, not hundreds', () => {
  const { recorder, told } = setup()
  for (let index = 0; index < 100; index++) recorder.warned(cluster, warning(`e${index}`), now)
  expect(told).toHaveLength(20)
  recorder.warned({ ...cluster, uid: 'c2' }, warning('other'), now)
  recorder.warned(cluster, warning('later', { at: '2026-01-01T13:01:00Z' }), now + 3_700_000)
  expect(told.map(({ text }) => text).slice(20)).toHaveLength(2)
})
