/** Times of a story are RFC 3339, whole seconds from Kubernetes and with milliseconds from here: they are never compared as text. */
type Time = string | null | undefined

/** NaN for what is missing or can't be read. */
export const ms = (time: Time): number => (time === null || time === undefined ? Number.NaN : Date.parse(time))

const readable = (times: readonly Time[]): string[] => times.filter((time): time is string => !Number.isNaN(ms(time)))

/** By time; two spellings of one moment by their text, so that the order does not depend on who asks. */
export function compareTimes(left: string, right: string): number {
  const apart = ms(left) - ms(right)
  if (apart !== 0 && !Number.isNaN(apart)) return apart
  return left < right ? -1 : left > right ? 1 : 0
}

export const earliest = (...times: readonly Time[]): string | null => readable(times).sort(compareTimes)[0] ?? null
export const latest = (...times: readonly Time[]): string | null => readable(times).sort(compareTimes).at(-1) ?? null

/** RFC 3339 of ms since 1970, null for what is no time. */
export function timeOf(value: number): string | null {
  return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : null
}

/** Kubernetes cuts the fraction off: a machine made half a second after the change began has the second before. */
export const wholeSecond = (time: string): number => Math.floor(ms(time) / 1000) * 1000

/** The middle one, or the mean of the two in the middle, in whole ms. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}

/** The value that nine of ten do not pass (nearest rank). */
export function ninetieth(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? null
}
