/**
 * The few REST calls that the stand-in for Kamaji and the node agent make. They see objects as plain JSON and poll, so the
 * typed client with its watches and per-object schemas would cost them memory and bring nothing.
 */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { parse } from 'yaml'

export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    generation?: number
    creationTimestamp?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    finalizers?: string[]
    ownerReferences?: OwnerReference[]
  }
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface KubeRest {
  /** Undefined when the object, or its kind, is not there. */
  readonly get: <T = KubeObject>(path: string) => Promise<T | undefined>
  readonly list: <T = KubeObject>(path: string) => Promise<T[]>
  readonly create: <T = KubeObject>(path: string, body: unknown) => Promise<T>
  readonly replace: <T = KubeObject>(path: string, body: unknown) => Promise<T>
  /** JSON merge patch. */
  readonly merge: <T = KubeObject>(path: string, body: unknown) => Promise<T>
  /** Deleting what is gone already is no error. */
  readonly remove: (path: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** What the API server answered when it refused. */
export class KubeRefusal extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
  ) {
    super(message)
    this.name = 'KubeRefusal'
  }
}

interface Kubeconfig {
  'current-context': string
  contexts: { name: string; context: { cluster: string; user: string } }[]
  clusters: { name: string; cluster: Record<string, string> }[]
  users: { name: string; user: Record<string, string> }[]
}

const requestTimeoutMs = 10_000

/** A client from the text of a kubeconfig; certificates may be inline or in files. */
export async function kubeRest(kubeconfigText: string): Promise<KubeRest> {
  const config = parse(kubeconfigText) as Kubeconfig
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster
  const user = config.users.find(({ name }) => name === context?.user)?.user
  const server = cluster?.['server']
  if (cluster === undefined || user === undefined || server === undefined) throw new Error('the kubeconfig names no server')
  const [ca, cert, key] = await Promise.all([
    dataOrFile(cluster, 'certificate-authority'),
    dataOrFile(user, 'client-certificate'),
    dataOrFile(user, 'client-key'),
  ])
  const connect = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, value]) => value !== undefined))
  const agent = new Agent({ connect, connections: 8, allowH2: false, headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs })
  const bearer = user['token'] === undefined ? {} : { authorization: `Bearer ${user['token']}` }

  const call = async <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> => {
    const response = await request(new URL(path, server), {
      method,
      dispatcher: agent,
      headers: {
        accept: 'application/json',
        ...bearer,
        ...(body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    const text = await response.body.text()
    if (response.statusCode >= 300) throw refusal(response.statusCode, text)
    return (text === '' ? {} : JSON.parse(text)) as T
  }

  return {
    get: (path) => call<never>('GET', path).catch(undefinedWhenGone),
    list: async <T>(path: string) => (await call<{ items?: T[] }>('GET', path)).items ?? [],
    create: (path, body) => call('POST', path, body),
    replace: (path, body) => call('PUT', path, body),
    merge: (path, body) => call('PATCH', path, body),
    remove: async (path) => {
      await call('DELETE', path).catch(undefinedWhenGone)
    },
    close: () => agent.destroy(),
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof KubeRefusal && error.code === 409
}

function undefinedWhenGone(error: unknown): undefined {
  if (error instanceof KubeRefusal && error.code === 404) return undefined
  throw error
}

function refusal(code: number, text: string): KubeRefusal {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string }
    return new KubeRefusal(code, status.reason ?? '', status.message ?? text)
  } catch {
    return new KubeRefusal(code, '', text.slice(0, 500))
  }
}

async function dataOrFile(from: Record<string, string>, key: string): Promise<string | undefined> {
  const data = from[`${key}-data`]
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  const file = from[key]
  return file === undefined ? undefined : readFile(file, 'utf8')
}
