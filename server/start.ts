import 'server-only'
import { Sessions } from '@/server/auth/sessions'
import { openDatabase } from '@/server/db/client'
import { countOperations } from '@/server/db/operation-counts'
import { endUnbegun, expireLeases } from '@/server/db/operations'
import { storyStore } from '@/server/db/rollouts'
import { forgetOldSessions } from '@/server/db/sessions'
import { actsSince, insertEntries, recentEntries } from '@/server/db/timeline'
import { upgradeStore } from '@/server/db/upgrades'
import { drain } from '@/server/drain'
import { env } from '@/server/env'
import { startLive, type Live } from '@/server/live/live'
import { serveStreams } from '@/server/live/serve'
import { log } from '@/server/log'
import { createDiscovery } from '@/server/management/discovery'
import { createPortalClient } from '@/server/management/portal-client'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport } from '@/server/management/transport'
import { createUserClient } from '@/server/management/user-client'
import { startResuming } from '@/server/operations/resume'
import { createMetrics } from '@/server/metrics/metrics'
import { runtimeIfStarted, setRuntime } from '@/server/runtime'

const HOUSEKEEPING_MS = 15_000
const FOLLOW_MS = 2_000
/** An ended process is one that ends within 10 s: acts under way get most of it. */
const PATIENCE = { linger: 1_000, acts: 6_500, notes: 2_000 }
const END_MS = 9_500

/** Next would log a failed start and go on half started: a portal without its environment must not look alive. */
export async function startOrExit(): Promise<void> {
  try {
    await start()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}

/** Starts everything that outlives a request, once a process, and ends it on SIGTERM or SIGINT. */
export async function start(): Promise<void> {
  if (runtimeIfStarted()) return
  const settings = env()
  const stop = new AbortController()
  const { signal } = stop

  const db = await openDatabase({ url: settings.DATABASE_URL, folder: settings.TENANTRY_DATA_DIR })
  const transport = loadTransport(settings.TENANTRY_KUBECONFIG)
  const discovery = createDiscovery(transport)
  const system = createSystemClient(transport, discovery)
  const own = createPortalClient(transport, discovery, settings.TENANTRY_CAPV_NAMESPACE)
  const store = { insert: insertEntries.bind(null, db), recent: recentEntries.bind(null, db), stories: storyStore(db, (tenant) => live.tenantUid(tenant)), upgrades: upgradeStore(db), ...(settings.DATABASE_URL ? { acts: actsSince.bind(null, db) } : {}) }
  const metrics = createMetrics()
  const live: Live = startLive(system, store, signal, metrics.reviewTook)
  metrics.watch({ live: live.counters, operations: () => countOperations(db) })
  const sessions = new Sessions(db, (id) => live.endSession(id))
  const acts = new Set<Promise<void>>()
  let draining = false
  setRuntime({ db, sessions, live, metrics, system, discovery, own, signal, acts, draining: () => draining, asUser: (identity) => createUserClient(transport, discovery, identity) })

  const tidy = async (): Promise<void> => {
    try {
      await sessions.settle()
      await forgetOldSessions(db)
      await endUnbegun(db)
    } catch (error) {
      log.warn({ event: 'housekeeping', err: error }, 'housekeeping failed')
    }
  }
  // An embedded database has one process: whatever is unfinished at its start was left behind by the last one.
  if (!settings.DATABASE_URL) await expireLeases(db)
  const stopResuming = startResuming(signal)
  // Its own sign-outs a process knows; those of other replicas it has to ask for.
  const following = settings.DATABASE_URL
    ? setInterval(() => void sessions.follow().catch((error: unknown) => log.debug({ event: 'sessions.follow', err: error }, 'sign-outs could not be read')), FOLLOW_MS).unref()
    : undefined
  const housekeeping = setInterval(() => void tidy(), HOUSEKEEPING_MS).unref()

  const end = async (name: string): Promise<void> => {
    if (draining) return
    draining = true
    log.info({ event: 'stop', signal: name }, 'stopping')
    // Whatever hangs below: a process that was asked to end does.
    setTimeout(() => process.exit(0), END_MS).unref()
    clearInterval(housekeeping)
    clearInterval(following)
    stopResuming()
    await drain({ live, acts }, PATIENCE)
    stop.abort()
    await transport.close().catch(() => undefined)
    await db.close().catch((error: unknown) => log.error({ event: 'stop', err: error }, 'the database did not close'))
    log.info({ event: 'stopped' }, 'stopped')
    process.exit(0)
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    // Next's own handler ends the process with 143 as soon as no connection is open, in the middle of what is written here.
    if (process.env.NODE_ENV === 'production') process.removeAllListeners(name)
    process.once(name, () => void end(name))
  }
  serveStreams()
  log.info({ event: 'start', database: settings.DATABASE_URL ? 'postgresql' : 'embedded' }, 'started')
}
