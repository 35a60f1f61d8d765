import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { KindName } from '@/server/management/kinds'
import { trimObject } from '@/server/management/parse/trim'

/** The least of an object that something still reads. Bindings are only noticed, so who is bound is not kept at all. */
export function trimmed(kind: KindName, object: KubeObject): KubeObject {
  if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') return trimObject(object)
  const { name, namespace, uid, resourceVersion } = object.metadata
  const metadata = { name, ...(namespace ? { namespace } : {}), ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
  return { apiVersion: object.apiVersion, kind: object.kind, metadata }
}
