import 'server-only'
import type { Health, TenantState } from '@/lib/live/event'
import type { IdentityOption } from '@/lib/identity/offer'
import { merge, tell, withAsks } from '@/lib/rollout/tell'
import { cleanLine } from '@/lib/text'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { StoryStore } from '@/server/db/rollouts'
import { createAccess, type AccessReviews } from '@/server/live/access'
import { watchHealth } from '@/server/live/health'
import { Hub, type Subscription } from '@/server/live/hub'
import { Projection } from '@/server/live/projection'
import { Recorder, type RecorderOptions } from '@/server/live/recorder'
import { Rollouts } from '@/server/live/rollouts'
import { startReflector, type ReflectorState } from '@/server/live/reflector'
import { WATCHED } from '@/server/management/kinds'
import { DISPLAY_NAME, trimmed } from '@/server/live/trim'
import type { SystemClient } from '@/server/management/system-client'
import { happeningsOf, identitiesFor, viewsOf } from '@/server/live/views'

export interface Tenant {
  readonly name: string
  readonly displayName: string
}

/** The management cluster as pages see it, kept up to date. Everything inside ends with the signal given at its start. */
export interface Live {
  readonly tenants: () => readonly Tenant[]
  readonly state: (tenant: string) => TenantState
  readonly identities: (tenant: string) => readonly IdentityOption[]
  readonly health: () => Health
  readonly access: AccessReviews
  /** @returns its undo */
  readonly subscribe: (subscription: Subscription) => () => void
  readonly endSession: (sessionId: string) => void
  /** Open streams of one session. */
  readonly streamsOf: (sessionId: string) => number
  readonly note: (entry: TimelineEntry) => void
  /** Every kind has been listed once and every view made. */
  readonly ready: () => boolean
  readonly counters: () => { streams: number; reflectors: readonly ReflectorState[] }
  /** Closes the streams and writes what waits. */
  readonly close: () => Promise<void>
}

export type LiveStore = Pick<RecorderOptions, 'insert' | 'recent'> & { readonly stories: StoryStore }

export function startLive(client: SystemClient, store: LiveStore, signal: AbortSignal): Live {
  const hub: Hub = new Hub(() => health.now())
  const access = createAccess(client)
  const publish: Hub['publish'] = (tenant, upserts, removes) => hub.publish(tenant, upserts, removes)
  const recorder = new Recorder({ ...store, publish, signal, happenings: happeningsOf })
  const rollouts = new Rollouts({
    store: store.stories, reducer: { tell, withAsks, merge }, publish, signal, note: (entry) => recorder.note(entry), complete: () => projection.ready,
  })
  const projection: Projection = new Projection({
    viewsOf,
    publish,
    changed: (before, after) => {
      recorder.changed(before, after)
      rollouts.changed(before, after)
    },
    bindingChanged: recheckSoon((tenant) => {
      access.invalidate(tenant)
      void hub.recheck(tenant)
    }, signal),
  })
  const reflectors = WATCHED.map((kind) => startReflector({ kind, client, sink: projection, trim: (object) => trimmed(kind, object), signal }))
  const health = watchHealth({ client, reflectors, signal, onChange: (now) => hub.tellAll({ type: 'health', health: now }) })
  const listed = (): boolean => reflectors.every(({ state }) => state.synced)

  const starting = setInterval(() => {
    if (!listed()) return
    clearInterval(starting)
    projection.start()
  }, 50)
  signal.addEventListener('abort', () => {
    clearInterval(starting)
    projection.stop()
  }, { once: true })
  hub.beat(signal)

  return {
    tenants: () => projection.tenants().map(({ metadata: { name, annotations } }) => ({ name, displayName: cleanLine(annotations?.[DISPLAY_NAME]) || name })),
    state: (tenant) => hub.state(tenant),
    identities: (tenant) => identitiesFor(projection.namespace(tenant), projection.identityObjects()),
    health: () => health.now(),
    access,
    subscribe: (subscription) => hub.subscribe(subscription),
    endSession: (sessionId) => hub.endSession(sessionId),
    streamsOf: (sessionId) => hub.streamsOf(sessionId),
    note: (entry) => recorder.note(entry),
    ready: () => projection.ready,
    counters: () => ({ streams: hub.streams, reflectors: reflectors.map(({ state }) => state) }),
    close: async () => {
      hub.closeAll()
      await Promise.all([recorder.drain(), rollouts.drain()])
    },
  }
}

/**
 * Bindings change in bursts, and the API server's own authorizer sees a change a moment after its watchers do: so access is
 * asked again shortly after the event and once more, else a "yes" of that moment would be kept for half a minute.
 */
function recheckSoon(recheck: (tenant: string | null) => void, signal: AbortSignal): (tenant: string | null) => void {
  const waiting = new Set<string | null>()
  let timer: NodeJS.Timeout | null = null
  const run = (): void => {
    const tenants = waiting.has(null) ? [null] : [...waiting]
    waiting.clear()
    timer = null
    for (const delay of [0, 1_500]) setTimeout(() => !signal.aborted && tenants.forEach(recheck), delay).unref()
  }
  return (tenant) => {
    waiting.add(tenant)
    timer ??= setTimeout(run, 200).unref()
  }
}
