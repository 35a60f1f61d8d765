import 'server-only'
import { isAppError } from '@/lib/errors'
import type { Permission } from '@/lib/permission'
import { auditAnswered, auditAsked } from '@/server/db/audit'
import { log } from '@/server/log'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/**
 * Runs an act with its audit row: written as `asked` before the act, completed after it. Where the row cannot be written the
 * act does not happen. A row that stays `asked` says that the portal died in between, which is itself worth knowing.
 */
export async function audited<Value>(ctx: TenantContext, permission: Permission, object: string, act: () => Promise<Value>): Promise<Value> {
  const { db } = runtime()
  const who = ctx.session.user
  const id = await auditAsked(db, { who, tenant: ctx.tenant, action: permission, object })
  const answered = async (allowed: boolean, code: string): Promise<void> => {
    log.info({ event: 'audit', who, tenant: ctx.tenant, action: permission, object, allowed, code }, 'audit')
    // The act is done: failing now would tell the person that it was not.
    await auditAnswered(db, id, allowed, code).catch((error: unknown) => log.error({ event: 'audit.write', id, err: error }, 'an audit row stays open'))
  }
  try {
    const value = await act()
    await answered(true, 'ok')
    return value
  } catch (error) {
    await answered(false, isAppError(error) ? error.view.code : 'internal')
    throw error
  }
}
