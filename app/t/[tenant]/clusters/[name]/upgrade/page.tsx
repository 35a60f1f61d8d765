import type { Metadata } from 'next'
import { UpgradePage } from '@/components/upgrade/upgrade-page'
import { tenantPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Upgrade ${(await params).name}` }
}

export default async function Upgrade({ params }: Props) {
  const { tenant, name } = await params
  await tenantPage(tenant)
  return <UpgradePage cluster={name} />
}
