import 'server-only'

/** Equal texts of thousands of objects (labels, reasons, versions, times) are kept once. */
const MAX_TEXTS = 100_000
const MAX_LENGTH = 128
/** Each is the only one of its text. */
const UNIQUE: ReadonlySet<string> = new Set(['resourceVersion', 'uid', 'providerID'])
const texts = new Map<string, string>()

export function interned(text: string): string {
  if (text.length > MAX_LENGTH) return text
  const known = texts.get(text)
  if (known !== undefined) return known
  // Objects come and go: emptied now and then, it holds no text of what is long gone.
  if (texts.size >= MAX_TEXTS) texts.clear()
  texts.set(text, text)
  return text
}

/** Interns every text of a JSON value in place: a copy would lose the compact layout that the parser gave it. */
export function internAll(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const fields = value as Record<string, unknown>
  for (const key in fields) {
    const inner = fields[key]
    if (typeof inner === 'string') {
      if (!UNIQUE.has(key)) fields[key] = interned(inner)
    } else if (typeof inner === 'object') internAll(inner)
  }
}
