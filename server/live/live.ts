import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { leftBehindPlane, type LeftBehindPlane } from '@/lib/doctor/left-behind'
import type { Health, TenantState } from '@/lib/live/event'
import type { IdentityOption } from '@/lib/identity/offer'
import type { SharedPoolOption } from '@/lib/ip-pool/offer'
import { merge, tell, withAsks } from '@/lib/rollout/tell'
import { cleanLine } from '@/lib/text'
import type { ZoneOption } from '@/lib/zone/option'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { StoryStore } from '@/server/db/rollouts'
import type { UpgradeStore } from '@/server/db/upgrades'
import { createAccess, type AccessCounters, type AccessReviews } from '@/server/live/access'
import { gatherConcerns } from '@/server/live/concern'
import { watchHealth } from '@/server/live/health'
import { enoughListed } from '@/server/live/listed'
import { Hub } from '@/server/live/hub'
import type { HubCounters, Subscription } from '@/server/live/subscriber'
import { Projection } from '@/server/live/projection'
import { Recorder, type RecorderOptions } from '@/server/live/recorder'
import { Rollouts } from '@/server/live/rollouts'
import { Upgrades } from '@/server/live/upgrades'
import { startReflector, type ReflectorState } from '@/server/live/reflector'
import { WATCHED } from '@/server/management/kinds'
import { DISPLAY_NAME, trimmed } from '@/server/live/trim'
import { warningOf } from '@/server/live/warnings'
import type { SystemClient } from '@/server/management/system-client'
import { happeningsOf, identitiesFor, sharedPoolsFor, viewsOf, zonesFor } from '@/server/live/views'

export interface Tenant {
  readonly name: string
  readonly displayName: string
}

/** The management cluster as pages see it, kept up to date. Everything inside ends with the signal given at its start. */
export interface Live {
  readonly tenants: () => readonly Tenant[]
  /** Of the Namespace; null when there is none. */
  readonly tenantUid: (tenant: string) => string | null
  readonly state: (tenant: string) => TenantState
  /** One look; null when there is none of that name. */
  readonly cluster: (tenant: string, name: string) => ClusterView | null
  /** Hosted control planes that outlived their cluster. */
  readonly leftBehind: (tenant: string) => readonly LeftBehindPlane[]
  /** Whether there is a TenantControlPlane of the uid. */
  readonly hosts: (uid: string) => boolean
  readonly identities: (tenant: string) => readonly IdentityOption[]
  /** Address pools of the platform that are offered to the tenant. */
  readonly sharedPools: (tenant: string) => readonly SharedPoolOption[]
  /** Zones that the tenant may use, of every vCenter, ready or not. */
  readonly zones: (tenant: string) => readonly ZoneOption[]
  readonly health: () => Health
  readonly access: AccessReviews
  /** @returns its undo */
  readonly subscribe: (subscription: Subscription) => () => void
  readonly endSession: (sessionId: string) => void
  /** Open streams of one session. */
  readonly streamsOf: (sessionId: string) => number
  readonly note: (entry: TimelineEntry) => void
  /** Something was just written of one: it is on the streams before the next look. */
  readonly lookAtUpgrades: () => void
  /** Every kind that can be read has been listed once (server/live/listed.ts) and every view made. */
  readonly ready: () => boolean
  readonly counters: () => LiveCounters
  /** Nothing is told to anybody any more; what happens is still written down. */
  readonly endStreams: () => void
  /** Closes the streams and writes what waits. */
  readonly close: () => Promise<void>
}

/** Plain numbers for /metrics and /readyz; without names of tenants, people or clusters. */
export interface LiveCounters {
  readonly streams: number
  readonly reflectors: readonly ReflectorState[]
  readonly hub: Readonly<HubCounters>
  readonly access: Readonly<AccessCounters>
  readonly recorderWaiting: number
  /** Stories of changes that the database has not taken yet. */
  readonly storiesWaiting: number
  /** The management cluster answers, and what is shown is what it says. */
  readonly management: Health['state']
  readonly entriesDropped: number
  readonly projectionDirty: number
}

export type LiveStore = Pick<RecorderOptions, 'insert' | 'recent' | 'acts'> & { readonly stories: StoryStore; readonly upgrades: UpgradeStore }

