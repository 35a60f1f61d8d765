import { cn } from '@/components/ui/cn'
import { Panel } from '@/components/ui/panel'
import { Table, Td, Th, Tr } from '@/components/ui/table'

export interface ChangedRow {
  readonly path: string
  readonly words: string
  readonly from: string
  readonly to: string
  /** In few words: "In place". */
  readonly effect: string
  readonly why: string
}

// On phones a grid: what comes of a change stands in a line of its own, and is not left out.
const row = 'max-s:grid max-s:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1fr)] max-s:gap-x-3 max-s:px-4'
const head = 'max-s:border-b-0 max-s:!px-0 max-s:leading-8'
const cell = 'py-1.5 [overflow-wrap:anywhere] max-s:h-auto max-s:border-b-0 max-s:!px-0 max-s:!py-0'

/** Each field of a review that changes, with what comes of it. */
export function ChangedFields({ rows }: { rows: readonly ChangedRow[] }) {
  return (
    <Panel title="Fields that change" id="fields" note={rows.length}>
      <Table role="table" aria-labelledby="fields" className="max-s:block">
        <thead role="rowgroup" className="max-s:block"><tr role="row" className={row}><Th role="columnheader" className={head}>Field</Th><Th role="columnheader" className={head}>Now</Th><Th role="columnheader" className={head}>After</Th><Th role="columnheader" className="max-s:sr-only">Effect</Th></tr></thead>
        <tbody role="rowgroup" className="max-s:block">
          {rows.map(({ path, words, from, to, effect, why }) => (
            <Tr key={path} role="row" className={cn(row, 'max-s:border-b max-s:border-line max-s:py-2 max-s:last:border-b-0')}>
              <Td role="cell" className={cn(cell, 'font-medium')}>{words}</Td>
              <Td role="cell" className={cn(cell, 'text-ink-3')}>{from}</Td>
              <Td role="cell" className={cn(cell, 'font-medium')}>{to}</Td>
              <Td role="cell" className={cn(cell, 'text-ink-2 max-s:col-span-3 max-s:mt-1')}>{effect}<span className="block text-12 text-ink-3">{why}</span></Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
