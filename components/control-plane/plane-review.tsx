'use client'
import type { PlaneReview } from '@/lib/control-plane/review'
import { plural } from '@/lib/text'
import { ChangedFields } from '@/components/node-pool/changed-fields'
import { ObjectDifferences } from '@/components/node-pool/object-differences'
import { Fact } from '@/components/node-pool/review-page'
import { Check } from '@/components/state/check'
import { useArrival } from '@/components/state/use-arrival'
import { Button } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { EFFECTS } from './words'

interface PlaneReviewPageProps {
  readonly title: string
  readonly review: PlaneReview
  readonly busy: boolean
  readonly reason: string | null
  readonly onApply: () => void
  readonly onBack: () => void
}

/** What will happen, before anything is written. */
export function PlaneReviewPage({ title, review: { changes, summary, replacesPods, replicas, objects }, busy, reason, onApply, onBack }: PlaneReviewPageProps) {
  const heading = useArrival()
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="outline-none [overflow-wrap:anywhere]">Review: {title}</h1>
      <p className="mb-4 mt-1 text-ink-2">Nothing has been written yet.</p>
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)_340px] items-start gap-4 max-l:grid-cols-[minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <section aria-label="In short" className="grid grid-cols-3 overflow-hidden rounded-3 border border-line bg-surface max-s:grid-cols-1">
            <Fact strong={replacesPods ? plural(replicas, 'Pod') : 'No Pod'} text={`of the control plane ${replacesPods && replicas !== 1 ? 'are' : 'is'} replaced`} />
            <Fact strong="No machine" text="is replaced" />
            <Fact strong={plural(objects.length, 'object')} text={`${objects.length === 1 ? 'differs' : 'differ'}, accepted by a dry run just now`} />
          </section>
          <Panel title="What happens" id="happens"><ul className="space-y-1 px-4 pb-4">{summary.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul></Panel>
          <ChangedFields rows={changes.map((change) => ({ ...change, effect: EFFECTS[change.effect] }))} />
          <ObjectDifferences objects={objects} />
        </div>
        <aside aria-label="Checks and decision" className="min-w-0 space-y-4 l:sticky l:top-16">
          <Panel title="Checks" id="checks">
            <ul>
              <Check role="ok" title="Nobody else changed it">Compared with the control plane as it is now.</Check>
              <Check role="ok" title="Accepted">The management cluster took every object in a dry run, as you.</Check>
              <Check role="idle" title="Kamaji looks later">What Kamaji refuses shows as the cluster’s state, in its words.</Check>
            </ul>
          </Panel>
          <div className="space-y-2">
            <Button look="primary" size="lg" className="w-full" busy={busy} reason={reason} onClick={onApply}>{replacesPods ? `Change and replace ${plural(replicas, 'Pod')}` : 'Change the control plane'}</Button>
            <Button look="ghost" className="w-full" onClick={onBack}>Back to editing</Button>
          </div>
        </aside>
      </div>
    </>
  )
}
