'use client'
import Link from 'next/link'
import { clusterHref } from '@/lib/cluster/href'
import type { PlanePageData } from '@/lib/control-plane/review'
import type { Result } from '@/lib/errors'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { buttonLook } from '@/components/ui/button'
import { PlaneEditor } from './plane-editor'

export function PlanePage({ cluster, read }: { cluster: string; read: Result<PlanePageData> }) {
  const { name: tenant } = useTenant()
  if (read.ok) return <PlaneEditor data={read.value} />
  return (
    <div className="max-w-[640px] space-y-4">
      <h1 className="[overflow-wrap:anywhere]">Control plane of {cluster}</h1>
      <ErrorNote error={read.error} />
      <Link href={clusterHref(tenant, cluster)} className={buttonLook()}>Back to {cluster}</Link>
    </div>
  )
}
