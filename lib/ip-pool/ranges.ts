import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { formatIp, type Ip, type IpSpan, networkAround, parseIp, parseSpan, spanHolds, spansOverlap } from '@/lib/ip-pool/ip'
import { cleanLine, listed } from '@/lib/text'

/** An address of a pool that is given out, and to whom: a machine's name, or the claim's where no machine is left. */
export interface HeldAddress {
  readonly address: string
  readonly holder: string
}

/** What the ranges of a live InClusterIPPool are compared with. */
export interface PoolSurroundings {
  readonly prefix: number
  readonly gateway: string | null
  /** The cluster's API, which no machine may be given. */
  readonly endpoint: string | null
  readonly held: readonly HeldAddress[]
}

/**
 * Whether a pool may have these ranges: what the IPAM provider's webhook refuses (internal/webhooks/inclusterippool.go: one
 * family, one subnet, nothing that is given out left outside), told with the machine, and before anything is sent.
 * @returns problems at `ranges.<index>`, or at `ranges` for what concerns all of them
 */
export function rangesProblems(ranges: readonly string[], around: PoolSurroundings): readonly Problem[] {
  if (ranges.length === 0) return [problem('ranges', 'A pool needs at least one range.')]
  const spans = ranges.map((text) => parseSpan(text))
  const found: Problem[] = []
  spans.forEach((span, index) => {
    if (span === null) found.push(problem(`ranges.${index}`, unreadable(ranges[index] ?? '')))
  })
  const read = spans.filter((span) => span !== null)
  if (read.length < spans.length) return found

  const gateway = around.gateway === null ? null : parseIp(around.gateway)
  const subnet = subnetOf(read, gateway, around.prefix)
  const endpoint = around.endpoint === null ? null : parseIp(around.endpoint)
  read.forEach((span, index) => {
    const at = `ranges.${index}`
    const text = (ranges[index] ?? '').trim()
    const overlapped = read.findIndex((other, before) => before < index && spansOverlap(other, span))
    if (span.family !== subnet.family) found.push(problem(at, `This pool gives out IPv${subnet.family} addresses; a second pool can give IPv${span.family}.`))
    else if (span.first < subnet.first || span.last > subnet.last) found.push(problem(at, `${text} is not inside ${networkText(subnet, around.prefix)}, the network of this pool.`))
    else if (overlapped !== -1) found.push(problem(at, `${text} overlaps ${(ranges[overlapped] ?? '').trim()}.`))
    else if (endpoint !== null && spanHolds(span, endpoint)) found.push(problem(at, `${text} holds the API’s address ${around.endpoint}; a machine could be given it.`))
  })
  if (found.length > 0) return found
  const outside = around.held.filter(({ address }) => {
    const ip = parseIp(address)
    return ip !== null && !read.some((span) => spanHolds(span, ip))
  })
  if (outside.length > 0) {
    const names = outside.map(({ address, holder }) => `${address} is held by ${holder}`)
    found.push(problem('ranges', `${listed(names, 3)}. Keep ${outside.length === 1 ? 'it' : 'them'} in a range; only free addresses can be taken away.`))
  }
  return found
}

/** The webhook takes the lowest address's network; the gateway's is the same one in a pool that works. */
function subnetOf(spans: readonly IpSpan[], gateway: Ip | null, prefix: number): IpSpan {
  const lowest = spans.reduce((low, span) => (span.first < low.first ? span : low))
  return networkAround(gateway ?? { family: lowest.family, value: lowest.first }, prefix)
}

const networkText = (subnet: IpSpan, prefix: number): string => `${formatIp({ family: subnet.family, value: subnet.first })}/${prefix}`

const unreadable = (text: string): string =>
  text.trim() === '' ? 'Give a range such as 10.40.12.96-10.40.12.111, or remove the row.' : `“${cleanLine(text, 80)}” is not a range such as 10.40.12.96-10.40.12.111 or 10.40.12.96/28.`

/**
 * Addresses that machines can get from the ranges: the provider keeps back the subnet's first address, IPv4's last, and the
 * gateway (internal/poolutil/pool.go, PoolSpecToIPSet). null where a range cannot be read.
 */
export function usableIn(ranges: readonly string[], prefix: number, gateway: string | null): bigint | null {
  const spans = ranges.map((text) => parseSpan(text)).filter((span) => span !== null)
  const [any] = spans
  if (any === undefined || spans.length < ranges.length || prefix < 0 || prefix > (any.family === 4 ? 32 : 128)) return null
  const subnet = subnetOf(spans, null, prefix)
  const router = gateway === null ? null : parseIp(gateway)
  const reserved = new Set([subnet.first, ...(subnet.family === 4 ? [subnet.last] : []), ...(router === null ? [] : [router.value])])
  const joined = joinedSpans(spans)
  const all = joined.reduce((sum, span) => sum + span.last - span.first + 1n, 0n)
  return all - BigInt([...reserved].filter((value) => joined.some((span) => span.first <= value && value <= span.last)).length)
}

/** Overlapping ranges count once. */
function joinedSpans(spans: readonly IpSpan[]): readonly IpSpan[] {
  const sorted = spans.toSorted((a, b) => (a.first < b.first ? -1 : 1))
  return sorted.reduce<IpSpan[]>((joined, span) => {
    const last = joined.at(-1)
    if (last === undefined || span.first > last.last) return [...joined, span]
    return [...joined.slice(0, -1), { ...last, last: span.last > last.last ? span.last : last.last }]
  }, [])
}
