import type { Metadata } from 'next'
import { ClusterPage } from '@/components/cluster/cluster-page'
import { tenantPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name }
}

export default async function Cluster({ params }: Props) {
  const { tenant, name } = await params
  await tenantPage(tenant)
  return <ClusterPage name={name} />
}
