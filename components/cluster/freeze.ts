import type { Section } from './order'

/**
 * What the list shows while a pointer or the focus is inside: no row moves under the hand. Rows that left are dropped,
 * rows that came go to the end of their group, everything else stays where it was held.
 */
export function frozen(held: readonly Section[], next: readonly Section[]): { readonly sections: readonly Section[]; readonly moved: number } {
  const present = new Set(next.flatMap((section) => section.names))
  const known = new Set(held.flatMap((section) => section.names))
  const groups = [...new Set([...held.map((section) => section.group), ...next.map((section) => section.group)])]
  const sections = groups
    .map((group) => ({
      group,
      names: [
        ...(held.find((section) => section.group === group)?.names.filter((name) => present.has(name)) ?? []),
        ...(next.find((section) => section.group === group)?.names.filter((name) => !known.has(name)) ?? []),
      ],
    }))
    .filter((section) => section.names.length > 0)
  return { sections, moved: movedRows(sections, next) }
}

/** Rows that would move: those outside the longest run that keeps its order, and those that change their group. */
function movedRows(shown: readonly Section[], next: readonly Section[]): number {
  const place = new Map(next.flatMap(({ group, names }) => names.map((name) => [name, group] as const)))
  const rank = new Map([...place.keys()].map((name, index) => [name, index]))
  const rows = shown.flatMap(({ group, names }) => names.map((name) => ({ name, group })))
  const stay = rows.filter(({ name, group }) => place.get(name) === group).map(({ name }) => rank.get(name) ?? 0)
  return rows.length - longestRise(stay)
}

/** Length of the longest increasing subsequence, n log n: lists can hold a thousand rows. */
function longestRise(numbers: readonly number[]): number {
  const tails: number[] = []
  for (const value of numbers) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    tails[low] = value
  }
  return tails.length
}
