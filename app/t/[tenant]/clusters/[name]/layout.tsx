import type { ReactNode } from 'react'
import { ClusterNav } from '@/components/cluster/cluster-nav'

interface Props {
  readonly params: Promise<{ name: string }>
  readonly children: ReactNode
}

export default async function ClusterLayout({ params, children }: Props) {
  return <><ClusterNav name={(await params).name} />{children}</>
}
