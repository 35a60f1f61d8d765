import type { Metadata } from 'next'
import { PoolPage } from '@/components/node-pool/pool-page'
import { poolPage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string; pool: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, pool } = await params
  return { title: `Pool ${pool} of ${name}` }
}

export default async function Pool({ params }: Props) {
  const { tenant, name, pool } = await params
  return <PoolPage cluster={name} {...(await poolPage(tenant, name, pool))} />
}
