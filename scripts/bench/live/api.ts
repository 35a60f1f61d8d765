/** The lab's API server as its administrator, over one pool of connections: client-node makes one a request. */
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { Agent } from 'undici'
import type { KubeObject } from '@/lib/kubernetes/object'

export interface Api {
  readonly send: <T = KubeObject>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, contentType?: string) => Promise<T>
  /** Lines of a watch, until the signal. */
  readonly watch: (path: string, onLine: (line: string) => void, signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openApi(kubeconfig: string): Promise<Api> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options as never)
  const { ca, cert, key } = options as { ca?: string; cert?: string; key?: string }
  const agent = new Agent({ connections: 64, connect: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) } })
  const origin = config.getCurrentCluster()?.server ?? ''
  return {
    send: async <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, contentType = 'application/json') => {
      const response = await agent.request({ origin, path, method, headers: { 'content-type': contentType, accept: 'application/json' }, body: body === undefined ? null : JSON.stringify(body) })
      const text = await response.body.text()
      if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`)
      return JSON.parse(text) as T
    },
    watch: async (path, onLine, signal) => {
      const response = await agent.request({ origin, path, method: 'GET', signal, bodyTimeout: 0 })
      void (async () => {
        let rest = ''
        for await (const chunk of response.body) {
          const lines = (rest + (chunk as Buffer).toString()).split('\n')
          rest = lines.pop() ?? ''
          lines.forEach(onLine)
        }
      })().catch(() => undefined)
    },
    close: () => agent.destroy(),
  }
}

/** Runs the tasks, so many at a time. */
export async function inParallel<Item>(items: readonly Item[], width: number, run: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await run(items[index]!)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

export const sleep = (wait: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, wait))
/** ms since the epoch with fractions: the same clock in every process of this machine. */
export const now = (): number => performance.timeOrigin + performance.now()
