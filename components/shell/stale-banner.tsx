'use client'
import { Glyph } from '@/components/state/glyph'
import { useFreshness } from '@/components/live/hooks'
import { Button } from '@/components/ui/button'
import { duration } from '@/components/ui/duration'
import { useNow } from '@/components/ui/now'
import { Clock } from '@/components/ui/time'
import { listed } from '@/lib/text'

/** Last known state stays readable, its age is said, writes are off. */
export function StaleBanner() {
  const fresh = useFreshness()
  const now = useNow(1000)
  if (fresh.state === 'live' && fresh.degraded) return <PartlyOld kinds={fresh.degraded} />
  if (fresh.state !== 'stale') return null
  const long = duration(now - fresh.since)
  const [what, effect] =
    fresh.cause === 'management'
      ? [`The management cluster has not answered for ${long}.`, 'Your clusters keep running; changes are off until it is back.']
      : [`The portal has not answered for ${long}.`, 'Your clusters keep running; changes are off until the connection is back.']
  return (
    <section aria-label="Connection" className="border-b border-warn-solid bg-warn-tint px-7 py-3 max-m:px-4">
      <div className="flex max-w-[1344px] items-start gap-2.5">
        <Glyph role="warn" shape="triangle" className="mt-0.5" />
        <p className="min-w-0 flex-1">
          <b className="font-semibold">{what}</b> You see the state of <Clock at={new Date(fresh.since).toISOString()} />. {effect}
        </p>
        {fresh.cause === 'stream' ? <Button size="sm" onClick={() => location.reload()}>Try now</Button> : null}
      </div>
      <span role="alert" className="sr-only">{what} Changes are off.</span>
    </section>
  )
}

const SHOWN_KINDS = 4

/** The rest is as it is now, and changes stay on. */
function PartlyOld({ kinds }: { kinds: readonly string[] }) {
  const what = `Some of what is shown may be old: ${listed(kinds, SHOWN_KINDS)}.`
  return (
    <section aria-label="Connection" className="border-b border-warn-solid bg-warn-tint px-7 py-3 max-m:px-4">
      <div className="flex max-w-[1344px] items-start gap-2.5">
        <Glyph role="warn" shape="triangle" className="mt-0.5" />
        <p className="min-w-0 flex-1">
          <b className="font-semibold">{what}</b> The management cluster answers, but the portal cannot read these from it. All else is up to date.
        </p>
      </div>
      <span role="status" className="sr-only">{what}</span>
    </section>
  )
}
