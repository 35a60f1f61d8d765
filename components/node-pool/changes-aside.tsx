import { Panel } from '@/components/ui/panel'
import type { ChangedRow } from './changed-fields'

/** What differs so far, beside the form. */
export function ChangesAside({ rows, foot }: { rows: readonly Omit<ChangedRow, 'why'>[]; foot: string }) {
  return (
    <aside aria-label="Your changes" className="sticky top-16 max-l:hidden">
      <Panel title="Your changes" id="changes" note={rows.length === 0 ? null : rows.length}>
        <div aria-live="polite">
          {rows.length === 0 ? <p className="px-4 pb-4 text-ink-2">None so far.</p> : (
            <ul>
              {rows.map(({ path, words, from, to, effect }) => (
                <li key={path} className="border-t border-line px-4 py-2">
                  <p className="font-medium [overflow-wrap:anywhere]">{words}</p>
                  <p className="text-ink-2 [overflow-wrap:anywhere]">{from} → <span className="text-ink">{to}</span></p>
                  <p className="text-12 text-ink-3">{effect}</p>
                </li>
              ))}
              <li className="border-t border-line px-4 py-3 text-12 text-ink-2">{foot}</li>
            </ul>
          )}
        </div>
      </Panel>
    </aside>
  )
}
