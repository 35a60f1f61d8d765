import { dig, listIn, recordIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'

/** As which the portal writes: every apply, patch and scale. */
export const FIELD_MANAGER = 'tenantry'

interface Entry {
  readonly manager: string
  readonly applies: boolean
  readonly fields: unknown
}

const entriesOf = (object: KubeObject): readonly Entry[] =>
  listIn(object, 'metadata', 'managedFields').map((entry) => ({
    manager: stringIn(entry, 'manager') ?? '',
    applies: stringIn(entry, 'operation') === 'Apply' && stringIn(entry, 'subresource') === null,
    fields: recordIn(entry, 'fieldsV1'),
  }))

/** Names in the path may hold dots; members of lists cannot be named. */
const owns = ({ fields }: Entry, path: readonly string[]): boolean => dig(fields, ...path.map((name) => `f:${name}`)) !== undefined

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
