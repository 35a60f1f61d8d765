import type { Metadata } from 'next'
import { PoolPage } from '@/components/node-pool/pool-page'
import { poolPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `New pool of ${(await params).name}` }
}

export default async function NewPool({ params }: Props) {
  const { tenant, name } = await params
  return <PoolPage cluster={name} {...(await poolPage(tenant, name, null))} />
}
