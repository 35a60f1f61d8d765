import 'server-only'
import { PLANE_FIELDS } from '@/lib/control-plane/fields'
import type { FieldMap } from '@/server/management/status'

const LABELS = 'controlPlane.advanced.labels'

/** Where in the form of a control plane a refused field of its objects was typed; null when nowhere. Longest path first: some begin alike. */
const FIELDS: readonly (readonly [path: string, field: string])[] = [
  ...PLANE_FIELDS.flatMap(({ at, path }) => (at === null ? [] : [[`spec.${at.join('.')}`, path] as const])),
  ['metadata.labels', LABELS] as const,
].toSorted(([a], [b]) => b.length - a.length)

export const planeFieldOf: FieldMap = (_kind, field) => {
  const path = field.replace(/^\./, '')
  return FIELDS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`))?.[1] ?? null
}
