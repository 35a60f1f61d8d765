import type { Metadata } from 'next'
import { ObjectsPage } from '@/components/objects/objects-page'
import { objectsPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Objects of ${(await params).name}` }
}

export default async function Objects({ params }: Props) {
  const { tenant, name } = await params
  return <ObjectsPage cluster={name} read={await objectsPage(tenant, name)} />
}
