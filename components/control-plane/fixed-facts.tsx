import type { FixedFact } from '@/lib/control-plane/review'
import { Panel } from '@/components/ui/panel'

/** What stays as the cluster was created. */
export function FixedFacts({ facts }: { facts: readonly FixedFact[] }) {
  return (
    <Panel title="Fixed when the cluster was created" id="fixed">
      <dl>
        {facts.map(({ words, value, why }) => (
          <div key={words} className="grid grid-cols-[160px_minmax(0,1fr)] gap-x-4 border-t border-line px-4 py-2 max-s:grid-cols-1">
            <dt className="text-ink-2">{words}</dt>
            <dd className="min-w-0"><span className="mono [overflow-wrap:anywhere]">{value}</span><span className="block text-12 text-ink-3">{why}</span></dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
