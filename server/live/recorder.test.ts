import { expect, test, vi } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { Recorder } from '@/server/live/recorder'

const entry = (index: number): TimelineEntry => ({
  kind: 'entry', key: `k${index}`, tenant: 'blue', clusterUid: 'u', cluster: 'c', at: new Date(index * 1000).toISOString(), subject: null, text: '', role: 'ok', who: null,
})
const picture = { cluster: { uid: 'u', tenant: 'blue' } as ClusterView, machines: new Map() }

function setup(happenings: () => readonly TimelineEntry[]) {
  const stored: string[] = []
  const published: string[] = []
  const removed: string[] = []
  const insert = vi.fn((entries: readonly TimelineEntry[]) => (stored.push(...entries.map(({ key }) => key)), Promise.resolve()))
  const recorder = new Recorder({
    happenings, insert, recent: () => Promise.resolve([]), signal: new AbortController().signal,
    publish: (_, upserts, removes) => (published.push(...upserts.map((view) => ('key' in view ? view.key : ''))), removed.push(...removes.map(({ id }) => id))),
  })
  return { recorder, stored, published, removed, insert }
}

test('the same observation is published and stored once', async () => {
  const { recorder, stored, published } = setup(() => [entry(1), entry(2)])
  recorder.changed(null, picture)
  recorder.changed(picture, picture)
  await recorder.drain()
  expect([stored, published]).toEqual([['k1', 'k2'], ['k1', 'k2']])
})

test('the streams hold the newest 300, and an old entry is not new again for being off them', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => entry(index))
  const { recorder, stored, published, removed } = setup(() => many)
  recorder.changed(null, picture)
  recorder.changed(picture, picture)
  await recorder.drain()
  expect([stored.length, published.length, removed.length, published[0]]).toEqual([1_000, 300, 0, 'k700'])
})

test('what the database did not take is tried again', async () => {
  vi.useFakeTimers()
  const { recorder, insert, stored } = setup(() => [entry(1)])
  insert.mockRejectedValueOnce(new Error('away'))
  recorder.changed(null, picture)
  await vi.advanceTimersByTimeAsync(6_000)
  vi.useRealTimers()
  expect(stored).toEqual(['k1'])
})

test('the end of the process does not wait for a database that is away', async () => {
  const { recorder, insert } = setup(() => [entry(1)])
  insert.mockRejectedValue(new Error('away'))
  recorder.changed(null, picture)
  await vi.waitFor(() => expect(insert).toHaveBeenCalledTimes(1))
  await recorder.drain()
  expect(insert).toHaveBeenCalledTimes(2)
})

test('a cluster that another one replaced under its name takes no memory for ever', () => {
  vi.useFakeTimers()
  const { recorder, removed } = setup(() => [])
  recorder.note(entry(1))
  recorder.changed(picture, { cluster: { uid: 'v', tenant: 'blue' } as ClusterView, machines: new Map() })
  vi.advanceTimersByTime(600_000)
  vi.useRealTimers()
  expect(removed).toEqual(['k1'])
})

test('a cluster that is seen again within ten minutes keeps its history on the streams', () => {
  vi.useFakeTimers()
  const { recorder, removed } = setup(() => [])
  recorder.note(entry(1))
  recorder.forgetLater('u', 'blue')
  vi.advanceTimersByTime(500_000)
  recorder.changed(picture, picture)
  vi.advanceTimersByTime(600_000)
  vi.useRealTimers()
  expect(removed).toEqual([])
})
