import 'server-only'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { audited, recorded } from '@/server/audit/audited'
import { findOperation, takeInterrupted, type OperationRow } from '@/server/db/operations'
import { pauseUpgrade as pauseRow, stopUpgrade as stopRow } from '@/server/db/upgrades'
import { failure, notFound } from '@/server/failure'
import { upgradeIntent, type OperationInput } from '@/server/inputs'
import { isOfFormerTenant } from '@/server/operations/former'
import { Lease } from '@/server/operations/lease'
import { applyOver } from '@/server/operations/guard'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'
import { findControlPlane, withVersion } from '@/server/upgrade/control-plane'
import { driveUpgrade, upgradeEnding } from '@/server/upgrade/drive'
import { unlessUnderWay } from '@/server/upgrade/start'

/** What the present step has begun goes on; no further one begins. @throws AppError 'conflict' when it does not run */
export const pauseUpgrade = (ctx: TenantContext, { operationId }: OperationInput): Promise<null> =>
  ofUpgrade(ctx, operationId, async (row, to) => {
    if (!(await recorded(pauseRow(runtime().db, row.id, `Paused by ${ctx.session.email}.`)))) throw over(row)
    told(ctx, row, 'paused', `The upgrade to ${to} was paused; what is under way goes on`)
  })

/** Any admin of the tenant may go on with it: from here on it is theirs. @throws AppError as a step refuses */
export const continueUpgrade = (ctx: TenantContext, { operationId }: OperationInput): Promise<null> =>
  ofUpgrade(ctx, operationId, async (row, to) => {
    const { db } = runtime()
    const lease = new Lease(db, row.id)
    const { user: who, groups } = ctx.session
    if (!(await recorded(takeInterrupted(db, lease, 'running', { who, groups: [...groups] })))) throw over(row)
    told(ctx, row, 'continued', `The upgrade to ${to} goes on`)
    await lease.during(() => driveUpgrade(ctx, row, lease, 'upgrade:cluster'), upgradeEnding({ attempts: 1 })).catch(unlessUnderWay)
  })

/**
 * Ends it after the step that is under way. A version that Kamaji refused is taken back out of the spec: it would stay there.
 * @throws AppError 'conflict' when it has ended
 */
export const stopUpgrade = (ctx: TenantContext, { operationId }: OperationInput): Promise<null> =>
  ofUpgrade(ctx, operationId, async (row, to) => {
    if (!(await recorded(stopRow(runtime().db, row.id, `Stopped by ${ctx.session.email}.`)))) throw over(row)
    told(ctx, row, 'stopped', `The upgrade to ${to} was stopped`)
    await takeBack(ctx, row)
  })

async function takeBack(ctx: TenantContext, { cluster: name, spec }: OperationRow): Promise<void> {
  const to = upgradeIntent.safeParse(spec).data?.to
  const cluster = ctx.cluster(name)
  const refused = cluster?.controlPlane.state.role === 'warn' && cluster.controlPlane.state.condition?.type === 'TenantControlPlaneCreated'
  if (!refused || to === undefined) return
  const client = runtime().asUser(ctx.identity)
  const plane = await findControlPlane(ctx, client, cluster)
  if (plane.current === null || plane.desired === null || !sameVersion(plane.desired, to) || sameVersion(plane.current, to)) return
  await applyOver(client, withVersion(plane, plane.current), plane.object)
}

/** @throws AppError 'not-found' for what is no upgrade of this tenant's */
async function ofUpgrade(ctx: TenantContext, operationId: string, act: (row: OperationRow, to: string) => Promise<void>): Promise<null> {
  const found = await recorded(findOperation(runtime().db, operationId, ctx.tenant))
  const row = found?.kind === 'upgrade' && !isOfFormerTenant(found) ? found : null
  return audited(ctx, 'upgrade:cluster', row ? `Cluster/${row.cluster}` : `Operation/${operationId}`, async () => {
    requireLive(ctx)
    if (!row) throw notFound('This upgrade')
    await act(row, plainVersion(upgradeIntent.safeParse(row.spec).data?.to ?? '?'))
    return null
  })
}

const over = ({ state }: OperationRow) => failure('conflict', state === 'running' || state === 'interrupted' ? 'Somebody was faster: look at the upgrade again.' : 'This upgrade has ended.')

function told(ctx: TenantContext, { id, cluster, clusterUid }: OperationRow, what: string, text: string): void {
  const at = new Date()
  runtime().live.lookAtUpgrades()
  noteAct(ctx, { key: `${id}:${what}:${at.getTime()}`, clusterUid: clusterUid ?? '', cluster, subject: null, text }, at)
}
