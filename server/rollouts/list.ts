import 'server-only'
import type { Rollout } from '@/lib/rollout/story'
import { listRollouts } from '@/server/db/rollouts'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

const SHOWN = 200

export interface Changes {
  /** Newest first; the open one leads. */
  readonly changes: readonly Rollout[]
  /** false while the database is away: only what is in memory. */
  readonly complete: boolean
}

/** Changes of a cluster by its name, also of one that is gone. The newest 200. */
export async function listChanges(ctx: TenantContext, cluster: string): Promise<Changes> {
  // Nothing has such a name, and the database would refuse some of them.
  if (!/^[a-z0-9.-]{1,253}$/.test(cluster)) return { changes: [], complete: true }
  // Memory is ahead of the database by a second, or by as long as that is away.
  const known = Object.values(ctx.state().rollouts).filter((rollout) => rollout.cluster === cluster)
  const { db, live } = runtime()
  const stored = await listRollouts(db, ctx.tenant, cluster, SHOWN, live.tenantUid(ctx.tenant)).catch((error: unknown) => {
    log.warn({ event: 'rollout.list', err: error }, 'rollouts could not be read')
    return null
  })
  const all = new Map([...(stored ?? []), ...known].map((rollout) => [rollout.id, rollout]))
  const changes = [...all.values()].sort(
    (a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? -1 : 1),
  )
  return { changes, complete: stored !== null }
}
