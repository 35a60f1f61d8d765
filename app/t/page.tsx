import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { clustersHref } from '@/lib/cluster/href'
import { LAST_TENANT } from '@/components/shell/last-tenant'
import { NoTenants } from '@/components/shell/no-tenants'
import { tenantsPage } from '@/server/pages'

export const metadata: Metadata = { title: 'Tenants' }

export default async function Tenants() {
  const { session, tenants } = await tenantsPage()
  const last = (await cookies()).get(LAST_TENANT)?.value
  const tenant = tenants.find(({ name }) => name === last) ?? tenants[0]
  if (tenant) redirect(clustersHref(tenant.name))
  return <NoTenants session={session} />
}
