/** An IPv4 address as a number, 0 to 2^32-1. Plain arithmetic throughout: JavaScript's bit operators are signed. */
export type Address = number

const SPACE = 2 ** 32

/** Strict dotted quad: `010` is refused, since some parsers read it as octal. */
export function parseAddress(text: string): Address | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let address = 0
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    address = address * 256 + Number(part)
  }
  return address
}

export const formatAddress = (address: Address): string =>
  [2 ** 24, 2 ** 16, 256, 1].map((unit) => Math.floor(address / unit) % 256).join('.')

/** First and last address, both included. */
export interface Span {
  readonly first: Address
  readonly last: Address
}

export interface Cidr extends Span {
  readonly prefix: number
}

const sizeOf = (prefix: number): number => 2 ** (32 - prefix)

/** The network of an address: `10.40.12.9`, 24 is 10.40.12.0 to 10.40.12.255. */
export function networkOf(address: Address, prefix: number): Cidr {
  const size = sizeOf(prefix)
  const first = Math.floor(address / size) * size
  return { first, last: Math.min(first + size, SPACE) - 1, prefix }
}

/** `10.40.12.0/24`. Bits after the prefix are allowed, as Go's net.ParseCIDR allows them, and dropped. */
export function parseCidr(text: string): Cidr | null {
  const [host = '', prefix = '', ...rest] = text.split('/')
  const address = parseAddress(host)
  if (address === null || rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return null
  return networkOf(address, Number(prefix))
}

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr.first)}/${cidr.prefix}`

export const overlaps = (left: Span, right: Span): boolean => left.first <= right.last && right.first <= left.last
export const contains = (outer: Span, inner: Span): boolean => outer.first <= inner.first && inner.last <= outer.last
export const holds = (span: Span, address: Address): boolean => span.first <= address && address <= span.last
export const countOf = (span: Span): number => span.last - span.first + 1
