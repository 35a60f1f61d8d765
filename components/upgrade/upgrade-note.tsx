'use client'
import Link from 'next/link'
import { plainVersion } from '@/lib/kubernetes/version'
import { isOpen, type UpgradeView } from '@/lib/upgrade/view'
import { useTenant } from '@/components/live/hooks'
import { Glyph } from '@/components/state/glyph'
import { Note } from '@/components/ui/note'
import { upgradeHref } from './href'

/** On the cluster's page, while an upgrade is not at its end: where it can be paused and continued. */
export function UpgradeNote({ cluster, upgrade }: { cluster: string; upgrade: UpgradeView | null }) {
  const { name: tenant } = useTenant()
  if (upgrade === null || !isOpen(upgrade)) return null
  const paused = upgrade.state === 'paused'
  const done = upgrade.steps.filter((step) => step.done).length
  return (
    <Note role={paused ? 'idle' : upgrade.reason === null ? 'busy' : 'warn'} {...(paused ? { icon: <Glyph role="idle" shape="pause" /> } : {})}>
      The upgrade to {plainVersion(upgrade.to)} {paused ? 'is paused' : 'is under way'}: {done} of {upgrade.steps.length} steps done. {upgrade.reason ?? ''} <Link href={upgradeHref(tenant, cluster)} prefetch={false} className="link whitespace-nowrap">See the steps</Link>
    </Note>
  )
}
