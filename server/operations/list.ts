import 'server-only'
import { interruptedOperations } from '@/server/db/operations'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'

/** A create that stopped in the middle, as pages offer to continue or to remove it. */
export interface InterruptedCreate {
  readonly operationId: string
  readonly cluster: string
  readonly who: string
  /** RFC 3339. */
  readonly at: string
  readonly error: string | null
  /** `Kind/name`. */
  readonly exist: readonly string[]
  readonly missing: readonly string[]
}

/** Newest first. Pages do without the list while the database is away. */
export async function interruptedCreates(tenant: string): Promise<readonly InterruptedCreate[]> {
  try {
    const { db, live } = runtime()
    const rows = await interruptedOperations(db, tenant, live.tenantUid(tenant))
    return rows.map(({ id, cluster, who, createdAt, error, applied, missing }) => ({
      operationId: id, cluster, who, at: createdAt.toISOString(), error, exist: applied, missing,
    }))
  } catch (error) {
    log.warn({ event: 'operations.list', err: error }, 'operations could not be read')
    return []
  }
}
