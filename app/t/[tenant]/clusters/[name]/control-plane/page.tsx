import type { Metadata } from 'next'
import { PlanePage } from '@/components/control-plane/plane-page'
import { planePage } from '@/server/pages'

interface Props {
  readonly params: Promise<{ tenant: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Control plane of ${(await params).name}` }
}

export default async function ControlPlane({ params }: Props) {
  const { tenant, name } = await params
  return <PlanePage cluster={name} read={await planePage(tenant, name)} />
}
