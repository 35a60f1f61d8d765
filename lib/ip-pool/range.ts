import { type Address, type Cidr, type Span, contains, countOf, formatAddress, formatCidr, holds, networkOf, parseAddress, parseCidr } from '@/lib/ip-pool/ipv4'

/**
 * `10.40.12.64-10.40.12.95`, `10.40.12.64/27` or one address: what the IPAM provider's webhook reads
 * (cluster-api-ipam-provider-in-cluster internal/poolutil, AddressesToIPSet). Blanks around the dash are forgiven.
 */
export function parseRange(text: string): Span | null {
  const trimmed = text.trim()
  if (trimmed.includes('/')) {
    const cidr = parseCidr(trimmed)
    return cidr === null ? null : { first: cidr.first, last: cidr.last }
  }
  const [from = '', to, ...rest] = trimmed.split('-').map((part) => part.trim())
  const first = parseAddress(from)
  const last = to === undefined ? first : parseAddress(to)
  return first === null || last === null || last < first || rest.length > 0 ? null : { first, last }
}

export const formatRange = (range: Span): string => `${formatAddress(range.first)}-${formatAddress(range.last)}`

/** As it is written into the InClusterIPPool: one spelling, so that blanks never look like a change. */
export function canonicalRange(text: string): string {
  const trimmed = text.trim()
  const cidr = trimmed.includes('/') ? parseCidr(trimmed) : null
  if (cidr !== null) return formatCidr(cidr)
  const range = parseRange(trimmed)
  return range === null ? trimmed : formatRange(range)
}

/**
 * Addresses that machines can get from a range: the IPAM provider keeps back the subnet's first and last address and the
 * gateway (internal/poolutil/pool.go, PoolSpecToIPSet).
 */
export function usableCount(range: Span, subnet: Cidr, gateway: Address | null): number {
  const reserved = new Set<Address>([subnet.first, subnet.last])
  if (gateway !== null) reserved.add(gateway)
  return countOf(range) - [...reserved].filter((address) => holds(range, address)).length
}

export interface Suggestion {
  readonly range: string
  readonly count: number
}

/**
 * The fix behind "Use 10.40.12.64-10.40.12.75 (12)": a range with room for twice the machines that are needed, in the
 * gateway's subnet, around what was typed, touching none of `taken` (gateway, endpoint). null when the subnet has no room.
 */
export function suggestRange(input: {
  readonly typed: string
  readonly gateway: string
  readonly prefix: number
  readonly needed: number
  readonly taken?: readonly string[]
}): Suggestion | null {
  const gateway = parseAddress(input.gateway)
  if (gateway === null || !Number.isInteger(input.prefix) || input.prefix < 1 || input.prefix > 30) return null
  const subnet = networkOf(gateway, input.prefix)
  const usable = { first: subnet.first + 1, last: subnet.last - 1 }
  const taken = [gateway, ...(input.taken ?? []).map(parseAddress).filter((address) => address !== null)]
    .filter((address) => holds(usable, address))
    .sort((a, b) => a - b)

  const typed = parseRange(input.typed)
  const wish = typed !== null && contains(usable, typed) ? typed.first : usable.first
  const gaps = freeGaps(usable, taken)
  for (const size of [input.needed * 2, input.needed]) {
    // Grown from where the person began; else in the first gap of the subnet that is large enough.
    const own = gaps.find((gap) => holds(gap, wish))
    const at = own !== undefined && own.last - wish + 1 >= size ? wish : gaps.find((gap) => countOf(gap) >= size)?.first
    if (at !== undefined) return { range: formatRange({ first: at, last: at + size - 1 }), count: size }
  }
  return null
}

function freeGaps(usable: Span, taken: readonly Address[]): Span[] {
  const gaps: Span[] = []
  let first = usable.first
  for (const address of taken) {
    if (address > first) gaps.push({ first, last: address - 1 })
    first = address + 1
  }
  if (first <= usable.last) gaps.push({ first, last: usable.last })
  return gaps
}
