import type { KubeObject } from '@/lib/kubernetes/object'
import { CONVERSION_DATA, LAST_APPLIED } from '@/lib/manifests/labels'
import { withoutCredentials } from '@/lib/manifests/left-out'
import { toYaml } from '@/lib/manifests/yaml'

/** An object as YAML for people: what the API server keeps about it is left out, and what may be secret is not shown. */
export function shownYaml(object: KubeObject): string {
  const { name, namespace, labels, annotations } = object.metadata
  const said = annotations && Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED && key !== CONVERSION_DATA))
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(labels ? { labels } : {}), ...(said ? { annotations: said } : {}) }
  const { apiVersion, kind, spec } = object
  return toYaml([sorted(withoutCredentials({ apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) }).object) as KubeObject])
}

/** A server may give the same fields back in another order, which is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]))
}
