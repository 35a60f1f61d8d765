import { formatAddress, networkOf, parseAddress } from '@/lib/ip-pool/ipv4'
import { parseRange } from '@/lib/ip-pool/range'

export type Cell = 'machine' | 'spare' | 'missing' | 'other' | 'reserved' | 'free' | 'clash'

export interface CellRow {
  /** Last octet of the first address: ".64". */
  readonly label: string
  /** `holder` is the machine that has it. */
  readonly cells: readonly { readonly address: string; readonly cell: Cell; readonly holder?: string }[]
}

interface Input {
  readonly range: string
  readonly gateway: string
  readonly prefix: number
  readonly needed: number
  readonly replicas: number
  /** Ranges of the tenant's other clusters. */
  readonly others: readonly string[]
}

const WIDTH = 32
const MOST_ROWS = 4

/** The neighbourhood of a range, address by address. Empty where there is nothing to draw yet. */
export function addressCells({ range, gateway, prefix, needed, replicas, others }: Input): readonly CellRow[] {
  const span = parseRange(range)
  if (!span) return []
  const router = parseAddress(gateway)
  const subnet = router !== null && prefix >= 8 && prefix <= 30 ? networkOf(router, prefix) : null
  const taken = others.map(parseRange).filter((other) => other !== null)
  const start = Math.floor(span.first / WIDTH) * WIDTH
  // One row more than the range needs, so that there is somewhere for it to grow to.
  const end = Math.max(span.last, span.first + needed - 1) + 1
  const rows = Math.min(MOST_ROWS, Math.max(2, Math.ceil((end - start) / WIDTH)))
  let used = 0

  const cellOf = (address: number): Cell => {
    const reserved = address === router || (subnet !== null && (address === subnet.first || address === subnet.last))
    const other = taken.some((each) => address >= each.first && address <= each.last)
    const mine = address >= span.first && address <= span.last
    if (reserved) return 'reserved'
    if (mine && other) {
      used += 1
      return 'clash'
    }
    if (other) return 'other'
    if (mine) {
      used += 1
      return used <= replicas ? 'machine' : 'spare'
    }
    if (address > span.last && used < needed) {
      used += 1
      return 'missing'
    }
    return 'free'
  }

  return Array.from({ length: rows }, (_, row) => ({
    label: `.${(start + row * WIDTH) % 256}`,
    cells: Array.from({ length: WIDTH }, (__, column) => {
      const address = start + row * WIDTH + column
      return { address: formatAddress(address), cell: cellOf(address) }
    }),
  }))
}
