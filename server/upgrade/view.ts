import 'server-only'
import type { UpgradeView } from '@/lib/upgrade/view'
import type { OperationRow } from '@/server/db/operations'
import { upgradeIntent } from '@/server/inputs'

/** An upgrade's Operation as pages show it; null for one that another version of the portal wrote down. */
export function upgradeViewOf({ id, tenant, clusterUid, who, createdAt, state, error, applied, spec }: OperationRow): UpgradeView | null {
  const intent = upgradeIntent.safeParse(spec).data
  if (intent === undefined || clusterUid === null) return null
  const steps = intent.steps.map(({ id: step, pool }) => ({ id: step, done: applied.includes(step), onDelete: pool?.onDelete ?? false }))
  const words = { running: 'running', interrupted: 'paused', done: 'done', failed: 'ended' } as const
  return {
    kind: 'upgrade', uid: clusterUid, tenant, operationId: id, who, at: createdAt.toISOString(), from: intent.from, to: intent.to, steps,
    // The last step is noted a moment before the end.
    state: steps.every(({ done }) => done) ? 'done' : words[state], reason: error,
  }
}
