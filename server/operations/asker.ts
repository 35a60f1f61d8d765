import 'server-only'
import { identityOf, type Session } from '@/server/auth/identity'
import type { OperationRow } from '@/server/db/operations'
import { env } from '@/server/env'
import { knowledgeOf, type TenantContext } from '@/server/tenants/open'

/** Whoever asked for an operation, in its tenant: all that an act needs of a person, who may have gone long ago. */
export interface Asker extends Omit<TenantContext, 'session'> {
  readonly session: Pick<Session, 'user' | 'email' | 'groups'>
}

/** From the record of an operation. Groups that the portal may impersonate no more are left out, as at a sign-in. */
export function askerOf({ who, groups, tenant }: Pick<OperationRow, 'who' | 'groups' | 'tenant'>): Asker {
  const known = groups.filter((group) => env().TENANTRY_GROUPS.includes(group))
  const session = { user: who, email: who, groups: known }
  return { session, identity: identityOf(session), ...knowledgeOf(tenant) }
}
