import { parseSpan, spansOverlap } from '@/lib/ip-pool/ip'

/** Which range of another cluster of the tenant these reach into, as a sentence; null when none. */
export function clashing(ranges: readonly string[], others: readonly { readonly name: string; readonly ranges: readonly string[] }[]): string | null {
  const own = ranges.map((range) => parseSpan(range)).filter((span) => span !== null)
  for (const { name, ranges: theirs } of others) {
    const met = theirs.find((range) => {
      const span = parseSpan(range)
      return span !== null && own.some((mine) => spansOverlap(mine, span))
    })
    if (met !== undefined) return `This reaches into ${met} of cluster ${name}.`
  }
  return null
}