/** @param reviewTook is told of each access review's duration, in ms */
export function startLive(client: SystemClient, store: LiveStore, signal: AbortSignal, reviewTook?: (ms: number) => void): Live {
  const hub: Hub = new Hub(() => health.now())
  const access = createAccess(client, { isAway: () => health.lost(), ...(reviewTook ? { took: reviewTook } : {}) })
  const publish: Hub['publish'] = (tenant, upserts, removes) => hub.publish(tenant, upserts, removes)
  const recorder = new Recorder({ ...store, publish, signal, happenings: happeningsOf })
  const upgrades: Upgrades = new Upgrades({ store: store.upgrades, publish, changed: (clusterUid) => rollouts.again(clusterUid), signal })
  const rollouts = new Rollouts({
    store: store.stories, reducer: { tell, withAsks, merge }, publish, signal, note: (entry) => recorder.note(entry), isGone: (clusterUid) => projection.ready && !projection.exists(clusterUid),
    upgradeOf: (clusterUid) => upgrades.of(clusterUid),
  })
  const projection: Projection = new Projection({
    viewsOf,
    publish,
    changed: (before, after) => {
      upgrades.changed(before, after)
      recorder.changed(before, after)
      rollouts.changed(before, after)
    },
    hidden: ({ cluster }) => {
      recorder.forgetLater(cluster.uid, cluster.tenant)
      rollouts.hide(cluster.uid)
      upgrades.forget(cluster.uid)
    },
    renamed: (tenant) => hub.forgetHistory(tenant),
    warned: (cluster, event) => recorder.warned(cluster, warningOf(event)),
    bindingChanged: gatherConcerns((concern) => {
      access.invalidate(concern)
      void hub.recheck(concern)
    }, signal),
  })
  const reflectors = WATCHED.map((kind) => startReflector({ kind, client, sink: projection, trim: (object) => trimmed(kind, object), signal }))
  const health = watchHealth({ client, reflectors, signal, onChange: (now) => hub.tellAll({ type: 'health', health: now }) })
  const listed = enoughListed(reflectors)

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

  const named = memo((tenants: readonly KubeObject[]) => tenants.map(({ metadata: { name, annotations } }) => ({ name, displayName: cleanLine(annotations?.[DISPLAY_NAME]) || name })))

  return {
    tenants: () => named(projection.tenants()),
    tenantUid: (tenant) => projection.namespace(tenant)?.metadata.uid ?? null,
    state: (tenant) => hub.state(tenant),
    cluster: (tenant, name) => projection.cluster(tenant, name),
    leftBehind: (tenant) => projection.leftBehind(tenant).map(leftBehindPlane),
    hosts: (uid) => projection.hosts(uid),
    identities: (tenant) => identitiesFor(projection.namespace(tenant), projection.identityObjects()),
    sharedPools: (tenant) => sharedPoolsFor(projection.namespace(tenant), projection.globalPoolObjects()),
    zones: (tenant) => zonesFor(projection.namespace(tenant), projection.zoneObjects(), (name) => projection.failureDomain(name)),
    health: () => health.now(),
    access,
    subscribe: (subscription) => hub.subscribe(subscription),
    endSession: (sessionId) => hub.endSession(sessionId),
    streamsOf: (sessionId) => hub.streamsOf(sessionId),
    note: (entry) => recorder.note(entry),
    lookAtUpgrades: () => void upgrades.look(),
    ready: () => projection.ready,
    counters: () => ({
      streams: hub.streams,
      reflectors: reflectors.map(({ state }) => state),
      hub: hub.counters,
      access: access.counters,
      recorderWaiting: recorder.waitingEntries,
      storiesWaiting: rollouts.unwritten,
      management: health.now().state,
      entriesDropped: recorder.droppedEntries,
      projectionDirty: projection.dirty,
    }),
    endStreams: () => hub.closeAll(),
    close: async () => {
      hub.closeAll()
      await Promise.all([recorder.drain(), rollouts.drain()])
    },
  }
}

/** Made again when its input is another one. */
function memo<Input extends object, Output>(make: (input: Input) => Output): (input: Input) => Output {
  let last: { input: Input; output: Output } | null = null
  return (input) => (last?.input === input ? last : (last = { input, output: make(input) })).output
}
