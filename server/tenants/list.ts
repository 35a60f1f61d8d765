import 'server-only'
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
  const visible = await Promise.all(all.map((tenant) => live.access.allows(identity, tenant.name, 'view:cluster')))
  return all.filter((_, index) => visible[index]).toSorted((a, b) => a.name.localeCompare(b.name))
}
