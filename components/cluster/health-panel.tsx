'use client'
import type { ClusterView, HealthItem } from '@/lib/cluster/view'
import { useFreshness } from '@/components/live/hooks'
import { Raw } from '@/components/state/error-note'
import { Glyph } from '@/components/state/glyph'
import { rawCondition } from '@/components/state/raw-condition'
import { Collapsible } from '@/components/ui/collapsible'
import { Panel } from '@/components/ui/panel'

/** What is wrong comes first. All else keeps the order in which it comes true: rows that trade places can't be read. */
const rank = (item: HealthItem, changing: boolean) => (item.ok === false && !changing ? 0 : 1)

export function HealthPanel({ cluster }: { cluster: ClusterView }) {
  const stale = useFreshness().state === 'stale'
  // While a cluster is being made nothing is wrong yet: a condition that is not true is something to wait for.
  const changing = cluster.group === 'changing'
  const items = cluster.health.toSorted((a, b) => rank(a, changing) - rank(b, changing))
  const fine = items.filter((item) => item.ok).length
  const wrong = items.filter((item) => item.ok === false).length
  const waiting = items.length - fine - wrong
  const note = [fine ? `${fine} fine` : null, wrong ? `${wrong} ${changing ? 'under way' : 'wrong'}` : null, waiting ? `${waiting} ${changing ? 'to come' : 'not known'}` : null].filter(Boolean).join(', ')
  return (
    <Panel title="Health" id="health" note={note}>
      {items.length === 0 ? <p className="px-4 pb-4 text-ink-2">Nothing has been reported yet.</p> : (
        <ul>
          {items.map((item) => (
            <li key={`${item.condition.type}${item.sentence}`} className="border-t border-line">
              <Collapsible
                className="px-4 py-[9px] hover:bg-sunken focus-visible:-outline-offset-2"
                panelClassName="pb-3 pl-[42px] pr-4"
                summary={<><span className="mt-0.5"><Mark ok={item.ok} changing={changing} stale={stale} /></span><span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{item.sentence}</span></>}
              >
                <Raw label={`Condition ${item.condition.type}`}>{rawCondition(item.condition)}</Raw>
              </Collapsible>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Mark({ ok, changing, stale }: { ok: boolean | null; changing: boolean; stale: boolean }) {
  if (stale) return <><Glyph role="idle" shape="unknown" /><span className="sr-only">Last known: </span></>
  if (ok) return <><Glyph role="ok" shape="check" /><span className="sr-only">Fine: </span></>
  if (ok === null) return <><Glyph role="idle" shape="ring" /><span className="sr-only">Not known: </span></>
  if (changing) return <><Glyph role="busy" shape="arc" /><span className="sr-only">Under way: </span></>
  return <><Glyph role="bad" shape="octagon" /><span className="sr-only">Wrong: </span></>
}
