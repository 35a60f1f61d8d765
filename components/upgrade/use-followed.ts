import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { TimelineEntry } from '@/lib/timeline/entry'
import type { UpgradeView } from '@/lib/upgrade/view'

/** Each step of an upgrade, and whatever people do to it, is an entry of the timeline, which comes with the stream: then the page is asked for again. */
export function useFollowed(upgrade: UpgradeView | null, entries: readonly TimelineEntry[]): void {
  const router = useRouter()
  const id = upgrade?.operationId
  const told = id === undefined ? 0 : entries.filter(({ key }) => key.startsWith(id)).length
  useEffect(() => {
    if (told > 0) router.refresh()
  }, [told, router])
}
