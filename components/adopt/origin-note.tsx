'use client'
import Link from 'next/link'
import type { Origin } from '@/lib/adopt/origin'
import { clusterHref } from '@/lib/cluster/href'
import { useCan, useTenant } from '@/components/live/hooks'
import { Note } from '@/components/ui/note'
import { originWords } from './words'

/** On the page of a cluster that another tool made: what works, what does not, and the way to change that. */
export function OriginNote({ cluster, origin }: { cluster: string; origin: Origin }) {
  const { name: tenant } = useTenant()
  const can = useCan('adopt:cluster')
  const href = `${clusterHref(tenant, cluster)}/adopt`
  return (
    <Note>
      <p>
        <b className="font-medium">Made outside of Tenantry, by {originWords(origin)}.</b> It is watched here like every other. You can scale and delete it; settings that {origin.tool} holds can’t be changed until it is taken over.{' '}
        <Link href={href} prefetch={false} className="link whitespace-nowrap">{can.allowed ? 'Take it over' : 'What that would do'}</Link>
      </p>
    </Note>
  )
}
