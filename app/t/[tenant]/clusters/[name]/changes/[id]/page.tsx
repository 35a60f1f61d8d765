import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ChangePage } from '@/components/rollout/change-page'
import { changePage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string; id: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Change of ${(await params).name}` }
}

export default async function Change({ params }: Props) {
  const { tenant, name, id } = await params
  const { story } = await changePage(tenant, id)
  // The address names the cluster: one change has one address.
  if (story.rollout.cluster !== name) notFound()
  return <ChangePage read={story} />
}
