import type { PoolFieldChange } from '@/lib/node-pool/difference'
import { Panel } from '@/components/ui/panel'

/** What differs so far, beside the form. */
export function ChangesAside({ changes }: { changes: readonly PoolFieldChange[] }) {
  const rolls = changes.some((change) => change.rolls)
  return (
    <aside aria-label="Your changes" className="sticky top-16 max-l:hidden">
      <Panel title="Your changes" id="changes" note={changes.length === 0 ? null : changes.length}>
        <div aria-live="polite">
          {changes.length === 0 ? <p className="px-4 pb-4 text-ink-2">None so far.</p> : (
            <ul>
              {changes.map(({ path, words, from, to, rolls: replaces }) => (
                <li key={path} className="border-t border-line px-4 py-2">
                  <p className="font-medium [overflow-wrap:anywhere]">{words}</p>
                  <p className="text-ink-2 [overflow-wrap:anywhere]">{from} → <span className="text-ink">{to}</span></p>
                  <p className="text-12 text-ink-3">{replaces ? 'replaces machines' : 'in place'}</p>
                </li>
              ))}
              <li className="border-t border-line px-4 py-3 text-12 text-ink-2">{rolls ? 'Machines of this pool are replaced.' : 'No machine is replaced.'}</li>
            </ul>
          )}
        </div>
      </Panel>
    </aside>
  )
}
