import type { ClusterGroup, ClusterView } from '@/lib/cluster/view'

export type SortKey = 'cluster' | 'version' | 'machines' | 'addresses' | 'age'

/** What the URL says about the list: a link to it shows the same. */
export interface ListQuery {
  readonly search: string
  readonly group: ClusterGroup | null
  readonly sort: SortKey
  readonly descending: boolean
}

export const GROUPS: readonly { readonly group: ClusterGroup; readonly title: string }[] = [
  { group: 'needs-you', title: 'Needs you' },
  { group: 'changing', title: 'Changing' },
  { group: 'settled', title: 'Settled' },
]

const SORTS: readonly SortKey[] = ['cluster', 'version', 'machines', 'addresses', 'age']

export function readQuery(params: { get(name: string): string | null }): ListQuery {
  const group = params.get('state')
  const sort = params.get('sort') ?? ''
  const key = sort.replace(/^-/, '')
  return {
    search: params.get('q') ?? '',
    group: GROUPS.find((known) => known.group === group)?.group ?? null,
    sort: SORTS.find((known) => known === key) ?? 'cluster',
    descending: sort.startsWith('-'),
  }
}

export function writeQuery(query: ListQuery): string {
  const params = new URLSearchParams()
  if (query.search) params.set('q', query.search)
  if (query.group) params.set('state', query.group)
  if (query.sort !== 'cluster' || query.descending) params.set('sort', `${query.descending ? '-' : ''}${query.sort}`)
  const text = params.toString()
  return text ? `?${text}` : ''
}

export const freeAddresses = (cluster: ClusterView): number | null => (cluster.addresses.kind === 'pool' ? cluster.addresses.free : null)

const compare: Record<SortKey, (a: ClusterView, b: ClusterView) => number> = {
  cluster: () => 0,
  version: (a, b) => (a.version.desired ?? '').localeCompare(b.version.desired ?? '', 'en', { numeric: true }),
  machines: (a, b) => a.machines.desired - b.machines.desired,
  addresses: (a, b) => (freeAddresses(a) ?? Infinity) - (freeAddresses(b) ?? Infinity),
  age: (a, b) => b.createdAt.localeCompare(a.createdAt),
}

export function matches(cluster: ClusterView, addresses: readonly string[], search: string): boolean {
  const wanted = search.trim().toLowerCase()
  if (!wanted) return true
  const texts = [cluster.name, cluster.placement?.datacenter, cluster.identity, cluster.version.desired, cluster.endpoint?.host, cluster.state.word, ...addresses]
  return texts.some((text) => text?.toLowerCase().includes(wanted))
}

export interface Section {
  readonly group: ClusterGroup
  readonly names: readonly string[]
}

export function sections(clusters: readonly ClusterView[], query: ListQuery): readonly Section[] {
  const by = compare[query.sort]
  const direction = query.descending ? -1 : 1
  const sorted = clusters.toSorted((a, b) => direction * (by(a, b) || (query.sort === 'cluster' ? a.name.localeCompare(b.name, 'en', { numeric: true }) : 0)) || a.name.localeCompare(b.name, 'en', { numeric: true }))
  return GROUPS.filter(({ group }) => !query.group || group === query.group)
    .map(({ group }) => ({ group, names: sorted.filter((cluster) => cluster.group === group).map((cluster) => cluster.name) }))
    .filter(({ names }) => names.length > 0)
}

/** The nearest name for "Did you mean": one that shares the most of the search's letters in order. */
export function nearest(search: string, names: readonly string[]): string | null {
  const wanted = search.trim().toLowerCase()
  const inOrder = (name: string) => {
    let at = 0
    for (const letter of name) if (letter === wanted[at]) at += 1
    return at
  }
  const best = names.map((name) => ({ name, score: inOrder(name) })).toSorted((a, b) => b.score - a.score)[0]
  return best && wanted.length > 2 && best.score >= wanted.length - 1 ? best.name : null
}
