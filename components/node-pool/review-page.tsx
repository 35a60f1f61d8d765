'use client'
import type { PoolReview } from '@/lib/node-pool/review'
import { plural } from '@/lib/text'
import { Check } from '@/components/state/check'
import { useArrival } from '@/components/state/use-arrival'
import { Button } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { ChangedFields } from './changed-fields'
import { ObjectDifferences } from './object-differences'

interface ReviewPageProps {
  readonly title: string
  readonly review: PoolReview
  readonly isNew: boolean
  readonly pool: string
  readonly busy: boolean
  readonly reason: string | null
  readonly onApply: () => void
  readonly onBack: () => void
}

/** What will happen, before anything is written. */
export function ReviewPage({ title, review, isNew, pool, busy, reason, onApply, onBack }: ReviewPageProps) {
  const heading = useArrival()
  const { changes, summary, machinesReplaced, rolls, addresses, objects } = review
  const verb = isNew ? `Add pool ${pool}` : machinesReplaced > 0 ? `Change and replace ${plural(machinesReplaced, 'machine')}` : 'Change the pool'
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="outline-none [overflow-wrap:anywhere]">Review: {title}</h1>
      <p className="mb-4 mt-1 text-ink-2">Nothing has been written yet.</p>
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)_340px] items-start gap-4 max-l:grid-cols-[minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <section aria-label="In short" className="grid grid-cols-3 overflow-hidden rounded-3 border border-line bg-surface max-s:grid-cols-1">
            {isNew ? <Fact strong="No machine" text="of other pools is touched" /> : <Fact strong={machinesReplaced === 0 ? 'No machine' : plural(machinesReplaced, 'machine')} text={machinesReplaced === 0 ? 'is replaced' : machinesReplaced === 1 ? 'is replaced' : 'are replaced'} />}
            <Fact strong={addresses.needed === 0 ? 'No address' : plural(addresses.needed, 'address', 'addresses')} text={addresses.free === null ? 'needed beyond those in use' : `needed at a time, ${addresses.free} free`} />
            <Fact strong={plural(objects.length, 'object')} text={`${objects.length === 1 ? 'differs' : 'differ'}, accepted by a dry run just now`} />
          </section>
          <Panel title="What happens" id="happens"><p className="px-4 pb-4">{summary}{rolls ? ' Each old machine is drained before it goes.' : ''}</p></Panel>
          {isNew ? null : <ChangedFields rows={changes.map((change) => ({ ...change, effect: change.rolls ? 'Replaces machines' : 'In place' }))} />}
          <ObjectDifferences objects={objects} />
        </div>
        <aside aria-label="Checks and decision" className="min-w-0 space-y-4 l:sticky l:top-16">
          <Panel title="Checks" id="checks">
            <ul>
              <Check role={addresses.role} title="Addresses">{addresses.words}</Check>
              <Check role="ok" title="Nobody else changed it">Compared with the pool as it is now.</Check>
              <Check role="ok" title="Accepted">The management cluster took every object in a dry run, as you.</Check>
            </ul>
          </Panel>
          <div className="space-y-2">
            <Button look="primary" size="lg" className="w-full" busy={busy} reason={reason ?? (addresses.role === 'bad' ? addresses.words : null)} onClick={onApply}>{verb}</Button>
            <Button look="ghost" className="w-full" onClick={onBack}>Back to editing</Button>
          </div>
        </aside>
      </div>
    </>
  )
}

/** One of the few things that a review says first. */
export function Fact({ strong, text }: { strong: string; text: string }) {
  return (
    <div className="border-l border-line px-4 py-3.5 first:border-l-0 max-s:border-l-0 max-s:border-t max-s:first:border-t-0">
      <b className="block text-16 font-semibold">{strong}</b>
      <span className="text-ink-2">{text}</span>
    </div>
  )
}
