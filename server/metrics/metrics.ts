import 'server-only'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { OperationCount } from '@/server/db/operation-counts'
import type { LiveCounters } from '@/server/live/live'
import type { ReflectorState } from '@/server/live/reflector'
import { log } from '@/server/log'

/**
 * What /metrics answers. No label names a tenant, a person or a cluster: the figures are for whoever runs the portal, and a label's
 * values are kept by Prometheus for ever. The delay of the event loop is among the process's own (nodejs_eventloop_lag_*, since the
 * last scrape; the timer's own 10 ms are in it).
 */
export interface Metrics {
  readonly contentType: string
  readonly text: () => Promise<string>
  /** An access review was answered, after so many ms. */
  readonly reviewTook: (ms: number) => void
  /** From here on the figures of these are told as well. */
  readonly watch: (sources: MetricSources) => void
}

export interface MetricSources {
  readonly live: () => LiveCounters
  readonly operations: () => Promise<readonly OperationCount[]>
}

const OPERATIONS_MS = 15_000

export function createMetrics(now: () => number = Date.now): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const reviews = new Histogram({
    name: 'tenantry_access_review_duration_seconds', help: 'How long the API server took to answer an access review.', buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5], registers: [registry],
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    reviewTook: (ms) => reviews.observe(ms / 1_000),
    watch: ({ live, operations }) => {
      watchReflectors(registry, () => live().reflectors, now)
      watchLive(registry, live)
      watchOperations(registry, operations, now)
    },
  }
}

function watchReflectors(registry: Registry, states: () => readonly ReflectorState[], now: () => number): void {
  const gauge = (name: string, help: string, value: (state: ReflectorState) => number | null): void => {
    new Gauge({
      name: `tenantry_reflector_${name}`, help, labelNames: ['kind'], registers: [registry],
      collect() {
        this.reset()
        for (const state of states()) {
          const found = value(state)
          if (found !== null) this.set({ kind: state.kind }, found)
        }
      },
    })
  }
  const counter = (name: string, help: string, value: (state: ReflectorState) => number): void => {
    new Counter({
      name: `tenantry_reflector_${name}_total`, help, labelNames: ['kind'], registers: [registry],
      collect() {
        this.reset()
        for (const state of states()) this.inc({ kind: state.kind }, value(state))
      },
    })
  }
  const age = (at: Date | null): number | null => (at === null ? null : Math.max(0, now() - at.getTime()) / 1_000)
  gauge('synced', '1: the kind was listed at least once.', ({ synced }) => Number(synced))
  gauge('absent', '1: the CRD of the kind is not installed.', ({ absent }) => Number(absent))
  gauge('failures', 'Lists and watches that failed in a row; 0 while it works.', ({ failures }) => failures)
  gauge('objects', 'Objects kept.', ({ objects }) => objects)
  gauge('last_contact_age_seconds', 'Time since the API server last answered for the kind.', ({ lastContact }) => age(lastContact))
  gauge('last_bookmark_age_seconds', 'Time since the last bookmark of the kind.', ({ lastBookmark }) => age(lastBookmark))
  counter('lists', 'Pages asked for.', ({ lists }) => lists)
  counter('watches', 'Watches opened.', ({ watches }) => watches)
  counter('relists', 'Lists that came to their end.', ({ relists }) => relists)
  counter('events', 'Events of watches.', ({ events }) => events)
  counter('errors', 'Lists and watches that failed.', ({ errors }) => errors)
  counter('handler_errors', 'Objects whose handling threw.', ({ handlerErrors }) => handlerErrors)
}

function watchLive(registry: Registry, live: () => LiveCounters): void {
  const gauge = (name: string, help: string, value: (counters: LiveCounters) => number): void => {
    new Gauge({ name: `tenantry_${name}`, help, registers: [registry], collect() { this.set(value(live())) } })
  }
  const counter = (name: string, help: string, value: (counters: LiveCounters) => number): void => {
    new Counter({
      name: `tenantry_${name}_total`, help, registers: [registry],
      collect() {
        this.reset()
        this.inc(value(live()))
      },
    })
  }
  gauge('streams', 'Open streams.', ({ streams }) => streams)
  counter('stream_messages', 'Messages written to streams.', ({ hub }) => hub.messages)
  counter('stream_changes_coalesced', 'Changes that a later one of the same thing replaced before they were sent.', ({ hub }) => hub.coalesced)
  counter('stream_resyncs', 'Fresh snapshots for streams that did not keep up.', ({ hub }) => hub.resyncs)
  counter('stream_slow_disconnects', 'Streams that were cut off for not keeping up.', ({ hub }) => hub.slowDisconnects)
  gauge('projection_dirty', 'Clusters that wait to be looked at.', ({ projectionDirty }) => projectionDirty)
  gauge('management_live', '1: the management cluster answers, and what pages show is what it says.', ({ management }) => Number(management === 'live'))
  gauge('stories_waiting', 'Stories of changes that the database has not taken yet.', ({ storiesWaiting }) => storiesWaiting)
  gauge('recorder_waiting', 'Entries of timelines that the database has not taken yet.', ({ recorderWaiting }) => recorderWaiting)
  counter('recorder_dropped', 'Entries of timelines that the database will never have: too many waited, or it refused them.', ({ entriesDropped }) => entriesDropped)
  counter('access_asked', 'Access reviews put to the API server.', ({ access }) => access.asked)
  counter('access_cached', 'Questions of access that were answered out of memory.', ({ access }) => access.cached)
  counter('access_denied', 'Access reviews that were answered with no.', ({ access }) => access.denied)
  counter('access_failed', 'Access reviews that were not answered.', ({ access }) => access.failed)
}

/** Counted in the database at most every 15 s, beside the scrape: it is told the last count at once, also while the database hangs. */
function watchOperations(registry: Registry, count: MetricSources['operations'], now: () => number): void {
  let rows: readonly OperationCount[] = []
  let askedAt = -Infinity
  let asking = false
  const refresh = async (): Promise<void> => {
    if (asking || now() - askedAt < OPERATIONS_MS) return
    asking = true
    askedAt = now()
    try {
      rows = await count()
    } catch (error) {
      log.warn({ event: 'metrics.operations', err: error }, 'operations could not be counted')
    } finally {
      asking = false
    }
  }
  void refresh()
  new Gauge({
    name: 'tenantry_operations_oldest_running_seconds', help: 'Age of the oldest operation of each kind that is neither done nor given up.', labelNames: ['kind'], registers: [registry],
    collect() {
      this.reset()
      for (const { kind, oldest } of rows) if (oldest !== null) this.set({ kind }, Math.max(0, now() - oldest.getTime()) / 1_000)
    },
  })
  new Gauge({
    name: 'tenantry_operations', help: 'Operations by kind and state.', labelNames: ['kind', 'state'], registers: [registry],
    collect() {
      void refresh()
      this.reset()
      for (const { kind, state, count: found } of rows) this.set({ kind, state }, found)
    },
  })
}
