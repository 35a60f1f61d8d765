/**
 * A process of its own that holds the streams, so that reading them takes no turn of what is measured. It is told what to do and
 * answers over Node's IPC.
 */
import { Agent, get, type IncomingMessage } from 'node:http'
import { now, sleep } from './api'

export interface StreamPlan {
  readonly url: string
  /** Cookie and tenant of each stream. */
  readonly streams: readonly (readonly [cookie: string, tenant: string])[]
}
export type StreamOrder = { readonly open: StreamPlan } | { readonly report: true } | { readonly drop: string } | { readonly ends: string } | { readonly quit: true }
/** Arrivals as mark -> ms since the epoch, of each stream. */
export type StreamAnswer = { readonly opened: number; readonly tookMs: number } | { readonly arrivals: readonly Readonly<Record<string, number>>[]; readonly closed: number } | { readonly resumedMs: readonly number[]; readonly snapshots: number } | { readonly revokedAt: readonly (number | null)[] }

interface Line {
  readonly tenant: string
  readonly cookie: string
  response: IncomingMessage | null
  lastId: string
  rest: string
  synced: number
  snapshots: number
  revokedAt: number | null
  arrivals: Record<string, number>
}

const MARK = /mark-(\d+)-/g
const OPENING = 20
const agent = new Agent({ keepAlive: false, maxSockets: Infinity })
const lines: Line[] = []
let url = ''
let closed = 0

function take(line: Line, text: string): void {
  const at = now()
  const events = (line.rest + text).split('\n\n')
  line.rest = events.pop() ?? ''
  for (const event of events) {
    const type = /^event: (\S+)/.exec(event)?.[1]
    const id = /\nid: (\S+)/.exec(event)?.[1]
    if (id) line.lastId = id
    if (type === 'synced') line.synced = at
    else if (type === 'snapshot') line.snapshots++
    else if (type === 'revoked') line.revokedAt = at
    else if (type === 'changes') for (const [, mark = ''] of event.matchAll(MARK)) line.arrivals[mark] ??= at
  }
}

/** Resolves with the stream's `synced`. */
function connect(line: Line): Promise<void> {
  const { hostname, port, host } = new URL(url)
  line.synced = 0
  line.rest = ''
  return new Promise((resolve, reject) => {
    const headers = { cookie: line.cookie, host, ...(line.lastId ? { 'last-event-id': line.lastId } : {}) }
    get({ agent, host: hostname === 'localhost' ? '127.0.0.1' : hostname, port, path: `/api/t/${line.tenant}/stream`, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`a stream was answered with ${response.statusCode}`))
      line.response = response
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        take(line, text)
        if (line.synced > 0) resolve()
      })
      response.on('close', () => closed++)
      response.on('error', () => undefined)
    }).on('error', reject)
  })
}

async function obey(order: StreamOrder): Promise<StreamAnswer> {
  if ('open' in order) {
    url = order.open.url
    const began = now()
    for (const [cookie, tenant] of order.open.streams) lines.push({ cookie, tenant, response: null, lastId: '', rest: '', synced: 0, snapshots: 0, revokedAt: null, arrivals: {} })
    for (let from = 0; from < lines.length; from += OPENING) await Promise.all(lines.slice(from, from + OPENING).map(connect))
    return { opened: lines.length, tookMs: now() - began }
  }
  if ('report' in order) return { arrivals: lines.map(({ arrivals }) => arrivals), closed }
  if ('drop' in order) {
    const dropped = lines.filter(({ tenant }) => tenant === order.drop)
    const before = dropped.reduce((sum, { snapshots }) => sum + snapshots, 0)
    for (const { response } of dropped) response?.destroy()
    const began = now()
    await Promise.all(dropped.map(connect))
    return { resumedMs: dropped.map(({ synced }) => synced - began), snapshots: dropped.reduce((sum, { snapshots }) => sum + snapshots, 0) - before }
  }
  if ('ends' in order) {
    const watched = lines.filter(({ tenant }) => tenant === order.ends)
    for (let waited = 0; waited < 15_000 && watched.some(({ revokedAt }) => revokedAt === null); waited += 20) await sleep(20)
    return { revokedAt: watched.map(({ revokedAt }) => revokedAt) }
  }
  process.exit(0)
}

process.on('message', (order: StreamOrder) => {
  void obey(order).then((answer) => process.send?.(answer), (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  })
})
