/**
 * A proxy in front of the lab's kube-apiserver that fails on demand, as what stands between a portal and its management cluster
 * does: load balancers, NAT, an API server that is overloaded. The portal is given a kubeconfig that points here.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, request as httpsRequest, Agent, type Server } from 'node:https'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { kubeconfigOf } from '@/lab/kubernetes'
import { createCa, issueCert, loopbackSans, writePrivate } from '@/lab/pki'
import { freePort } from '@/lab/ports'

export type Fault =
  /**
   * A NAT or balancer that lost its table: connections are taken and nothing passes any more. Those that were open in the meantime
   * stay silent for ever, also when new ones pass again: nobody tells either side that they are dead.
   */
  | { readonly kind: 'stall' }
  /** An overloaded API server (priority and fairness): open watches end; lists and watches are answered with 429 and Retry-After. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  /** The connection breaks in the middle of a list: half of the body of page `page` (from 1) arrives. Pages hold `pageSize` objects,
   * fewer than was asked for, as an API server may. */
  | { readonly kind: 'cut-list'; readonly plural: string; readonly page: number; readonly pageSize: number }
  /** Once: the history that a watch would go on from is gone (compaction). The open watch ends, the next is answered with 410. */
  | { readonly kind: 'expired'; readonly plural: string }
  /** Once: the next event of an open watch arrives by half, then the response ends in good order. */
  | { readonly kind: 'half-line'; readonly plural: string }
  /** Nothing listens: the API server, or the way to it, is down. */
  | { readonly kind: 'refuse' }

/** One request as the proxy saw it. */
export interface Seen {
  /** Unix time, ms. */
  readonly at: number
  /** Lists and watches of a whole kind are those of the portal's reflectors. */
  readonly verb: 'list' | 'watch' | 'other'
  readonly method: string
  readonly path: string
  /** Last segment of the path: `machines`. */
  readonly plural: string
  /** A list that goes on from a continue token is a further page, not a new list. */
  readonly further: boolean
  readonly resourceVersion: string | null
  /** Of the answer that the portal got; null while, or because, it got none. */
  status: number | null
}

export interface FaultProxy {
  /** Of the portal's own ServiceAccount, by way of the proxy. */
  readonly kubeconfig: string
  /** What fails from now on; nothing when empty. */
  readonly set: (...faults: readonly Fault[]) => Promise<void>
  readonly seen: () => readonly Seen[]
  /** Faults that happened, by kind. */
  readonly struck: (kind: Fault['kind']) => number
  readonly stop: () => Promise<void>
}

interface Watch {
  readonly plural: string
  readonly end: () => void
  /** Set by `half-line`. */
  halve: boolean
}

