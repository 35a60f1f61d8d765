import type { KubeObject } from '@/lib/kubernetes/object'
import { canonicalJson } from '@/lib/manifests/hash'
import { appliedFields } from '@/lib/manifests/ownership'

/**
 * The part of an object that the portal's applies set. An apply that leaves out what the last one had takes it away, so one
 * that changes a field of an object which another part of the portal (or an older portal) made begins with this.
 * Of an object that the portal never applied it is the name alone.
 * @param object read from the API server, managedFields included
 */
export function appliedPart(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object
  const own = appliedFields(object).reduce<Record<string, unknown>>((part, fields) => merged(part, picked(object, fields)), {})
  const named = { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) }
  return { ...own, apiVersion, kind, metadata: { ...(isRecord(own['metadata']) ? own['metadata'] : {}), ...named } }
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** fieldsV1 (structured-merge-diff, fieldpath/serialize.go): `f:` a field, `k:` an item of a list by its keys, `v:` one by its value, `.` the thing itself. */
function picked(value: unknown, fields: Fields): Record<string, unknown> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(fields).flatMap(([key, below]) => {
    const name = key.slice(2)
    if (!key.startsWith('f:') || !(name in value)) return []
    return [[name, partOf(value[name], isRecord(below) ? below : {})]]
  }))
}

function partOf(value: unknown, fields: Fields): unknown {
  const below = Object.keys(fields).filter((key) => key !== '.')
  // A leaf is set as a whole. A thing of which only itself was set was applied empty.
  if (below.length === 0) return '.' in fields ? (Array.isArray(value) ? [] : {}) : value
  if (!Array.isArray(value)) return picked(value, fields)
  const byKey = below.flatMap((key) => (key.startsWith('k:') ? [{ keys: JSON.parse(key.slice(2)) as Fields, fields: fields[key] }] : []))
  const byValue = new Set(below.flatMap((key) => (key.startsWith('v:') ? [canonicalJson(JSON.parse(key.slice(2)))] : [])))
  return value.flatMap((item: unknown) => {
    if (byValue.has(canonicalJson(item))) return [item]
    const found = byKey.find(({ keys }) => isRecord(item) && Object.entries(keys).every(([key, wanted]) => canonicalJson(item[key]) === canonicalJson(wanted)))
    // An owner reference: of an atomic item all is set with it.
    if (found !== undefined && isRecord(found.fields) && Object.keys(found.fields).length === 0) return [item]
    return found === undefined ? [] : [{ ...found.keys, ...picked(item, isRecord(found.fields) ? found.fields : {}) }]
  })
}

/** Of two versions of an API in which the portal applied: the parts of both. */
function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const both = { ...a }
  for (const [key, value] of Object.entries(b)) both[key] = isRecord(both[key]) && isRecord(value) ? merged(both[key], value) : value
  return both
}
