import type { Metadata } from 'next'
import { AdoptPage } from '@/components/adopt/adopt-page'
import { adoptPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Take over ${(await params).name}` }
}

export default async function Adopt({ params }: Props) {
  const { tenant, name } = await params
  return <AdoptPage cluster={name} read={await adoptPage(tenant, name)} />
}
