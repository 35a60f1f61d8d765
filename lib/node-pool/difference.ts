import { fieldsOf, type PoolField } from '@/lib/node-pool/fields'
import type { PoolSpec } from '@/lib/node-pool/spec'

/** One row of "Fields that change". */
export interface PoolFieldChange {
  /** In the PoolSpec, joined with dots: `machine.memoryMiB`; a label's name comes after `labels.` as it is. */
  readonly path: string
  /** What people call the field: "Memory". */
  readonly words: string
  readonly from: string
  readonly to: string
  /** Whether machines are replaced for it. */
  readonly rolls: boolean
  /** One sentence. */
  readonly why: string
}

/** Every field in which two states of a pool differ, in the form's order. */
export function poolDifferences(before: PoolSpec, after: PoolSpec): readonly PoolFieldChange[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const paths = [...new Set([...old.keys(), ...now.keys()])]
  return paths.flatMap((path) => {
    const field = now.get(path) ?? old.get(path)
    if (field === undefined || old.get(path)?.exact === now.get(path)?.exact) return []
    return [{ path, words: field.words, from: said(old.get(path)), to: said(now.get(path)), rolls: field.rolls, why: field.why }]
  })
}

const said = (field: PoolField | undefined): string => field?.value ?? 'not set'

/**
 * What changed under a person's hands: fields of the pool as the page showed it that are different by now. A change that was
 * made on an outdated page would silently undo them.
 */
export const outdatedFields = (seen: PoolSpec, now: PoolSpec): readonly PoolFieldChange[] => poolDifferences(seen, now)
