'use client'
import type { ClusterView } from '@/lib/cluster/view'
import { span } from '@/lib/duration'
import { plainVersion } from '@/lib/kubernetes/version'
import { poolOfStep, stepWords } from '@/lib/upgrade/plan'
import type { UpgradeReview } from '@/lib/upgrade/view'
import { plural } from '@/lib/text'
import { useStory } from '@/components/live/hooks'
import { ObjectDifferences } from '@/components/node-pool/object-differences'
import { Check } from '@/components/state/check'
import { useArrival } from '@/components/state/use-arrival'
import { Button } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { perMachine } from './estimate'

interface Props {
  readonly cluster: ClusterView
  readonly review: UpgradeReview
  readonly busy: boolean
  readonly reason: string | null
  readonly onStart: () => void
  readonly onBack: () => void
}

/** What will happen, before anything is written. */
export function ReviewUpgrade({ cluster, review, busy, reason, onStart, onBack }: Props) {
  const heading = useArrival()
  const { from, to, steps, stays, machinesReplaced, addresses, objects } = review
  const story = useStory(cluster.uid)
  const each = story === null ? null : perMachine(story.rollout.medians)
  const verb = machinesReplaced > 0 ? `Upgrade and replace ${plural(machinesReplaced, 'machine')}` : 'Upgrade'
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="outline-none [overflow-wrap:anywhere]">Review: {cluster.name} from {plainVersion(from)} to {plainVersion(to)}</h1>
      <p className="mb-4 mt-1 text-ink-2">Nothing has been written yet.</p>
      <div className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-4 max-l:grid-cols-[minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <Panel title="Steps, one after another" id="steps">
            <ol>
              {steps.map(({ id, words }, index) => (
                <li key={id} className="flex gap-3 border-t border-line px-4 py-3">
                  <span aria-hidden className="grid size-5 shrink-0 place-items-center rounded-pill border border-line-strong text-11 font-medium text-ink-2">{index + 1}</span>
                  <div className="min-w-0"><p className="font-medium">{stepWords(id)}</p><p className="text-ink-2">{words}{poolOfStep(id) === null ? '' : ' Version and VM template change together.'}</p></div>
                </li>
              ))}
            </ol>
          </Panel>
          {stays.length > 0 ? (
            <Panel title="What stays behind" id="stays">
              <ul>{stays.map(({ pool, version, words }) => <li key={pool} className="border-t border-line px-4 py-3"><p className="font-medium">Pool {pool}, at {plainVersion(version)}</p><p className="text-ink-2">{words}</p></li>)}</ul>
            </Panel>
          ) : null}
          <ObjectDifferences objects={objects} />
        </div>
        <aside aria-label="Checks and decision" className="min-w-0 space-y-4 l:sticky l:top-16">
          <Panel title="Checks" id="checks">
            <ul>
              <Check role={addresses.role} title="Addresses">{addresses.words}</Check>
              <Check role="ok" title="Version">One step that Kamaji and the nodes can take; an upgrade cannot be taken back.</Check>
              <Check role="ok" title="Accepted">The management cluster took every object in a dry run, as you.</Check>
              {each !== null && machinesReplaced > 0 ? <Check role="idle" title="Time">{`About ${span(each)} a machine by the last change of this cluster. Draining may take longer.`}</Check> : null}
            </ul>
          </Panel>
          <div className="space-y-2">
            <Button look="primary" size="lg" className="w-full" busy={busy} reason={reason ?? (addresses.role === 'bad' ? addresses.words : null)} onClick={onStart}>{verb}</Button>
            <Button look="ghost" className="w-full" onClick={onBack}>Back to the choice</Button>
          </div>
        </aside>
      </div>
    </>
  )
}
