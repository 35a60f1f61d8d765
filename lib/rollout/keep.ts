const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * `next` with every part that equals the one of `previous` replaced by it, so that what did not change can be told by identity:
 * of a story with 200 machines only the two that moved are sent and compared again.
 */
export function keep<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next
  if (Array.isArray(previous) && Array.isArray(next)) {
    const parts = next.map((part, index) => keep(previous[index], part) as unknown)
    return (parts.length === previous.length && parts.every((part, index) => Object.is(part, previous[index])) ? previous : parts) as T
  }
  if (!isRecord(previous) || !isRecord(next)) return next
  const keys = Object.keys(next)
  const parts = Object.fromEntries(keys.map((key) => [key, keep(previous[key], next[key])]))
  const same = keys.length === Object.keys(previous).length && keys.every((key) => Object.hasOwn(previous, key) && Object.is(parts[key], previous[key]))
  return (same ? previous : parts) as T
}
