import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { InsideObjects } from '@/lib/doctor/inside'
import { assertEndpoint } from '@/server/tenant-api/endpoint'
import { unreachable } from '@/server/tenant-api/access'
import { isStatusError } from '@/server/management/status'
import { transportFromText } from '@/server/management/transport'

/** People wait for it, and a cluster that is in trouble may not answer at all. */
const TIMEOUT_MS = 5_000
/** A page of each kind: what is wrong shows in the first of them. */
const LIMIT = '500'

const PATHS = {
  nodes: ['/api/v1/nodes', {}],
  leases: ['/apis/coordination.k8s.io/v1/leases', {}],
  claims: ['/api/v1/persistentvolumeclaims', {}],
  events: ['/api/v1/events', { fieldSelector: 'involvedObject.kind=PersistentVolumeClaim,type=Warning' }],
  classes: ['/apis/storage.k8s.io/v1/storageclasses', {}],
  drivers: ['/apis/storage.k8s.io/v1/csidrivers', {}],
} as const satisfies Record<keyof InsideObjects, readonly [string, Readonly<Record<string, string>>]>

/**
 * What the tenant cluster says of its nodes and volumes: read-only, once, with its admin kubeconfig, which never leaves this function.
 * @throws AppError 'conflict' when the kubeconfig names another server; 'not-ready' when the API does not answer
 */
export async function lookInside(admin: string, of: Parameters<typeof assertEndpoint>[1]): Promise<InsideObjects> {
  const transport = transportFromText(admin)
  const list = async (kind: keyof InsideObjects): Promise<readonly KubeObject[]> => {
    const [path, query] = PATHS[kind]
    try {
      const { items } = await transport.json<{ items?: readonly KubeObject[] | null }>({ method: 'GET', path, query: { limit: LIMIT, ...query }, timeoutMs: TIMEOUT_MS })
      return items ?? []
    } catch (error) {
      // An older API does not serve one of the kinds; the others still say something.
      if (isStatusError(error) && error.code === 404) return []
      throw error
    }
  }
  try {
    assertEndpoint(transport.server.url, of)
    const [nodes, leases, claims, events, classes, drivers] = await Promise.all([list('nodes'), list('leases'), list('claims'), list('events'), list('classes'), list('drivers')])
    return { nodes, leases, claims, events, classes, drivers }
  } catch (error) {
    throw unreachable(error, of.cluster)
  } finally {
    await transport.close()
  }
}
