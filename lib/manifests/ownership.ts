import { dig, listIn, recordIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'

/** As which the portal writes: every apply, patch and scale. */
export const FIELD_MANAGER = 'tenantry'

interface Entry {
  readonly manager: string
  /** Set through a subresource, such as `scale` or `status`. */
  readonly subresource: string | null
  readonly applies: boolean
  readonly fields: unknown
}

const entriesOf = (object: KubeObject): readonly Entry[] =>
  listIn(object, 'metadata', 'managedFields').map((entry) => ({
    manager: stringIn(entry, 'manager') ?? '',
    subresource: stringIn(entry, 'subresource'),
    applies: stringIn(entry, 'operation') === 'Apply' && stringIn(entry, 'subresource') === null,
    fields: recordIn(entry, 'fieldsV1'),
  }))

/** Names in the path may hold dots; members of lists cannot be named. Who has an atomic struct (a reference, a selector) has all that is in it. */
function owns({ fields }: Entry, path: readonly string[]): boolean {
  let here: unknown = fields
  for (const [depth, name] of path.entries()) {
    if (depth > 0 && Object.keys(here as object).length === 0) return true
    here = dig(here, `f:${name}`)
    if (typeof here !== 'object' || here === null) return false
  }
  return true
}

/**
 * Whether the portal's last apply set the field: an apply that leaves it out would take it away. null where the object has
 * lost its managedFields (a cache that trims them), and nobody can tell.
 */
export function isApplied(object: KubeObject, path: readonly string[]): boolean | null {
  const entries = entriesOf(object)
  if (entries.length === 0) return null
  return entries.some((entry) => entry.manager === FIELD_MANAGER && entry.applies && owns(entry, path))
}

/**
 * Who else set the field, so that the portal alone cannot change it or take it away: an apply without force is refused where
 * it has another value, and one that leaves it out keeps it.
 */
export const otherOwners = (object: KubeObject, path: readonly string[]): readonly string[] =>
  [...new Set(entriesOf(object).filter((entry) => entry.manager !== FIELD_MANAGER && owns(entry, path)).map(({ manager }) => manager))]

/** Who else set the field itself, or something in it. A struct that somebody left empty sets none of its fields. */
export const settersOf = (object: KubeObject, path: readonly string[]): readonly string[] =>
  [...new Set(entriesOf(object).filter(({ manager, fields }) => manager !== FIELD_MANAGER && dig(fields, ...path.map((name) => `f:${name}`)) !== undefined).map(({ manager }) => manager))]

/** Who set something of the object itself, the portal left out; not through a subresource, where sizes and states are set. */
export const managersOf = (object: KubeObject): readonly string[] =>
  [...new Set(entriesOf(object).filter(({ manager, subresource }) => manager !== FIELD_MANAGER && subresource === null).map(({ manager }) => manager))]

/** The object's managedFields when these have let go of it. What only they had set belongs to nobody then, and stays as it is. */
export const managedFieldsWithout = (object: KubeObject, managers: readonly string[]): readonly unknown[] =>
  listIn(object, 'metadata', 'managedFields').filter((entry) => stringIn(entry, 'subresource') !== null || !managers.includes(stringIn(entry, 'manager') ?? ''))

/** What the portal's applies set, as fieldsV1 has it: one entry for each version of the API in which it applied. */
export const appliedFields = (object: KubeObject): readonly Readonly<Record<string, unknown>>[] =>
  entriesOf(object).flatMap(({ manager, applies, fields }) => (manager === FIELD_MANAGER && applies ? [fields as Readonly<Record<string, unknown>>] : []))
