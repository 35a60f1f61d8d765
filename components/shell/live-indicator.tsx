'use client'
import { useFreshness } from '@/components/live/hooks'
import { cn } from '@/components/ui/cn'
import { duration } from '@/components/ui/duration'
import { useNow } from '@/components/ui/now'

export function LiveIndicator() {
  const fresh = useFreshness()
  const now = useNow(1000)
  const text = fresh.state === 'live' ? 'Live' : fresh.state === 'reconnecting' ? 'Reconnecting' : `Last known, ${duration(now - fresh.since)} old`
  return (
    <span className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap text-12 text-ink-2" data-live={fresh.state}>
      <span
        aria-hidden
        className={cn('size-2 rounded-pill', fresh.state === 'live' ? 'bg-ok-solid ring-3 ring-ok-tint' : 'border-2 bg-transparent', fresh.state === 'reconnecting' ? 'border-busy-solid' : fresh.state === 'stale' && 'border-warn-solid')}
      />
      {text}
    </span>
  )
}
