'use client'
import Link from 'next/link'
import type { Rollout } from '@/lib/rollout/story'
import { useTenant } from '@/components/live/hooks'
import { Asked } from '@/components/rollout/who'
import { changesHref } from '@/components/rollout/href'
import { outcomeOf } from '@/components/rollout/words'
import { span } from '@/components/ui/duration'

/** Under the sentence: what was asked and by whom while its story is shown below; afterwards the last change in one line. */
export function ChangeLine({ cluster, rollout, told }: { cluster: string; rollout: Rollout | null; told: boolean }) {
  const { name: tenant } = useTenant()
  return (
    <>
      {rollout === null ? null : told ? <><Asked rollout={rollout} /> </> : <><Last rollout={rollout} href={changesHref(tenant, cluster, rollout.id)} /> </>}
      <Link href={changesHref(tenant, cluster)} prefetch={false} className="link whitespace-nowrap text-ink-2">All changes</Link>
    </>
  )
}

function Last({ rollout, href }: { rollout: Rollout; href: string }) {
  const took = rollout.endedAt === null ? null : span(Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt))
  return <>Last change: <Link href={href} prefetch={false} className="link">{rollout.title}</Link>, {outcomeOf(rollout).word.toLowerCase()}{took === null ? '' : ` in ${took}`}.</>
}
