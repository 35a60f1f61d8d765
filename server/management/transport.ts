import 'server-only'
import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import { failure } from '@/server/failure'
import { StatusError, type KubeStatus } from '@/server/management/status'

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Flat: name, value, name, value. */
  readonly headers?: readonly string[]
  readonly body?: unknown
  readonly contentType?: string
  /** 'metadata': only that of an object or list, as PartialObjectMetadata. */
  readonly as?: 'metadata'
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables-or-metadata */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

export interface Transport {
  /** @throws StatusError for a refusal, AppError 'management-away' when nothing answers */
  readonly json: <T>(request: ApiRequest) => Promise<T>
  /** As `json`, not parsed yet. */
  readonly text: (request: ApiRequest) => Promise<string>
  /** The body as it comes. `idleMs` without a byte ends it with an error: a stalled connection looks like a quiet one. */
  readonly stream: (request: ApiRequest & { readonly idleMs: number }) => Promise<AsyncIterable<Uint8Array>>
  /** Nothing more goes over the connections that there are: they may be dead, and none of them says so. What is under way ends as it may. */
  readonly renew: () => void
  readonly close: () => Promise<void>
}

/** From a kubeconfig file, or the Pod's ServiceAccount when none is given. */
export function loadTransport(kubeconfigFile: string | undefined): Transport {
  return transportFrom(() => {
    if (kubeconfigFile) return configOf(readFileSync(kubeconfigFile, 'utf8'), kubeconfigFile)
    const config = new KubeConfig()
    config.loadFromCluster()
    return config
  })
}

/** Of one answer of a tenant's API: whoever runs the cluster decides what is in it, and without an end it could take all memory of the portal. */
const TENANT_MOST_BYTES = 8 * 1_048_576

/** A tenant's API from its kubeconfig. `server` is what a kubeconfig made from it has to repeat. */
export function transportFromText(kubeconfig: string): Transport & { readonly server: { readonly url: string; readonly ca: string | null } } {
  const config = configOf(kubeconfig, 'of the Secret')
  const cluster = config.getCurrentCluster()
  // A kubeconfig of a Secret must not name files or programs of the portal's own machine.
  if (cluster?.caFile || config.users.some((user) => user.certFile || user.keyFile || user.exec || user.authProvider))
    throw new Error('The kubeconfig refers to files or programs')
  return { ...transportFrom(() => config, { maxResponseSize: TENANT_MOST_BYTES }), server: { url: cluster?.server ?? '', ca: cluster?.caData ?? null } }
}

/** A parser's error repeats the lines around the fault and carries the whole text: keys and tokens on their way into the log. */
function configOf(text: string, what: string): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch {
    throw new Error(`The kubeconfig ${what} cannot be read`)
  }
  return config
}

/** @param load is called again every half minute and after a 401: a file with a rotated token is read afresh */
function transportFrom(load: () => KubeConfig, limits: Pick<Agent.Options, 'maxResponseSize'> = {}): Transport {
  const server = load().getCurrentCluster()?.server
  if (!server) throw new Error('The kubeconfig names no cluster in its current context')
  const credentials = cached(30_000, async () => {
    const options: RequestOptions = {}
    await load().applyToHTTPSOptions(options as never)
    const headers = options.headers as Record<string, string> | undefined
    return { options, authorization: headers?.['Authorization'] ?? null }
  })
  // One Agent for all: client-node's own makes a TLS connection per request (3.5 ms against 0.3).
  const connect = async (): Promise<Agent> => newAgent((await credentials.now()).options, limits)
  const authorization = async (): Promise<string[]> => {
    const { authorization: value } = await credentials.now()
    return value ? ['Authorization', value.trim()] : []
  }
  return createTransport(server, connect, authorization, credentials.drop)
}

