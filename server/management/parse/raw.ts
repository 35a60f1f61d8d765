import type { KubeObject } from '@/lib/kubernetes/object'
import { cleanLine } from '@/lib/text'

/**
 * Reading of what may have any shape: an object of another contract, of another version of a provider, or written by hand.
 * Nothing here throws; what is missing or of the wrong type is null, and text comes out cleaned (`lib/text.ts`).
 */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = dig(value, ...path)
  return typeof found === 'string' && found !== '' ? cleanLine(found, 253) : null
}

export function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = dig(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : null
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = dig(value, ...path)
  return Array.isArray(found) ? (found as readonly unknown[]) : []
}

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).flatMap((item) => (typeof item === 'string' && item !== '' ? [cleanLine(item, 253)] : []))

/** RFC 3339, else null: a time that can't be read must not reach a comparison. */
export function timeAt(value: unknown, ...path: readonly string[]): string | null {
  const found = dig(value, ...path)
  return typeof found === 'string' && found.length <= 40 && !Number.isNaN(Date.parse(found)) ? found : null
}

export const isDeleting = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined
export const labelOf = (object: KubeObject, label: string): string | null => textAt(object.metadata.labels, label)

/** spec.paused or the annotation, whose mere presence counts (cluster-api util/annotations/helpers.go, HasPaused). */
export const isPaused = (object: KubeObject): boolean =>
  dig(object, 'spec', 'paused') === true || object.metadata.annotations?.['cluster.x-k8s.io/paused'] !== undefined

export const later = (left: string | null, right: string | null): string | null =>
  left === null ? right : right === null ? left : Date.parse(left) >= Date.parse(right) ? left : right
