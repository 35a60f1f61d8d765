import type { Cell, CellRow } from '@/components/create/address-cells'
import type { AddressPoolView } from '@/lib/cluster/view'
import { formatIp, networkAround, parseIp, parseSpan, spanHolds } from '@/lib/ip-pool/ip'

const WIDTH = 32
const MOST_ROWS = 16

export interface PoolPicture {
  readonly rows: readonly CellRow[]
  /** There are more addresses than are drawn. */
  readonly cut: boolean
}

/**
 * A live pool, address by address: who holds each, and what is free. Ranges that are far apart are drawn one after the other.
 * Nothing is drawn of IPv6: its pools are too large to count by eye.
 * @param holders machine by address
 */
export function poolCells({ ranges, prefix, gateway }: Pick<AddressPoolView, 'ranges' | 'prefix' | 'gateway'>, holders: ReadonlyMap<string, string>): PoolPicture {
  const spans = ranges.map((text) => parseSpan(text)).filter((span) => span !== null).filter(({ family }) => family === 4)
  const [any] = spans
  if (any === undefined) return { rows: [], cut: false }
  const subnet = prefix === null || prefix < 1 || prefix > 32 ? null : networkAround({ family: 4, value: any.first }, prefix)
  const router = gateway === null ? null : parseIp(gateway)
  const starts = [...new Set(spans.flatMap(({ first, last }) => rowsBetween(Number(first), Number(last))))].toSorted((a, b) => a - b)

  const cellOf = (value: number): { readonly cell: Cell; readonly holder?: string } => {
    const ip = { family: 4 as const, value: BigInt(value) }
    const holder = holders.get(formatIp(ip))
    if (holder !== undefined) return { cell: 'machine', holder }
    if (ip.value === router?.value || (subnet !== null && (ip.value === subnet.first || ip.value === subnet.last))) return { cell: 'reserved' }
    return { cell: spans.some((span) => spanHolds(span, ip)) ? 'spare' : 'free' }
  }
  const rows = starts.slice(0, MOST_ROWS).map((start) => ({
    label: `.${start % 256}`,
    cells: Array.from({ length: WIDTH }, (_, column) => ({ address: formatIp({ family: 4, value: BigInt(start + column) }), ...cellOf(start + column) })),
  }))
  return { rows, cut: starts.length > MOST_ROWS }
}

/** First addresses of the rows that a range touches; no more than are drawn, or a /8 would fill the memory. */
function rowsBetween(first: number, last: number): number[] {
  const begin = Math.floor(first / WIDTH) * WIDTH
  return Array.from({ length: Math.min(MOST_ROWS + 1, Math.floor((last - begin) / WIDTH) + 1) }, (_, row) => begin + row * WIDTH)
}
