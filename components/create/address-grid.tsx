import { cn } from '@/components/ui/cn'
import type { Cell, CellRow } from './address-cells'

const look: Record<Cell, string> = {
  machine: 'border-ink bg-ink',
  spare: 'border-ink bg-surface inset-ring inset-ring-ink',
  missing: 'border-2 border-dashed border-bad-solid',
  clash: 'border-warn-solid bg-warn-solid',
  other: 'border-step-serve hatch',
  reserved: 'border-line bg-idle-tint',
  free: 'border-line-strong bg-surface',
}
const words: Record<Cell, string> = {
  machine: 'your machines',
  spare: 'yours, to grow and for changes',
  missing: 'missing',
  clash: 'in two ranges',
  other: 'another cluster of this tenant',
  reserved: 'gateway or network',
  free: 'free',
}
const ORDER: readonly Cell[] = ['machine', 'spare', 'missing', 'clash', 'other', 'reserved', 'free']

/** Shows each address: counting beats a percentage. */
export function AddressGrid({ rows }: { rows: readonly CellRow[] }) {
  if (rows.length === 0) return null
  const all = rows.flatMap((row) => row.cells)
  const counts = ORDER.map((cell) => ({ cell, count: all.filter((each) => each.cell === cell).length })).filter(({ count }) => count > 0)
  const label = `Addresses ${all[0]?.address} to ${all.at(-1)?.address}: ${counts.map(({ cell, count }) => `${count} ${words[cell]}`).join(', ')}`
  return (
    <div>
      <div role="img" aria-label={label} className="space-y-[3px]">
        {rows.map((row) => (
          <div key={row.label + row.cells[0]?.address} className="flex items-start gap-2.5">
            <span className="mono w-7 shrink-0 text-right text-11 text-ink-3">{row.label}</span>
            <div className="grid flex-1 grid-cols-[repeat(32,minmax(0,1fr))] gap-[3px] max-s:grid-cols-[repeat(16,minmax(0,1fr))]">
              {row.cells.map(({ address, cell, holder }) => <i key={address} title={`${address}: ${holder ?? words[cell]}`} className={cn('aspect-square min-w-0 rounded-[3px] border', look[cell])} />)}
            </div>
          </div>
        ))}
      </div>
      <ul aria-hidden className="ml-[38px] mt-2.5 flex flex-wrap gap-x-4 gap-y-1.5 text-12 text-ink-2 max-s:ml-0">
        {counts.map(({ cell }) => <li key={cell} className="inline-flex items-center gap-1.5"><i className={cn('size-3 rounded-[3px] border', look[cell])} />{words[cell]}</li>)}
      </ul>
    </div>
  )
}
