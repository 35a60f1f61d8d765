import { execFile, fork, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CacheReport } from './child-cache'
import type { StreamAnswer, StreamOrder } from './child-streams'

const CHILD_MS = 300_000
/** `server-only` throws at import outside of a server bundle unless this condition is set. */
const FLAGS = ['--expose-gc', '--conditions=react-server', '--import', 'tsx']
const file = (name: string): string => join(import.meta.dirname, name)

/** Fills a cache in a fresh process. */
export async function fillCache(mode: 'portal' | 'informer', kubeconfig: string, kinds: readonly string[]): Promise<CacheReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, file('child-cache.ts'), mode, kubeconfig, kinds.join(',')], { timeout: CHILD_MS, env: { ...process.env, LOG_LEVEL: 'error' } })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CacheReport
}

/** Wall time of `kubectl get machines -A -o json`, its output thrown away. */
export async function kubectlGet(kubectl: string, kubeconfig: string): Promise<number> {
  const began = performance.now()
  const child = spawn(kubectl, ['get', 'machines.cluster.x-k8s.io', '-A', '-o', 'json'], { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`kubectl ended with ${String(code)}`)
  return performance.now() - began
}

export interface Streams {
  readonly ask: <Answer extends StreamAnswer>(order: StreamOrder) => Promise<Answer>
  readonly end: () => void
}

/** The process that holds the streams. */
export function startStreams(): Streams {
  const child = fork(file('child-streams.ts'), [], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    ask: <Answer extends StreamAnswer>(order: StreamOrder) =>
      new Promise<Answer>((resolve, reject) => {
        const ended = (): void => reject(new Error('the process of the streams ended'))
        const timer = setTimeout(() => reject(new Error('the process of the streams does not answer')), CHILD_MS)
        child.once('exit', ended)
        child.once('message', (answer) => {
          clearTimeout(timer)
          child.off('exit', ended)
          resolve(answer as Answer)
        })
        child.send(order)
      }),
    end: () => void child.kill('SIGKILL'),
  }
}