function newAgent({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions, limits: Pick<Agent.Options, 'maxResponseSize'>): Agent {
  const given = Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(([, value]) => value !== undefined && value !== null)
  // HTTP/1.1: over HTTP/2 undici joins repeated headers, and several Impersonate-Group headers would arrive as one group.
  return new Agent({ allowH2: false, connect: { ...Object.fromEntries(given), timeout: 5_000 }, connections: 64, keepAliveTimeout: 30_000, ...limits })
}

/** @param drop forgets the credentials: a rotated token must not cost a minute of 401s */
export function createTransport(server: string, connect: () => Promise<Agent>, authorization: () => Promise<string[]>, drop: () => void): Transport {
  const origin = new URL(server)
  const open = (): Promise<Agent> => {
    const opened = connect()
    opened.catch(() => undefined) // told to the first request, not to the process
    return opened
  }
  let agent = open()
  /** Ones whose last requests are under way. */
  const retired = new Set<Agent>()
  const retire = async (old: Agent): Promise<void> => {
    retired.add(old)
    await old.close().catch(() => undefined)
    retired.delete(old)
  }
  const send = async (request: ApiRequest, bodyTimeout: number, mayRetry = true): Promise<Dispatcher.ResponseData> => {
    const headers = [...(await authorization()), 'Accept', request.as === 'metadata' ? METADATA : 'application/json', 'User-Agent', 'tenantry', ...(request.headers ?? [])]
    if (request.body !== undefined) headers.push('Content-Type', request.contentType ?? 'application/json')
    const signal = request.signal
    const response = await (await agent).request({
      origin: origin.origin,
      path: pathOf(origin, request),
      method: request.method,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      headersTimeout: request.timeoutMs ?? 10_000,
      bodyTimeout,
      ...(signal ? { signal } : {}),
    })
    if (response.statusCode === 401 && mayRetry) {
      drop()
      await response.body.dump()
      return send(request, bodyTimeout, false)
    }
    if (response.statusCode >= 400) throw await statusOf(response)
    return response
  }
  const whole = <T>(request: ApiRequest, read: (body: Dispatcher.ResponseData['body']) => Promise<T>): Promise<T> => {
    const deadline = AbortSignal.timeout((request.timeoutMs ?? 10_000) + 5_000)
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
    return named(request.signal, async () => read((await send({ ...request, signal }, 10_000)).body))
  }
  return {
    json: <T>(request: ApiRequest) => whole(request, (body) => body.json() as Promise<T>),
    text: (request) => whole(request, (body) => body.text()),
    stream: (request) => named(request.signal, async () => (await send(request, request.idleMs)).body),
    renew: () => {
      void agent.then(retire, () => undefined)
      agent = open()
    },
    close: async () => void (await Promise.all([agent, ...retired].map(async (one) => (await one).destroy()))),
  }
}

/** Network failures get their name; our own abort stays an abort. */
async function named<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if ((error as { brand?: unknown }).brand === 'StatusError' || signal?.aborted) throw error
    throw failure('management-away', 'The management cluster does not answer. Try again when it is back.', { detail: (error as Error).message })
  }
}

async function statusOf(response: Dispatcher.ResponseData): Promise<StatusError> {
  const text = await response.body.text().catch(() => '')
  let status: KubeStatus = { message: `HTTP ${response.statusCode}` }
  try {
    const parsed = JSON.parse(text) as KubeStatus & { kind?: string }
    if (parsed.kind === 'Status') status = parsed
  } catch {
    // A proxy answered with a page of its own; its code is all we know.
  }
  const after = Number(response.headers['retry-after'] ?? status.details?.retryAfterSeconds)
  return new StatusError(response.statusCode, status, Number.isFinite(after) && after > 0 ? after * 1000 : null)
}

function pathOf(origin: URL, { path, query }: ApiRequest): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
  return `${origin.pathname.replace(/\/$/, '')}${path}${search}`
}

function cached<T>(ms: number, read: () => Promise<T>): { now: () => Promise<T>; drop: () => void } {
  let value: Promise<T> | null = null
  let until = 0
  return {
    now: () => {
      if (!value || Date.now() > until) {
        until = Date.now() + ms
        value = read()
        value.catch(() => (value = null))
      }
      return value
    },
    drop: () => (value = null),
  }
}
