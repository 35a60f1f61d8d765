import 'server-only'
import { notFound as notFoundPage, redirect } from 'next/navigation'
import { cache } from 'react'
import type { AddOnsPageData } from '@/lib/addons/view'
import { clusterHref } from '@/lib/cluster/href'
import { isAppError, type ErrorView, type Result } from '@/lib/errors'
import type { AdoptionReview } from '@/lib/adopt/review'
import type { PlanePageData } from '@/lib/control-plane/review'
import type { LeftBehind } from '@/lib/doctor/left-behind'
import type { IdentityOption } from '@/lib/identity/offer'
import type { SharedPoolOption } from '@/lib/ip-pool/offer'
import type { TenantState } from '@/lib/live/event'
import type { ClusterObjects } from '@/lib/manifests/object-row'
import type { PoolPageData } from '@/lib/node-pool/review'
import type { Permission } from '@/lib/permission'
import type { Story } from '@/lib/rollout/story'
import type { ZoneOption } from '@/lib/zone/option'
import { addOnsPageData } from '@/server/addons/page'
import { asResult } from '@/server/action'
import { listSharedPools } from '@/server/addresses/list'
import { reviewAdoption } from '@/server/adopt/review'
import type { Session } from '@/server/auth/identity'
import { currentSession } from '@/server/auth/session'
import { planePageData } from '@/server/control-plane/page'
import { listIdentities } from '@/server/identities/list'
import { leftBehindIn } from '@/server/doctor/left-behind'
import { newPoolPageData, poolPageData } from '@/server/node-pools/page'
import { listObjects } from '@/server/objects/list'
import { interruptedCreates, type InterruptedCreate } from '@/server/operations/list'
import { getChange } from '@/server/rollouts/get'
import { listChanges, type Changes } from '@/server/rollouts/list'
import { listTenants, type TenantListing } from '@/server/tenants/list'
import { listZones } from '@/server/zones/list'
import { accessOf, openTenant, type TenantContext } from '@/server/tenants/open'

/** What pages are given of a session. The id never leaves the server. */
export interface PageSession {
  readonly name: string
  readonly email: string
}

export interface TenantPage {
  readonly session: PageSession
  readonly tenants: readonly TenantListing[]
  readonly access: readonly Permission[]
  readonly state: TenantState
  readonly identities: readonly IdentityOption[]
  readonly sharedPools: readonly SharedPoolOption[]
  readonly zones: readonly ZoneOption[]
  /** Creates that stopped in the middle: to be continued or removed. */
  readonly interrupted: readonly InterruptedCreate[]
}

/** The person signed in, or the sign-in page. `back` is the path to return to. */
export async function pageSession(back?: string): Promise<Session> {
  const session = await currentSession()
  if (!session) redirect(back ? `/sign-in?back=${encodeURIComponent(back)}` : '/sign-in')
  return session
}

/** Tenants of the person signed in, for the landing page and the switcher. */
export async function tenantsPage(): Promise<{ session: PageSession; tenants: readonly TenantListing[] }> {
  const session = await pageSession()
  return { session: shown(session), tenants: await listTenants(session) }
}

/** Everything a page of a tenant renders from, out of memory; layout and page ask once between them. A foreign tenant is "not found", as an absent one. */
export const tenantPage = cache(async (tenant: string): Promise<TenantPage> => {
  const session = await pageSession(`/t/${encodeURIComponent(tenant)}`)
  const ctx = await open(session, tenant)
  const [tenants, access, interrupted] = await Promise.all([listTenants(session), accessOf(ctx), interruptedCreates(tenant)])
  return { session: shown(session), tenants, access, state: ctx.state(), identities: listIdentities(tenant), sharedPools: listSharedPools(tenant), zones: listZones(tenant), interrupted }
})

/** What former clusters of the tenant have left; for those who may see the tenant. */
export async function leftBehindPage(tenant: string): Promise<readonly LeftBehind[]> {
  await tenantPage(tenant)
  return leftBehindIn(tenant)
}

/** History of a cluster's changes, also of one that is gone. */
export async function changesPage(tenant: string, cluster: string): Promise<Changes> {
  const path = `${clusterHref(tenant, cluster)}/changes`
  return listChanges(await open(await pageSession(path), tenant), cluster)
}

/** One change with its machines, a month later too; "not found" for one of another tenant, as for an absent one. */
export async function changePage(tenant: string, id: string): Promise<{ story: Story }> {
  const ctx = await open(await pageSession(`/t/${encodeURIComponent(tenant)}`), tenant)
  return { story: await orNotFound(getChange(ctx, id)) }
}

/** The form of a pool: of one that is there, or (null) of a new one. What stands in the way of it is shown in its place. */
export async function poolPage(tenant: string, cluster: string, pool: string | null): Promise<{ data: PoolPageData } | { error: ErrorView }> {
  const ctx = await open(await pageSession(clusterHref(tenant, cluster)), tenant)
  try {
    return { data: await (pool === null ? newPoolPageData(ctx, cluster) : poolPageData(ctx, cluster, pool)) }
  } catch (error) {
    if (isAppError(error)) return { error: error.view }
    throw error
  }
}

/** The form of a hosted control plane; what stands in the way of it is shown in its place. */
export async function planePage(tenant: string, cluster: string): Promise<Result<PlanePageData>> {
  const ctx = await open(await pageSession(`${clusterHref(tenant, cluster)}/control-plane`), tenant)
  return asResult(() => planePageData(ctx, cluster))
}

/** Every object of a cluster, as the person may read it; a management cluster that does not answer is said on the page. */
export async function objectsPage(tenant: string, cluster: string): Promise<Result<ClusterObjects>> {
  const path = `${clusterHref(tenant, cluster)}/objects`
  const ctx = await open(await pageSession(path), tenant)
  return asResult(() => listObjects(ctx, cluster))
}

/** Add-ons of a cluster, read when somebody looks. What stands in the way of it is shown in its place. */
export async function addOnsPage(tenant: string, cluster: string): Promise<Result<AddOnsPageData>> {
  const path = `${clusterHref(tenant, cluster)}/add-ons`
  const ctx = await open(await pageSession(path), tenant)
  return asResult(() => addOnsPageData(ctx, cluster))
}

/** What taking a cluster over would do; what stands in the way of telling it is shown in its place. */
export async function adoptPage(tenant: string, cluster: string): Promise<Result<AdoptionReview>> {
  const path = `${clusterHref(tenant, cluster)}/adopt`
  const ctx = await open(await pageSession(path), tenant)
  return asResult(() => reviewAdoption(ctx, cluster))
}

const open = (session: Session, tenant: string): Promise<TenantContext> => orNotFound(openTenant(session, tenant))

async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (isAppError(error) && error.view.code === 'not-found') notFoundPage()
    throw error
  }
}

const shown = (session: Session): PageSession => ({ name: session.name, email: session.email })
