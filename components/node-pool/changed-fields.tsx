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

/** Each field of a review that changes, with what comes of it. */
export function ChangedFields({ rows }: { rows: readonly ChangedRow[] }) {
  return (
    <Panel title="Fields that change" id="fields" note={rows.length}>
      <Table aria-labelledby="fields">
        <thead><tr><Th>Field</Th><Th>Now</Th><Th>After</Th><Th className="max-s:hidden">Effect</Th></tr></thead>
        <tbody>
          {rows.map(({ path, words, from, to, effect, why }) => (
            <Tr key={path}>
              <Td className="font-medium [overflow-wrap:anywhere]">{words}</Td>
              <Td className="text-ink-3 [overflow-wrap:anywhere]">{from}</Td>
              <Td className="font-medium [overflow-wrap:anywhere]">{to}</Td>
              <Td className="text-ink-2 max-s:hidden">{effect}<span className="block text-12 text-ink-3">{why}</span></Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
