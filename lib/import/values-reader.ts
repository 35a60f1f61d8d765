import { dig } from '@/lib/kubernetes/dig'

/**
 * Reads values by their paths and knows which were never asked for. A value of another kind than expected counts as not read, so
 * that it is named rather than lost.
 */
export interface ValuesReader {
  /** null for what is absent, empty or no text. */
  readonly text: (path: string) => string | null
  /** As `text`, without counting as read. */
  readonly peekText: (path: string) => string | null
  /** null for what is none of them, which is left unread. */
  readonly oneOf: <Choice extends string>(path: string, choices: readonly Choice[]) => Choice | null
  /** Also of a text with digits: the chart writes some sizes so. */
  readonly number: (path: string) => number | null
  readonly flag: (path: string) => boolean | null
  readonly texts: (path: string) => string[] | null
  readonly map: (path: string) => Record<string, string> | null
  /** Of a list's entries. */
  readonly indices: (path: string) => readonly number[]
  /** Without counting as read. */
  readonly peek: (path: string) => unknown
  /** How many values were taken. */
  readonly taken: () => number
  /** Paths of the values that were not, in the file's order, also of those that are `false`; what is empty says nothing. */
  readonly left: () => readonly string[]
}

const partsOf = (path: string): string[] => path.split(/[.[\]]+/).filter(Boolean)

export function valuesReader(values: unknown): ValuesReader {
  const read = new Set<string>()
  const found = new Set<string>()
  const at = (path: string): unknown => dig(values, ...partsOf(path))
  const take = <T>(path: string, value: T | null): T | null => {
    if (value === null) return null
    read.add(path)
    found.add(path)
    return value
  }
  const plain = (value: unknown): string | null => (typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null)
  const peekText = (path: string): string | null => {
    const value = plain(at(path))
    return value === null || value.trim() === '' ? null : value
  }

  return {
    text: (path) => take(path, peekText(path)),
    peekText,
    oneOf: (path, choices) => take(path, choices.find((choice) => choice === peekText(path)) ?? null),
    number: (path) => {
      const value = at(path)
      const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : null
      return take(path, number)
    },
    flag: (path) => {
      const value = at(path)
      if (typeof value === 'boolean') read.add(path)
      return typeof value === 'boolean' ? value : null
    },
    texts: (path) => {
      const value = at(path)
      if (!Array.isArray(value) || value.length === 0 || value.some((item) => plain(item) === null)) return null
      return take(path, value.map((item) => plain(item) ?? ''))
    },
    map: (path) => {
      const value = at(path)
      if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) return null
      const entries = Object.entries(value).map(([key, text]) => [key, plain(text)] as const)
      return entries.some(([, text]) => text === null) ? null : take(path, Object.fromEntries(entries.map(([key, text]) => [key, text ?? ''])))
    },
    indices: (path) => {
      const value = at(path)
      return Array.isArray(value) ? value.map((_, index) => index) : []
    },
    peek: at,
    taken: () => found.size,
    left: () => [...unread(values, '', read)],
  }
}

function* unread(value: unknown, path: string, read: ReadonlySet<string>): Generator<string> {
  if (read.has(path) || value === null || value === undefined || value === '') return
  if (typeof value !== 'object') return yield path
  const list = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) yield* unread(inner, list ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, read)
}
