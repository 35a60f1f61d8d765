import 'server-only'
import { isAppError } from '@/lib/errors'
import { identityOf, type Session } from '@/server/auth/identity'
import { runtime } from '@/server/runtime'

export interface TenantListing {
  /** Namespace. */
  readonly name: string
  /** Annotation `tenantry.dev/display-name`, or the name. */
  readonly displayName: string
}

/** The tenants in which the person may see clusters, by name. Asked of the API server, answers kept for seconds. */
export async function listTenants(session: Session): Promise<readonly TenantListing[]> {
  const { live } = runtime()
  const identity = identityOf(session)
  const all = live.tenants()
  const visible = await Promise.all(all.map((tenant) => live.access.allows(identity, tenant.name, 'view:cluster').catch(unknownIsNo)))
  return all.filter((_, index) => visible[index]).toSorted((a, b) => a.name.localeCompare(b.name))
}

/** While the management cluster is away, what nobody can tell is a "no": the page still shows what is known. */
export function unknownIsNo(error: unknown): false {
  if (isAppError(error) && error.view.code === 'management-away') return false
  throw error
}
