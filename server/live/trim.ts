import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { KindName } from '@/server/management/kinds'
import { trimObject } from '@/server/management/parse/trim'

export const DISPLAY_NAME = 'tenantry.dev/display-name'

/** The least of an object that something still reads. */
export function trimmed(kind: KindName, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, labels, annotations } = object.metadata
  const version = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
  const typed = { apiVersion: object.apiVersion, kind: object.kind }
  switch (kind) {
    // Bindings are only noticed: who is bound is asked of the API server and not kept at all.
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return { ...typed, metadata: { name, ...(namespace ? { namespace } : {}), ...version } }
    case 'Namespace': {
      const shown = annotations?.[DISPLAY_NAME]
      return { ...typed, metadata: { name, ...version, ...(labels ? { labels } : {}), ...(shown ? { annotations: { [DISPLAY_NAME]: shown } } : {}) } }
    }
    default:
      return trimObject(object)
  }
}
