import { clusterShape, type ClusterSpec } from '@/lib/cluster/spec'

/**
 * What was typed survives a session that ends in the middle: in this tab only, under the person's own key. The form holds
 * no secret; if it ever does, that field must not be kept.
 */
const keyOf = (person: string, tenant: string) => `tenantry.draft:${person}:${tenant}`

export function keepDraft(person: string, tenant: string, spec: ClusterSpec) {
  try {
    sessionStorage.setItem(keyOf(person, tenant), JSON.stringify(spec))
  } catch {
    // Full or forbidden: the form works without.
  }
}

export function readDraft(person: string, tenant: string): ClusterSpec | null {
  try {
    const text = sessionStorage.getItem(keyOf(person, tenant))
    if (!text) return null
    const parsed = clusterShape.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export function dropDraft(person: string, tenant: string) {
  try {
    sessionStorage.removeItem(keyOf(person, tenant))
  } catch {
    // Nothing was kept then.
  }
}
