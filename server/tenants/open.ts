import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import type { Health, TenantState } from '@/lib/live/event'
import { PERMISSIONS, type Permission } from '@/lib/permission'
import { isTenantName } from '@/lib/tenant/name'
import { cleanLine } from '@/lib/text'
import { identityOf, type Identity, type Session } from '@/server/auth/identity'
import { away, failure, notFound } from '@/server/failure'
import { runtime } from '@/server/runtime'
import { unknownIsNo } from '@/server/tenants/list'

/** A person in a tenant that they may see. Use cases take nothing else. */
export interface TenantContext {
  readonly session: Session
  readonly identity: Identity
  readonly tenant: string
  /** All of the tenant's views as they are now, from memory. Put together at each call: for pages, not for one look. */
  readonly state: () => TenantState
  readonly cluster: (name: string) => ClusterView | null
  readonly health: () => Health
}

/** What a context knows of its tenant, from memory. */
export function knowledgeOf(tenant: string): Pick<TenantContext, 'tenant' | 'state' | 'cluster' | 'health'> {
  const { live } = runtime()
  return { tenant, state: () => live.state(tenant), cluster: (name) => live.cluster(tenant, name), health: () => live.health() }
}

/**
 * @throws AppError 'not-found' for an absent tenant and for a foreign one alike; 'management-away' until the first lists are read
 */
export async function openTenant(session: Session, tenant: string): Promise<TenantContext> {
  const { live } = runtime()
  const identity = identityOf(session)
  // What no Namespace can be called is asked of nobody: answers are kept by name, and names of any length would fill them.
  if (!isTenantName(tenant)) throw notFound(`The tenant ${JSON.stringify(cleanLine(tenant, 63))}`)
  // A tenant that was not read yet is not absent: told 404, every open page would take it for gone and forget all that it shows.
  if (!live.ready()) throw failure('management-away', 'The portal has just started and still reads the management cluster. Try again in a moment.')
  // Both questions come before the answer: the time taken must not tell an absent tenant from a foreign one.
  const exists = live.tenants().some(({ name }) => name === tenant)
  const visible = await live.access.allows(identity, tenant, 'view:cluster')
  if (!exists || !visible) throw notFound(`The tenant ${JSON.stringify(tenant)}`)
  return { session, identity, ...knowledgeOf(tenant) }
}

/** What the person may do in the tenant. It spares them a refusal; the API server judges at the write. */
export async function accessOf(ctx: TenantContext): Promise<readonly Permission[]> {
  const { access } = runtime().live
  const allowed = await Promise.all(PERMISSIONS.map((permission) => access.allows(ctx.identity, ctx.tenant, permission).catch(unknownIsNo)))
  return PERMISSIONS.filter((_, index) => allowed[index])
}

/** @throws AppError 'forbidden' */
export async function requirePermission(ctx: Pick<TenantContext, 'identity' | 'tenant'>, permission: Permission, when: 'lately' | 'now' = 'lately'): Promise<void> {
  const { access } = runtime().live
  if (await (when === 'now' ? access.allowsNow : access.allows)(ctx.identity, ctx.tenant, permission)) return
  throw failure('forbidden', `You may not do this in the tenant ${ctx.tenant}. It takes the right ${permission}.`)
}

/** Writes on old knowledge are refused. @throws AppError 'management-away' */
export function requireLive(ctx: Pick<TenantContext, 'health'>): void {
  if (ctx.health().state === 'away') throw away()
}
