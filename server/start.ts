import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sessions } from '@/server/auth/sessions'
import { openDatabase } from '@/server/db/client'
import { expireLeases } from '@/server/db/operations'
import { storyStore } from '@/server/db/rollouts'
import { forgetOldSessions } from '@/server/db/sessions'
import { insertEntries, recentEntries } from '@/server/db/timeline'
import { env } from '@/server/env'
import { startLive } from '@/server/live/live'
import { log } from '@/server/log'
import { createDiscovery } from '@/server/management/discovery'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport } from '@/server/management/transport'
import { createUserClient } from '@/server/management/user-client'
import { startResuming } from '@/server/operations/resume'
import { runtimeIfStarted, setRuntime } from '@/server/runtime'

const HOUSEKEEPING_MS = 15_000
/** Below the 30 s that Kubernetes gives a Pod to end. */
const ACTS_MS = 15_000

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
  const store = { insert: insertEntries.bind(null, db), recent: recentEntries.bind(null, db), stories: storyStore(db) }
  const live = startLive(system, store, signal)
  const sessions = new Sessions(db, (id) => live.endSession(id))
  const acts = new Set<Promise<void>>()
  let draining = false
  setRuntime({ db, sessions, live, system, discovery, signal, acts, draining: () => draining, asUser: (identity) => createUserClient(transport, discovery, identity) })

  const tidy = async (): Promise<void> => {
    try {
      await sessions.settle()
      await forgetOldSessions(db)
    } catch (error) {
      log.warn({ event: 'housekeeping', err: error }, 'housekeeping failed')
    }
  }
  // An embedded database has one process: whatever is unfinished at its start was left behind by the last one.
  if (!settings.DATABASE_URL) await expireLeases(db)
  const stopResuming = startResuming(signal)
  const housekeeping = setInterval(() => void tidy(), HOUSEKEEPING_MS).unref()

  const end = async (name: string): Promise<void> => {
    if (draining) return
    draining = true
    const letGo = holdExit()
    log.info({ event: 'stop', signal: name }, 'stopping')
    clearInterval(housekeeping)
    stopResuming()
    // Streams first: Next waits for open responses before it lets the process go.
    await live.close().catch((error: unknown) => log.warn({ event: 'stop', err: error }, 'streams did not close'))
    // Then what people have begun: cut off in the middle it would have to be continued by hand.
    await Promise.race([Promise.all(acts), sleep(ACTS_MS, undefined, { ref: false })])
    stop.abort()
    await transport.close().catch(() => undefined)
    await db.close().catch((error: unknown) => log.error({ event: 'stop', err: error }, 'the database did not close'))
    log.info({ event: 'stopped' }, 'stopped')
    letGo()
    // Next exits by itself once its server is closed; keep-alive connections of browsers can hold that up for a minute.
    setTimeout(() => process.exit(0), 1_500).unref()
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => void end(name))
  log.info({ event: 'start', database: settings.DATABASE_URL ? 'postgresql' : 'embedded' }, 'started')
}

/**
 * Next ends the process with its last response, while entries and the database are still being written: it has to wait.
 * @returns lets it go
 */
function holdExit(): () => void {
  const { exit } = process
  let wanted = false
  process.exit = (() => void (wanted = true)) as never
  return () => {
    process.exit = exit
    if (wanted) process.exit(0)
  }
}
