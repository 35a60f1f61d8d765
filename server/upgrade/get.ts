import 'server-only'
import type { UpgradeView } from '@/lib/upgrade/view'
import type { OperationRow } from '@/server/db/operations'
import { latestUpgrade } from '@/server/db/upgrades'
import { upgradeIntent } from '@/server/inputs'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** The cluster's upgrade that is not at its end yet, else its last one; null without any. The page does without it while the database is away. */
export async function getUpgrade(ctx: TenantContext, cluster: string): Promise<UpgradeView | null> {
  const uid = ctx.cluster(cluster)?.uid
  if (uid === undefined) return null
  try {
    const row = await latestUpgrade(runtime().db, ctx.tenant, uid)
    return row === null ? null : viewOf(row)
  } catch (error) {
    log.warn({ event: 'upgrade.read', err: error }, 'an upgrade could not be read')
    return null
  }
}

function viewOf({ id, who, createdAt, state, error, applied, spec }: OperationRow): UpgradeView | null {
  const intent = upgradeIntent.safeParse(spec).data
  if (intent === undefined) return null
  const steps = intent.steps.map(({ id: step, pool }) => ({ id: step, done: applied.includes(step), onDelete: pool?.onDelete ?? false }))
  const words = { running: 'running', interrupted: 'paused', done: 'done', failed: 'ended' } as const
  return {
    operationId: id, who, at: createdAt.toISOString(), from: intent.from, to: intent.to, steps,
    // The last step is noted a moment before the end.
    state: steps.every(({ done }) => done) ? 'done' : words[state], reason: error,
  }
}
