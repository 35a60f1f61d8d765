import type { KubeObject } from '@/lib/kubernetes/object'
import { toYaml } from '@/lib/manifests/yaml'

/** Fields whose text can hold a secret: users' password hashes, files of cloud-init, join tokens. */
const SECRET: ReadonlySet<string> = new Set(['passwd', 'password', 'content', 'token', 'tlsBootstrapToken', 'certificateKey'])
/** Proxy URLs in commands. */
const CREDENTIALS = /(\w+:\/\/)[^\s/@:"']+:[^\s/@"']+@/g

/** An object as YAML for people: what the API server keeps about it is left out, and what may be secret is not shown. */
export function shownYaml(object: KubeObject): string {
  const { name, namespace, labels, annotations } = object.metadata
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }
  const { apiVersion, kind, spec } = object
  return toYaml([hidden({ apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) }) as KubeObject])
}

function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(CREDENTIALS, '$1(hidden)@')
  if (Array.isArray(value)) return value.map(hidden)
  if (typeof value !== 'object' || value === null) return value
  // Sorted: a server may give the same fields back in another order, which is no difference.
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([key, field]) => [key, SECRET.has(key) && typeof field === 'string' ? '(hidden)' : hidden(field)]))
}
