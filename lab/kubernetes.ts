/**
 * The management cluster as its cluster-admin: the lab's own client, for applying and waiting. Plain JSON over HTTPS: the typed
 * client drops fields that its models lack (`x-kubernetes-int-or-string` of a CRD, and the API server refuses the rest).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, fetch } from 'undici'
import type { CertificatePair } from './pki'

const fieldManager = 'tenantry-lab'

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export interface Management {
  /** Server-side apply; what others own in the object stays. */
  readonly apply: (object: KubernetesObject) => Promise<void>
  readonly get: <T>(path: string) => Promise<T>
  readonly post: <T>(path: string, body: unknown) => Promise<T>
}

interface ResourceList {
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly namespaced: boolean }[]
}

export function connectManagement(server: string, caPem: string, admin: CertificatePair): Management {
  const dispatcher = tlsAgent(caPem, admin)
  const resources = new Map<string, ResourceList['resources']>()

  const send = async <T>(method: string, path: string, contentType?: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${server}${path}`, {
      method,
      dispatcher,
      ...(contentType === undefined ? {} : { headers: { 'content-type': contentType }, body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as T & { message?: string }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message ?? ''}`)
    return answer
  }

  const pathOf = async ({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const served = resources.get(root) ?? (await send<ResourceList>('GET', root)).resources
    const resource = served.find((one) => one.kind === kind && !one.name.includes('/'))
    if (resource === undefined) throw new Error(`${apiVersion} serves no ${kind}`)
    // Only a whole answer is kept: a group's list grows while its CRDs become Established.
    resources.set(root, served)
    const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
    return `${root}${scope}/${resource.name}/${encodeURIComponent(metadata.name)}`
  }

  return {
    apply: async (object) => {
      const path = `${await pathOf(object)}?fieldManager=${fieldManager}&force=true`
      // JSON is YAML.
      await send('PATCH', path, 'application/apply-patch+yaml', object)
    },
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, 'application/json', body),
  }
}

/** A kubeconfig of one user; `credentials` go into its user entry. */
export function kubeconfigOf(server: string, caPem: string, credentials: { token: string } | CertificatePair): string {
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : { 'client-certificate-data': base64(credentials.certPem), 'client-key-data': base64(credentials.keyPem) }
  // JSON is YAML; every reader of kubeconfigs takes it.
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
      users: [{ name: 'lab', user }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    },
    null,
    2,
  )
}

/** An HTTPS client that trusts the lab's CA, and shows a client certificate when given one. */
export function tlsAgent(caPem: string, client?: CertificatePair): Agent {
  return new Agent({ connect: { ca: caPem, ...(client === undefined ? {} : { cert: client.certPem, key: client.keyPem }) } })
}

/** Asks until it is true. `what` is for the error. */
export async function until(what: string, isTrue: () => Promise<boolean>, timeoutMs: number, signal: AbortSignal): Promise<void> {
  let last: unknown
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
    signal.throwIfAborted()
    try {
      if (await isTrue()) return
    } catch (error) {
      last = error
    }
    await sleep(150, undefined, { signal })
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`, { cause: last })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
