import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ClusterList } from '@/components/cluster/cluster-list'
import { LeftBehindNotes } from '@/components/doctor/left-behind'
import { leftBehindPage, tenantPage } from '@/server/pages'

export const metadata: Metadata = { title: 'Clusters' }

export default async function Clusters({ params }: { params: Promise<{ tenant: string }> }) {
  // Layouts are not rendered again on navigation: each page asks for itself whether the person may still see the tenant.
  const { tenant } = await params
  await tenantPage(tenant)
  return <><Suspense fallback={null}><LeftBehindOf tenant={tenant} /></Suspense><ClusterList /></>
}

/** It asks the management cluster, which may take its time: the list does not wait for it. */
async function LeftBehindOf({ tenant }: { tenant: string }) {
  return <LeftBehindNotes all={await leftBehindPage(tenant)} />
}
