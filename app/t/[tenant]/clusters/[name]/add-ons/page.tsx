import type { Metadata } from 'next'
import { AddOnsPage } from '@/components/addons/add-ons-page'
import { addOnsPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Add-ons of ${(await params).name}` }
}

export default async function AddOns({ params }: Props) {
  const { tenant, name } = await params
  return <AddOnsPage cluster={name} read={await addOnsPage(tenant, name)} />
}
