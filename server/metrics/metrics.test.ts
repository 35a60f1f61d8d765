import { expect, test, vi } from 'vitest'
import type { LiveCounters } from '@/server/live/live'
import type { ReflectorState } from '@/server/live/reflector'
import { createMetrics, type MetricSources } from '@/server/metrics/metrics'
import { mayScrape } from '@/server/metrics/token'

const reflector: ReflectorState = {
  kind: 'Machine', synced: true, absent: false, failures: 2, lastCode: 500, lastContact: new Date(1_000), lastBookmark: null, lists: 4, watches: 3, relists: 1, events: 7, errors: 5, handlerErrors: 6, objects: 9,
}
const counters = (): LiveCounters => ({
  streams: 12, reflectors: [reflector, { ...reflector, kind: 'Cluster', synced: false }], hub: { messages: 100, coalesced: 20, resyncs: 3, slowDisconnects: 1 },
  access: { asked: 8, cached: 30, denied: 2, failed: 1 }, recorderWaiting: 4, storiesWaiting: 6, management: 'live', entriesDropped: 2, projectionDirty: 5,
})

function setup(more: Partial<MetricSources> = {}) {
  const time = { now: 31_000 }
  const metrics = createMetrics(() => time.now)
  const operations = vi.fn<MetricSources['operations']>(() => Promise.resolve([{ kind: 'create', state: 'running', count: 3, oldest: new Date(1_000) }]))
  metrics.watch({ live: counters, operations, ...more })
  // Operations are counted beside the scrape, which tells the last count.
  const lines = async (): Promise<readonly string[]> => (await new Promise(setImmediate), (await metrics.text()).split('\n'))
  return { metrics, operations, time, lines }
}

test('a scrape tells reflectors, streams, queues, access and operations, and the process with its event loop', async () => {
  const { metrics, lines } = setup()
  metrics.reviewTook(30)
  expect(await lines()).toEqual(expect.arrayContaining([
    'tenantry_reflector_synced{kind="Machine"} 1', 'tenantry_reflector_synced{kind="Cluster"} 0', 'tenantry_reflector_failures{kind="Machine"} 2', 'tenantry_reflector_objects{kind="Machine"} 9',
    'tenantry_reflector_last_contact_age_seconds{kind="Machine"} 30', 'tenantry_reflector_events_total{kind="Machine"} 7', 'tenantry_reflector_handler_errors_total{kind="Machine"} 6',
    'tenantry_streams 12', 'tenantry_stream_messages_total 100', 'tenantry_stream_changes_coalesced_total 20', 'tenantry_stream_resyncs_total 3', 'tenantry_stream_slow_disconnects_total 1',
    'tenantry_projection_dirty 5', 'tenantry_recorder_waiting 4', 'tenantry_recorder_dropped_total 2',
    'tenantry_access_asked_total 8', 'tenantry_access_cached_total 30', 'tenantry_access_denied_total 2', 'tenantry_access_failed_total 1',
    'tenantry_access_review_duration_seconds_bucket{le="0.025"} 0', 'tenantry_access_review_duration_seconds_bucket{le="0.05"} 1',
    'tenantry_operations{kind="create",state="running"} 3', 'tenantry_operations_oldest_running_seconds{kind="create"} 30',
    'tenantry_management_live 1', 'tenantry_stories_waiting 6',
  ]))
  const names = (await lines()).map((line) => line.split(/[{ ]/)[0])
  for (const name of ['nodejs_eventloop_lag_p50_seconds', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_eventloop_lag_max_seconds', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes']) expect(names).toContain(name)
  // Nothing to say of what never happened.
  expect((await lines()).some((line) => line.startsWith('tenantry_reflector_last_bookmark_age_seconds{'))).toBe(false)
})

test('a counter says the same however often it is read', async () => {
  const { lines } = setup()
  await lines()
  expect(await lines()).toContain('tenantry_stream_messages_total 100')
})

test('no label has a value beyond kinds and states', async () => {
  const { lines } = setup()
  const own = (await lines()).filter((line) => line.startsWith('tenantry_'))
  const labels = new Set(own.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label)))
  expect([...labels].sort()).toEqual(['kind', 'le', 'state'])
})

test('operations are counted once in 15 s, and while the database is away the last count is told', async () => {
  const { operations, time, lines } = setup()
  await lines()
  await lines()
  expect(operations).toHaveBeenCalledTimes(1)
  time.now += 15_000
  operations.mockRejectedValue(new Error('away'))
  expect(await lines()).toContain('tenantry_operations{kind="create",state="running"} 3')
  expect(operations).toHaveBeenCalledTimes(2)
})

test('a scrape does not wait for a database that hangs', async () => {
  const { operations, time, lines } = setup()
  await lines()
  operations.mockImplementation(() => new Promise(() => undefined))
  time.now += 15_000
  expect(await lines()).toContain('tenantry_operations{kind="create",state="running"} 3')
  time.now += 60_000
  await lines()
  expect(operations).toHaveBeenCalledTimes(2)
})

test.each([
  [null, undefined, true],
  ['Bearer anything', undefined, true],
  ['Bearer right', 'right', true],
  ['Bearer wrong', 'right', false],
  ['Basic right', 'right', false],
  [null, 'right', false],
])('Authorization %j against the token %j: %s', (authorization, token, expected) => {
  expect(mayScrape(authorization, token)).toBe(expected)
})
