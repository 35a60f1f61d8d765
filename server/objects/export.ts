import 'server-only'
import { gzipSync } from 'node:zlib'
import { exportFiles, isAsked } from '@/lib/manifests/export'
import { cleanLine, listed } from '@/lib/text'
import { audited, auditedRefusal } from '@/server/audit/audited'
import type { Session } from '@/server/auth/identity'
import { failure, notFound } from '@/server/failure'
import { findObjects } from '@/server/objects/list'
import { tar } from '@/server/objects/tar'
import { runtime } from '@/server/runtime'
import { openTenant, requirePermission } from '@/server/tenants/open'

/**
 * What was asked for of a cluster as a .tar.gz of a folder, read as the person. That it was handed out is audited.
 * @throws AppError 'not-found' | 'forbidden': with a kind missing it would pass for the whole cluster and not be it
 */
export async function exportCluster(session: Session, { tenant, cluster }: { tenant: string; cluster: string }): Promise<Buffer> {
  const object = `Cluster/${cluster}`
  const ctx = await auditedRefusal({ who: session.user, tenant, action: 'export', object }, () => openTenant(session, tenant))
  return audited(ctx, 'export', object, async () => {
    await requirePermission(ctx, 'view:cluster')
    const { objects, forbidden } = await findObjects(runtime().asUser(ctx.identity), ctx.tenant, cluster)
    const missing = forbidden.filter(isAsked)
    if (missing.length > 0) throw failure('forbidden', `You may not read ${listed(missing, 8)} in the tenant ${ctx.tenant}: the export would not be whole.`)
    if (!objects.some(({ kind }) => kind === 'Cluster')) throw notFound(`The cluster ${JSON.stringify(cleanLine(cluster, 63))}`)
    return gzipSync(tar(exportFiles(cluster, objects)))
  })
}
