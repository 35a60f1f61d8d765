import 'server-only'
import type { Database } from '@/server/db/client'
import type { Sessions } from '@/server/auth/sessions'
import type { Live } from '@/server/live/live'
import type { Metrics } from '@/server/metrics/metrics'
import type { Discovery } from '@/server/management/discovery'
import type { PortalClient } from '@/server/management/portal-client'
import type { SystemClient } from '@/server/management/system-client'
import type { UserClient } from '@/server/management/user-client'
import type { Identity } from '@/server/auth/identity'

/** What runs for the life of the process. */
export interface Runtime {
  readonly db: Database
  readonly sessions: Sessions
  readonly live: Live
  readonly metrics: Metrics
  readonly system: SystemClient
  readonly discovery: Discovery
  /** Writes add-ons, and nothing else. */
  readonly own: PortalClient
  readonly asUser: (identity: Identity) => UserClient
  /** Acts under way (server/audit/audited.ts). */
  readonly acts: Set<Promise<void>>
  /** Aborted when the process is about to end. */
  readonly signal: AbortSignal
  /** The process has been asked to end: no new streams. */
  readonly draining: () => boolean
}

/**
 * Next gives instrumentation, route handlers and pages separate instances of every module: what is shared has to hang on
 * globalThis. Its types are matched by shape and brand, never by instanceof.
 */
const KEY = Symbol.for('tenantry.runtime')
const shared = globalThis as { [KEY]?: Runtime }

export function setRuntime(value: Runtime): void {
  shared[KEY] = value
}

/** @throws Error before the start is through: a bug, since instrumentation is awaited before the first request */
export function runtime(): Runtime {
  const value = shared[KEY]
  if (!value) throw new Error('The portal has not started: instrumentation.ts did not run')
  return value
}

export const runtimeIfStarted = (): Runtime | null => shared[KEY] ?? null
