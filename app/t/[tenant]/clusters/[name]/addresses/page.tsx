import type { Metadata } from 'next'
import { AddressesPage } from '@/components/addresses/addresses-page'
import { tenantPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Addresses of ${(await params).name}` }
}

export default async function Addresses({ params }: Props) {
  const { tenant, name } = await params
  await tenantPage(tenant)
  return <AddressesPage name={name} />
}
