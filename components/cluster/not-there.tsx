'use client'
import { Search } from 'lucide-react'
import Link from 'next/link'
import { clustersHref } from '@/lib/cluster/href'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { useTenant } from '@/components/live/hooks'
import { changesHref } from '@/components/rollout/href'
import { ArcGlyph, Glyph } from '@/components/state/glyph'
import { ActivityPanel } from '@/components/timeline/activity-panel'
import { buttonLook } from '@/components/ui/button'
import { Clock } from '@/components/ui/time'
import { Middle } from './list-empty'

function Back() {
  const { name } = useTenant()
  return <Link href={clustersHref(name)} className={buttonLook()}>See all clusters</Link>
}

/** The cluster left while this page looked on: an end, not an error. */
export function ClusterGone({ name, at, entries }: { name: string; at: number; entries: readonly TimelineEntry[] }) {
  const { name: tenant } = useTenant()
  return (
    <div className="space-y-4">
      <Middle level={1} art={<Glyph role="ok" shape="check" size={24} />} title={`${name} is gone`} actions={<><Back /><Link href={changesHref(tenant, name)} className={buttonLook()}>See its changes</Link></>}>
        <p role="status">It was removed at <Clock at={new Date(at).toISOString()} />. Its name and its addresses are free again. What outlives it is said above the list of clusters.</p>
      </Middle>
      {entries.length > 0 ? <ActivityPanel entries={entries} /> : null}
    </div>
  )
}

/** Made a moment ago: the management cluster has it, the stream will say so within seconds. */
export function ClusterSoon({ name }: { name: string }) {
  return (
    <Middle level={1} art={<ArcGlyph size={24} className="text-busy-solid" />} title={`${name} was created`} actions={<Back />}>
      <p role="status">Its objects are written. The page begins as soon as the management cluster reports the first of them.</p>
    </Middle>
  )
}

export function ClusterMissing({ name }: { name: string }) {
  const { displayName } = useTenant()
  return (
    <Middle level={1} art={<Search size={24} aria-hidden />} title={`There is no cluster ${name} here`} actions={<Back />}>
      <p>{displayName} has no cluster of this name, or it was deleted before you came.</p>
    </Middle>
  )
}
