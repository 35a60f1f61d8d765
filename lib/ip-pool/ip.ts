import { formatAddress, parseAddress } from '@/lib/ip-pool/ipv4'

/** An address of either family. What only ever speaks of IPv4 (the create form's own range) uses `ipv4.ts`. */
export interface Ip {
  readonly family: 4 | 6
  readonly value: bigint
}

/** First and last address, both included, of one family. */
export interface IpSpan {
  readonly family: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

/** As Go's netip.ParseAddr, without zones: strict dotted quads, `::` at most once, at most four hex digits a group. */
export function parseIp(text: string): Ip | null {
  if (!text.includes(':')) {
    const address = parseAddress(text)
    return address === null ? null : { family: 4, value: BigInt(address) }
  }
  const value = parseIpv6(text)
  return value === null ? null : { family: 6, value }
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1))
  if (head === null || head === undefined || tail === null) return null
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n)
}

/** The groups of one side of `::`; the last two may be written as an IPv4 address. */
function groupsOf(half: string, isEnd: boolean): number[] | null {
  if (half === '') return []
  const parts = half.split(':')
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes('.')) {
      const embedded = parseAddress(part)
      if (embedded === null) return null
      groups.push(Math.floor(embedded / 65_536), embedded % 65_536)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

/** As Go prints it (RFC 5952): lower case, the longest run of zero groups as `::`. */
export function formatIp({ family, value }: Ip): string {
  if (family === 4) return formatAddress(Number(value))
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn))
  let [start, length] = [-1, 1]
  for (let at = 0; at < 8; at++) {
    let run = 0
    while (at + run < 8 && groups[at + run] === 0) run++
    if (run > length) [start, length] = [at, run]
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return start === -1 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** The network of an address. @param prefix 0 to 32, or to 128 */
export function networkAround({ family, value }: Ip, prefix: number): IpSpan {
  const size = 1n << BigInt(bitsOf(family) - prefix)
  const first = value - (value % size)
  return { family, first, last: first + size - 1n }
}

/** `10.40.12.64-10.40.12.95`, `10.40.12.64/27`, one address, or the same of IPv6: what the IPAM provider's webhook reads. */
export function parseSpan(text: string): IpSpan | null {
  const trimmed = text.trim()
  if (trimmed.includes('/')) {
    const [host = '', prefix = '', ...rest] = trimmed.split('/')
    const ip = parseIp(host)
    if (ip === null || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bitsOf(ip.family)) return null
    return networkAround(ip, Number(prefix))
  }
  const [from = '', to, ...rest] = trimmed.split('-').map((part) => part.trim())
  const first = parseIp(from)
  const last = to === undefined ? first : parseIp(to)
  if (first === null || last === null || first.family !== last.family || last.value < first.value || rest.length > 0) return null
  return { family: first.family, first: first.value, last: last.value }
}

/** One spelling, so that blanks never look like a change. What cannot be read comes back as it is. */
export function canonicalSpan(text: string): string {
  const trimmed = text.trim()
  const span = parseSpan(trimmed)
  if (span === null) return trimmed
  if (trimmed.includes('/')) return `${formatIp({ family: span.family, value: span.first })}/${trimmed.split('/')[1]}`
  const [first, last] = [span.first, span.last].map((value) => formatIp({ family: span.family, value }))
  return `${first}-${last}`
}

export const spanHolds = (span: IpSpan, ip: Ip): boolean => span.family === ip.family && span.first <= ip.value && ip.value <= span.last
export const spansOverlap = (a: IpSpan, b: IpSpan): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last
