import type { Metadata } from 'next'
import { ChangesPage } from '@/components/rollout/changes-page'
import { changesPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Changes of ${(await params).name}` }
}

export default async function Changes({ params }: Props) {
  const { tenant, name } = await params
  const { changes, complete } = await changesPage(tenant, name)
  return <ChangesPage cluster={name} changes={changes} complete={complete} />
}
