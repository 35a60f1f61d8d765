import 'server-only'
import type { Permission } from '@/lib/permission'
import { cleanLine } from '@/lib/text'
import { audited, auditedRefusal } from '@/server/audit/audited'
import type { Session } from '@/server/auth/identity'
import { env } from '@/server/env'
import { failure, notFound } from '@/server/failure'
import { toAppError } from '@/server/management/status'
import { runtime } from '@/server/runtime'
import { personalKubeconfig, type TenantKubeconfig, type TenantRole } from '@/server/tenant-api/access'
import { openTenant, requireLive, requirePermission } from '@/server/tenants/open'

const PERMISSION: Readonly<Record<TenantRole, Permission>> = { 'cluster-admin': 'download:kubeconfig', view: 'download:view-kubeconfig' }

/**
 * A kubeconfig of the person's own that expires. Its content is never logged and never audited; that it was handed out is.
 * @throws AppError 'forbidden' | 'not-ready'
 */
export async function downloadKubeconfig(session: Session, { tenant, cluster: name, role }: { tenant: string; cluster: string; role: TenantRole }): Promise<TenantKubeconfig> {
  const attempt = { who: session.user, tenant, action: PERMISSION[role], object: `Cluster/${name}` }
  const ctx = await auditedRefusal(attempt, () => openTenant(session, tenant))
  return audited(ctx, PERMISSION[role], `Cluster/${name}`, async () => {
    requireLive(ctx)
    const cluster = ctx.cluster(name)
    if (!cluster) throw notFound(`The cluster ${JSON.stringify(cleanLine(name, 63))}`)
    // The review is the only judge here: the Secret is read as the portal, and no API serves clusters/kubeconfig.
    await requirePermission(ctx, PERMISSION[role], 'now')
    if (!cluster.kubeconfig.ready) throw failure('not-ready', `The kubeconfig of ${name} is not ready: it waits for ${cluster.kubeconfig.waitsFor}.`)
    const admin = await runtime().system.readKubeconfigSecret(ctx.tenant, name).catch((error: unknown) => {
      throw toAppError(error, `the kubeconfig of ${name}`)
    })
    const seconds = Math.round(env().TENANTRY_KUBECONFIG_HOURS * 3600)
    return personalKubeconfig(admin, { cluster: name, tenant: ctx.tenant, endpoint: cluster.endpoint, user: ctx.session.user, role, seconds })
  })
}