/** A proxy on a free port of loopback, with a CA of its own. @param portalKubeconfig file; its token is used on */
export async function startFaultProxy(portalKubeconfig: string): Promise<FaultProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-proxy-'))
  const { server: upstream, ca: upstreamCa, token } = readKubeconfig(await readFile(portalKubeconfig, 'utf8'))
  // Another name than the certificate's: one whose issuer is called as itself is taken for self-signed.
  const ca = await createCa('fault-proxy-ca')
  const { certPem, keyPem } = await issueCert(ca, { cn: 'fault-proxy', sans: loopbackSans, usages: ['server'] })
  const agent = new Agent({ ca: upstreamCa, keepAlive: true, maxSockets: 256 })

  let faults: Fault[] = []
  const seen: Seen[] = []
  const struck = new Map<Fault['kind'], number>()
  const sockets = new Set<Socket>()
  const dead = new WeakSet<Socket>()
  const watches = new Set<Watch>()
  /** Page numbers of continue tokens. */
  const pages = new Map<string, number>()

  const fault = <Kind extends Fault['kind']>(kind: Kind, plural?: string): Extract<Fault, { kind: Kind }> | undefined =>
    faults.find((one): one is Extract<Fault, { kind: Kind }> => one.kind === kind && (plural === undefined || !('plural' in one) || one.plural === plural))
  const strike = (kind: Fault['kind']): void => void struck.set(kind, (struck.get(kind) ?? 0) + 1)
  const spend = (spent: Fault): void => void (faults = faults.filter((one) => one !== spent))

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', upstream)
    const what = describe(request.method ?? 'GET', url)
    seen.push(what)
    const head = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (...args: unknown[]) => ((what.status = args[0] as number), head(...args))
    if (dead.has(request.socket)) return strike('stall')
    const { verb, plural } = what
    const busy = verb !== 'other' ? fault('busy') : undefined
    if (busy) {
      strike('busy')
      return refusal(response, 429, 'TooManyRequests', { 'retry-after': String(busy.retryAfterSeconds) })
    }
    const expired = verb === 'watch' ? fault('expired', plural) : undefined
    if (expired) {
      strike('expired')
      spend(expired)
      return refusal(response, 410, 'Expired')
    }
    const cut = verb === 'list' ? fault('cut-list', plural) : undefined
    if (cut) url.searchParams.set('limit', String(cut.pageSize))
    const options = { method: request.method, agent, headers: request.rawHeaders as never }
    const onward = httpsRequest(url, options, (answer) => {
      if (cut) void whole(answer).then((body) => cutPage(cut, url, answer, body), () => response.destroy())
      else if (verb === 'watch') passWatch(answer, plural, response, onward)
      else pass(answer, response)
    })
    const cutPage = (rule: typeof cut & object, at: URL, answer: IncomingMessage, body: Buffer): void => {
      const page = pages.get(at.searchParams.get('continue') ?? '') ?? 1
      const next = (JSON.parse(body.toString()) as { metadata?: { continue?: string } }).metadata?.continue
      if (next) pages.set(next, page + 1)
      if (silent(response)) return
      response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json', 'content-length': body.length })
      if (page !== rule.page || !faults.includes(rule)) return void response.end(body)
      strike('cut-list')
      response.write(body.subarray(0, body.length >> 1), () => response.destroy())
    }
    onward.on('error', () => silent(response) || response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  /** A connection that is dead gets nothing, and is not closed either. */
  const silent = (response: ServerResponse): boolean => response.socket === null || dead.has(response.socket)

  const pass = (answer: IncomingMessage, response: ServerResponse): void => {
    if (silent(response)) return
    response.writeHead(answer.statusCode ?? 502, headersOf(answer))
    answer.on('data', (chunk: Buffer) => silent(response) || response.write(chunk))
    answer.on('end', () => silent(response) || response.end())
    answer.on('error', () => silent(response) || response.destroy())
  }

  const passWatch = (answer: IncomingMessage, plural: string, response: ServerResponse, onward: ClientRequest): void => {
    if (silent(response)) return
    const watch: Watch = { plural, halve: fault('half-line', plural) !== undefined, end: () => response.end(() => onward.destroy()) }
    watches.add(watch)
    response.on('close', () => watches.delete(watch))
    response.writeHead(answer.statusCode ?? 502, headersOf(answer))
    response.flushHeaders()
    answer.on('data', (chunk: Buffer) => {
      if (silent(response)) return
      const halving = watch.halve ? fault('half-line', plural) : undefined
      if (!halving) return void response.write(chunk)
      strike('half-line')
      spend(halving)
      const line = chunk.indexOf(10) < 0 ? chunk.length : chunk.indexOf(10)
      response.write(chunk.subarray(0, line >> 1))
      watch.end()
      onward.destroy()
    })
    answer.on('end', () => silent(response) || response.end())
    answer.on('error', () => silent(response) || response.destroy())
  }

  const server: Server = createServer({ cert: certPem, key: keyPem, ALPNProtocols: ['http/1.1'], keepAliveTimeout: 60_000, requestTimeout: 0 }, handle)
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket)
    if (fault('stall')) dead.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const port = await freePort()
  await listen(port)
  const kubeconfig = join(folder, 'kubeconfig')
  await writePrivate(kubeconfig, kubeconfigOf(`https://127.0.0.1:${port}`, ca.certPem, { token }))
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    kubeconfig,
    set: async (...next) => {
      const wasRefusing = fault('refuse') !== undefined
      faults = [...next]
      if (fault('stall')) for (const socket of sockets) dead.add(socket)
      for (const watch of watches) {
        if (fault('busy') || fault('expired', watch.plural)) watch.end()
        watch.halve = fault('half-line', watch.plural) !== undefined
      }
      if (fault('refuse') && !wasRefusing) await close()
      if (!fault('refuse') && wasRefusing) await listen(port)
    },
    seen: () => seen,
    struck: (kind) => struck.get(kind) ?? 0,
    stop: async () => {
      await close()
      agent.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function describe(method: string, { pathname: path, searchParams: query }: URL): Seen {
  const collection = method === 'GET' && /^\/(api|apis\/[^/]+)\/[^/]+\/[^/]+$/.test(path)
  const verb = !collection ? 'other' : query.get('watch') === 'true' ? 'watch' : query.has('limit') ? 'list' : 'other'
  return { at: Date.now(), verb, method, path, plural: path.slice(path.lastIndexOf('/') + 1), further: query.has('continue'), resourceVersion: query.get('resourceVersion'), status: null }
}

/** Framing is this side's own. */
function headersOf(answer: IncomingMessage): Record<string, string | string[]> {
  const own = new Set(['connection', 'keep-alive', 'transfer-encoding'])
  return Object.fromEntries(Object.entries(answer.headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined && !own.has(entry[0])))
}

function refusal(response: ServerResponse, code: number, reason: string, headers: Record<string, string> = {}): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `the fault proxy says ${reason}`, reason, code }
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(status))
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function readKubeconfig(text: string): { server: string; ca: string; token: string } {
  const { clusters, users } = parse(text) as { clusters: { cluster: Record<string, string> }[]; users: { user: { token?: string } }[] }
  const [cluster, token] = [clusters[0]?.cluster, users[0]?.user.token]
  if (!cluster?.['server'] || !token) throw new Error('the kubeconfig of the portal has no server or token')
  return { server: cluster['server'], ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString(), token }
}
