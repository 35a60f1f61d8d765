'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { clusterHref } from '@/lib/cluster/href'
import type { ErrorView, Progress } from '@/lib/errors'
import { useCan, useTenant } from '@/components/live/hooks'
import { ErrorNote } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { Button } from '@/components/ui/button'

interface InterruptedProps {
  readonly cluster: string
  readonly progress: Progress
  /** What stopped it; null when it is known only from the record of operations. */
  readonly error: ErrorView | null
  readonly onGone: () => void
}

/** Some objects of a create exist, others do not: what there is, and the two ways on. */
export function Interrupted({ cluster, progress, error, onGone }: InterruptedProps) {
  const router = useRouter()
  const { name: tenant, actions } = useTenant()
  const create = useCan('create:cluster')
  const remove = useCan('delete:cluster')
  const [busy, setBusy] = useState<'continue' | 'remove' | null>(null)
  const [failed, setFailed] = useState<ErrorView | null>(error)
  const [now, setNow] = useState(progress)

  const run = async (which: 'continue' | 'remove') => {
    setBusy(which)
    const input = { tenant, operationId: now.operationId }
    const result = await (which === 'continue' ? actions.continueCreate(input) : actions.removeCluster(input))
    setBusy(null)
    if (!result.ok) {
      if (result.error.progress) setNow(result.error.progress)
      return setFailed(result.error)
    }
    if (which === 'continue') return router.push(`${clusterHref(tenant, cluster)}?made`)
    toast(`What existed of ${cluster} is being removed`)
    onGone()
  }

  return (
    <section aria-labelledby="interrupted" className="mb-6 overflow-hidden rounded-3 border border-warn-solid bg-surface">
      <header className="flex items-start gap-2.5 bg-warn-tint px-4 py-3">
        <Glyph role="warn" shape="triangle" className="mt-0.5" />
        <div className="min-w-0">
          <h2 id="interrupted">Creating {cluster} stopped half-way</h2>
          <p className="mt-0.5 text-ink-2">{now.exist.length} of {now.exist.length + now.missing.length} objects exist. Continuing writes the rest; it never makes one twice.</p>
        </div>
      </header>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1 px-4 py-3 max-s:grid-cols-1">
        {now.exist.map((object) => <li key={object} className="flex min-w-0 items-center gap-2"><Glyph role="ok" shape="check" size={14} /><span className="mono truncate" title={object}>{object}</span><span className="sr-only">exists</span></li>)}
        {now.missing.map((object) => <li key={object} className="flex min-w-0 items-center gap-2 text-ink-2"><Glyph role="idle" shape="ring" size={14} /><span className="mono truncate" title={object}>{object}</span><span className="sr-only">is missing</span></li>)}
      </ul>
      {failed ? <ErrorNote error={failed} className="mx-4 mb-3" /> : null}
      <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
        <Button look="primary" busy={busy === 'continue'} reason={create.reason} onClick={() => void run('continue')}>Continue</Button>
        <Button look="danger" busy={busy === 'remove'} reason={remove.reason} onClick={() => void run('remove')}>Remove what exists</Button>
      </div>
    </section>
  )
}
