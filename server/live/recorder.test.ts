import { expect, test, vi } from 'vitest'
import type { ClusterView } from '@/lib/cluster/view'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { Recorder, type RecorderOptions } from '@/server/live/recorder'

const entry = (index: number): TimelineEntry => ({
  kind: 'entry', key: `k${index}`, tenant: 'blue', clusterUid: 'u', cluster: 'c', at: new Date(index * 1000).toISOString(), subject: null, text: '', role: 'ok', who: null,
})
const picture = { cluster: { uid: 'u', tenant: 'blue' } as ClusterView, machines: new Map() }

function setup(happenings: () => readonly TimelineEntry[], more: Partial<RecorderOptions> = {}) {
  const stored: string[] = []
  const published: string[] = []
  const removed: string[] = []
  const insert = vi.fn((entries: readonly TimelineEntry[]) => (stored.push(...entries.map(({ key }) => key)), Promise.resolve()))
  const recorder = new Recorder({
    happenings, insert, recent: () => Promise.resolve([]), signal: new AbortController().signal,
    publish: (_, upserts, removes) => (published.push(...upserts.map((view) => ('key' in view ? view.key : ''))), removed.push(...removes.map(({ id }) => id))),
    ...more,
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

test('the streams hold the newest 40, and an old entry is not new again for being off them', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => entry(index))
  const { recorder, stored, published, removed } = setup(() => many)
  recorder.changed(null, picture)
  recorder.changed(picture, picture)
  await recorder.drain()
  expect([stored.length, published.length, removed.length, published[0]]).toEqual([1_000, 40, 0, 'k960'])
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

const refused = Object.assign(new Error('no Unicode'), { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '22P05' } } } })
const of = (clusterUid: string, index: number): TimelineEntry => ({ ...entry(index), key: `${clusterUid}-${index}`, clusterUid })

test('the history of all clusters that are seen at once is read in one query, and again when it failed', async () => {
  vi.useFakeTimers()
  const recent = vi.fn<RecorderOptions['recent']>().mockRejectedValueOnce(new Error('away')).mockImplementation((uids) => Promise.resolve(uids.map((uid) => of(uid, 1))))
  const { recorder, published, stored } = setup(() => [], { recent })
  for (const uid of ['a', 'b', 'c']) recorder.changed(null, { cluster: { uid, tenant: 'blue' } as ClusterView, machines: new Map() })
  await vi.advanceTimersByTimeAsync(1_000)
  expect([recent.mock.calls, published]).toEqual([[[['a', 'b', 'c'], 40]], []])
  await vi.advanceTimersByTimeAsync(6_000)
  vi.useRealTimers()
  expect([recent.mock.calls.length, published, stored]).toEqual([2, ['a-1', 'b-1', 'c-1'], []])
})

test('an entry that the database refuses holds up no other, and is counted', async () => {
  const { recorder, insert, stored } = setup(() => [entry(1), entry(2), entry(3)])
  insert.mockImplementation((entries) => {
    if (entries.some(({ key }) => key === 'k2')) return Promise.reject(refused)
    stored.push(...entries.map(({ key }) => key))
    return Promise.resolve()
  })
  recorder.changed(null, picture)
  await recorder.drain()
  expect([stored, recorder.waitingEntries, recorder.droppedEntries]).toEqual([['k1', 'k3'], 0, 1])
})

test('a database that goes away among single entries gets the rest later', async () => {
  vi.useFakeTimers()
  const { recorder, insert, stored } = setup(() => [entry(1), entry(2), entry(3)])
  const take = insert.getMockImplementation() ?? expect.fail('no insert')
  insert.mockRejectedValueOnce(refused).mockImplementationOnce(take).mockRejectedValueOnce(new Error('away'))
  recorder.changed(null, picture)
  await vi.advanceTimersByTimeAsync(6_000)
  vi.useRealTimers()
  expect([stored, recorder.droppedEntries]).toEqual([['k1', 'k2', 'k3'], 0])
})

test('too many entries push out the oldest that wait, never those that are being written, and are counted', async () => {
  let take = (): void => undefined
  const { recorder, insert } = setup(() => [entry(0)])
  insert.mockImplementationOnce(() => new Promise<void>((resolve) => (take = resolve)))
  recorder.changed(null, picture)
  await vi.waitFor(() => expect(insert).toHaveBeenCalledTimes(1))
  for (let index = 1; index <= 100_010; index++) recorder.note(entry(index))
  take()
  await recorder.drain()
  const written = insert.mock.calls.flatMap(([entries]) => entries.map(({ key }) => key))
  expect([recorder.droppedEntries, written.length, written[0], written[1], new Set(written).size]).toEqual([10, 100_001, 'k0', 'k11', 100_001])
})

test('what people did through another replica is on the streams within seconds, and is not stored again', async () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') })
  const acts = vi.fn<NonNullable<RecorderOptions['acts']>>().mockRejectedValueOnce(new Error('away')).mockResolvedValue([entry(1), of('unknown', 1)])
  const { recorder, published, stored } = setup(() => [], { acts })
  recorder.changed(null, picture)
  await vi.advanceTimersByTimeAsync(9_100)
  vi.useRealTimers()
  expect([published, stored]).toEqual([['k1'], []])
  // From where it was last read; further back than clocks differ.
  expect(acts.mock.calls.map(([since]) => since.toISOString())).toEqual(['2026-01-01T11:58:00.000Z', '2026-01-01T11:58:00.000Z', '2026-01-01T11:58:06.000Z'])
})
