'use client'
import Link from 'next/link'
import { clusterHref } from '@/lib/cluster/href'
import type { ErrorView } from '@/lib/errors'
import type { PoolPageData } from '@/lib/node-pool/review'
import { useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { buttonLook } from '@/components/ui/button'
import { PoolEditor } from './pool-editor'

type Props = { readonly cluster: string } & ({ readonly data: PoolPageData } | { readonly error: ErrorView })

export function PoolPage(props: Props) {
  const { name: tenant } = useTenant()
  if ('data' in props) return <PoolEditor data={props.data} />
  return (
    <div className="max-w-[640px] space-y-4">
      <h1>Node pool</h1>
      <ErrorNote error={props.error} />
      <Link href={clusterHref(tenant, props.cluster)} className={buttonLook()}>Back to {props.cluster}</Link>
    </div>
  )
}
