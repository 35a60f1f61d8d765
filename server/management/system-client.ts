import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { datastoreSecret } from '@/lib/doctor/left-behind'
import type { ResourceAttributes } from '@/lib/permission'
import { failure } from '@/server/failure'
import type { Discovery } from '@/server/management/discovery'
import { KINDS, segment, type KindInfo, type KindName } from '@/server/management/kinds'
import { isStatusError, StatusError } from '@/server/management/status'
import type { Transport } from '@/server/management/transport'
import { lines } from '@/server/management/lines'

export interface ListPage {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: string
  readonly continueToken: string | null
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

export interface WatchOptions {
  readonly resourceVersion: string
  readonly timeoutSeconds: number
  readonly idleMs: number
  /** The API server has taken the watch; events may be long in coming. */
  readonly onOpen: () => void
  readonly signal: AbortSignal
}

/**
 * The portal as itself: it reads, watches and asks about access. It has no method that writes, and reads Secrets only by the
 * names listed here.
 */
export interface SystemClient {
  /** null: the kind's CRD is not installed. */
  readonly list: (kind: KindName, options: { limit: number; continueToken?: string | null; signal?: AbortSignal }) => Promise<ListPage | null>
  readonly watch: (kind: KindName, options: WatchOptions) => AsyncGenerator<WatchEvent>
  readonly forget: (kind: KindName) => void
  readonly mayUser: (identity: { user: string; groups: readonly string[] }, namespace: string, attributes: ResourceAttributes) => Promise<boolean>
  /** Content of Secret `<cluster>-kubeconfig`. @throws AppError 'not-ready' when it does not exist yet */
  readonly readKubeconfigSecret: (tenant: string, cluster: string) => Promise<string>
  /** Without its content; null when there is none. */
  readonly readDatastoreSecret: (tenant: string, controlPlane: string) => Promise<Pick<KubeObject, 'metadata'> | null>
  /** Resolves when the API server says it is ready. */
  readonly probe: (signal?: AbortSignal) => Promise<void>
  /** After a silence: whatever is asked from here on goes over new connections. */
  readonly renew: () => void
}

export function createSystemClient(transport: Transport, discovery: Discovery): SystemClient {
  const turn = turns()
  return {
    list: async (kind, { limit, continueToken, signal }) => {
      const path = await discovery.path(kind)
      if (path === null) return null
      const query = { limit: String(limit), continue: continueToken ?? undefined, fieldSelector: only(kind) }
      const text = await transport.text({ method: 'GET', path, query, timeoutMs: 30_000, ...(signal ? { signal } : {}) })
      // Pages of all kinds come at once after a start: each is parsed in a turn of the event loop of its own.
      await turn()
      const raw = JSON.parse(text) as RawList
      const items = (raw.items ?? []).map((item) => typed(item, kind, raw.apiVersion))
      return { items, resourceVersion: raw.metadata.resourceVersion, continueToken: raw.metadata.continue || null }
    },
    watch: async function* (kind, { resourceVersion, timeoutSeconds, idleMs, onOpen, signal }) {
      const path = await discovery.path(kind)
      // As the API server would say it: ended quietly, the kind would be watched for ever and never be found absent.
      if (path === null) throw new StatusError(404, { message: `${kind} is not served` }, null)
      const query = { watch: 'true', resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: String(timeoutSeconds), fieldSelector: only(kind) }
      const body = await transport.stream({ method: 'GET', path, query, signal, idleMs, timeoutMs: 30_000 })
      onOpen()
      for await (const line of lines(body)) yield JSON.parse(line) as WatchEvent
    },
    forget: (kind) => discovery.forget(KINDS[kind]),
    mayUser: async ({ user, groups }, namespace, { group, resource, subresource, verb }) => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        // system:authenticated is added by impersonation but not by a review: without it the two would judge differently.
        spec: { user, groups: [...groups, 'system:authenticated'], resourceAttributes: { namespace, group, resource, ...(subresource ? { subresource } : {}), verb } },
      }
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
      const answer = await transport.json<{ status?: { allowed?: boolean; denied?: boolean } }>({ method: 'POST', path, body, timeoutMs: 5_000 })
      return answer.status?.allowed === true && answer.status.denied !== true
    },
    readKubeconfigSecret: async (tenant, cluster) => {
      // The allow-list of Secrets is this one name, and readDatastoreSecret's.
      const path = `/api/v1/namespaces/${segment(tenant)}/secrets/${segment(`${cluster}-kubeconfig`)}`
      const missing = () => failure('not-ready', `The kubeconfig of ${cluster} does not exist yet: its control plane has not written it.`)
      try {
        const secret = await transport.json<{ data?: Record<string, string> }>({ method: 'GET', path })
        const value = secret.data?.['value']
        if (!value) throw missing()
        return Buffer.from(value, 'base64').toString('utf8')
      } catch (error) {
        if (isStatusError(error) && error.code === 404) throw missing()
        throw error
      }
    },
    readDatastoreSecret: async (tenant, controlPlane) => {
      const path = `/api/v1/namespaces/${segment(tenant)}/secrets/${segment(datastoreSecret(controlPlane))}`
      try {
        return await transport.json<Pick<KubeObject, 'metadata'>>({ method: 'GET', path, as: 'metadata', timeoutMs: 3_000 })
      } catch (error) {
        if (isStatusError(error) && error.code === 404) return null
        throw error
      }
    },
    probe: async (signal) => {
      const body = await transport.stream({ method: 'GET', path: '/readyz', timeoutMs: 3_000, idleMs: 3_000, ...(signal ? { signal } : {}) })
      for await (const chunk of body) void chunk // read to the end, so that the connection goes back to the pool
    },
    renew: () => transport.renew(),
  }
}

interface RawList {
  readonly apiVersion: string
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items?: readonly KubeObject[] | null
}

const only = (kind: KindName): string | undefined => (KINDS[kind] as KindInfo).only

/** Each caller goes on in a turn of its own: two heavy pieces of work never make one long one. */
function turns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return () => (last = last.then(() => new Promise((resolve) => setImmediate(resolve))))
}

/** Items of built-in kinds come without their type in a list, and with it in a watch. */
const typed = (item: KubeObject, kind: KindName, apiVersion: string): KubeObject => (item.kind ? item : { ...item, apiVersion, kind })
