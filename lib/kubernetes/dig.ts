import type { KubeObject } from '@/lib/kubernetes/object'

/**
 * Reading of an object whose shape nobody promised: written by hand, by another tool or in another contract. Nothing throws.
 * Text comes out as it is, so that what was read can be compared with what is to be written; who shows it cleans it.
 */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

export function stringIn(value: unknown, ...path: readonly string[]): string | null {
  const found = dig(value, ...path)
  return typeof found === 'string' && found !== '' ? found : null
}

export function numberIn(value: unknown, ...path: readonly string[]): number | null {
  const found = dig(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : null
}

export function listIn(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = dig(value, ...path)
  return Array.isArray(found) ? (found as readonly unknown[]) : []
}

export function recordIn(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = dig(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : {}
}

/** Only the entries whose value is text: labels and annotations. */
export const textsIn = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(recordIn(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

/** A copy with the value at the path; undefined takes the field away. Lists are entered by index. */
export function withAt<T>(object: T, path: readonly (string | number)[], value: unknown): T {
  const [key, ...rest] = path
  if (key === undefined) return value as T
  const copy = (Array.isArray(object) ? [...(object as unknown[])] : { ...(object as object | undefined) }) as Record<string | number, unknown>
  const inner = rest.length === 0 ? value : withAt(copy[key] ?? (typeof rest[0] === 'number' ? [] : {}), rest, value)
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return copy as T
}

/** `cluster.x-k8s.io` and `v1beta2` of an apiVersion. */
export const groupOf = (object: Pick<KubeObject, 'apiVersion'>): string => object.apiVersion.split('/')[0] ?? ''
export const versionOf = (object: Pick<KubeObject, 'apiVersion'>): string => object.apiVersion.split('/')[1] ?? ''
