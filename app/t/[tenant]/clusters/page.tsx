import type { Metadata } from 'next'
import { ClusterList } from '@/components/cluster/cluster-list'
import { LeftBehindNotes } from '@/components/doctor/left-behind'
import { leftBehindPage } from '@/server/pages'

export const metadata: Metadata = { title: 'Clusters' }

export default async function Clusters({ params }: { params: Promise<{ tenant: string }> }) {
  // Layouts are not rendered again on navigation: each page asks for itself whether the person may still see the tenant.
  return <><LeftBehindNotes all={await leftBehindPage((await params).tenant)} /><ClusterList /></>
}
