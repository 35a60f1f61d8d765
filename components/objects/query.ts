import type { ObjectRow } from '@/lib/manifests/object-row'

/** What the URL says about the list: a link to it shows the same, with the same object open. */
export interface ObjectsQuery {
  readonly search: string
  readonly kind: string | null
  /** `Kind/name` */
  readonly open: string | null
}

export const readQuery = (params: { get(name: string): string | null }): ObjectsQuery => ({ search: params.get('q') ?? '', kind: params.get('kind'), open: params.get('open') })

export function writeQuery({ search, kind, open }: ObjectsQuery): string {
  const params = new URLSearchParams()
  if (search) params.set('q', search)
  if (kind) params.set('kind', kind)
  if (open) params.set('open', open)
  const text = params.toString()
  return text ? `?${text}` : ''
}

export const keyOf = ({ kind, name }: Pick<ObjectRow, 'kind' | 'name'>): string => `${kind}/${name}`

export interface Section {
  readonly title: string
  readonly rows: readonly ObjectRow[]
}

/** What matches, in its parts; the order within them stays that of the objects. */
export function sections(rows: readonly ObjectRow[], { search, kind }: ObjectsQuery): readonly Section[] {
  const wanted = search.trim().toLowerCase()
  const shown = rows.filter((row) => (kind === null || row.kind === kind) && (!wanted || [row.what, row.kind, row.name].some((text) => text.toLowerCase().includes(wanted))))
  return [
    { title: 'What was asked for', rows: shown.filter(({ part }) => part === 'asked') },
    { title: 'Add-ons', rows: shown.filter(({ part }) => part === 'add-on') },
    { title: 'What controllers made of it', rows: shown.filter(({ part }) => part === 'made') },
  ].filter((section) => section.rows.length > 0)
}

/** Kinds that there are, in the order of the objects, with how many. */
export function kindsOf(rows: readonly ObjectRow[]): readonly (readonly [kind: string, count: number])[] {
  return [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length] as const)
}
