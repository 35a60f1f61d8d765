'use client'
import { Search } from 'lucide-react'
import Link from 'next/link'
import { useParams } from 'next/navigation'
import { Middle } from '@/components/cluster/list-empty'
import { buttonLook } from '@/components/ui/button'
import { changesHref } from './href'

export function ChangeMissing() {
  const { tenant, name } = useParams<{ tenant: string; name: string }>()
  return (
    <Middle
      level={1}
      art={<Search size={24} aria-hidden />}
      title="This change was not found"
      actions={<Link href={changesHref(decodeURIComponent(tenant), decodeURIComponent(name))} className={buttonLook()}>See all changes</Link>}
    >
      <p>It is no change of this cluster. The address may be cut, or it was written down before the portal kept changes.</p>
    </Middle>
  )
}
