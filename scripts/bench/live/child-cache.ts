/**
 * A process of its own that fills a cache and says what that took: `<portal|informer> <kubeconfig> <Kind,Kind,...>`. The portal's is
 * Reflector, projection and hub as server/live/live.ts puts them together, views included.
 */
import { CustomObjectsApi, KubeConfig, makeInformer } from '@kubernetes/client-node'
import { Hub } from '@/server/live/hub'
import { Projection } from '@/server/live/projection'
import { startReflector } from '@/server/live/reflector'
import { trimmed } from '@/server/live/trim'
import { viewsOf } from '@/server/live/views'
import { createDiscovery } from '@/server/management/discovery'
import { KINDS, type KindName } from '@/server/management/kinds'
import { createSystemClient } from '@/server/management/system-client'
import { loadTransport } from '@/server/management/transport'
import { sleep } from './api'

export interface CacheReport {
  readonly heapBytes: number
  readonly syncMs: number
  readonly objects: number
}

const [mode, kubeconfig = '', names = ''] = process.argv.slice(2)
const kinds = names.split(',') as KindName[]
const collect = (): number => {
  for (let time = 0; time < 3; time++) (globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed
}

async function portal(): Promise<() => number> {
  const transport = loadTransport(kubeconfig)
  const client = createSystemClient(transport, createDiscovery(transport))
  const hub = new Hub(() => ({ state: 'live', lastContact: '' }))
  const projection = new Projection({
    viewsOf, publish: (tenant, upserts, removes) => hub.publish(tenant, upserts, removes), changed: () => undefined, hidden: () => undefined, renamed: () => undefined, warned: () => undefined, bindingChanged: () => undefined,
  })
  const { signal } = new AbortController()
  const reflectors = kinds.map((kind) => startReflector({ kind, client, sink: projection, trim: (object) => trimmed(kind, object), signal }))
  while (!reflectors.every(({ state }) => state.synced)) await sleep(5)
  projection.start()
  while (!projection.ready) await sleep(5)
  return () => reflectors.reduce((sum, { state }) => sum + state.objects, 0) + hub.streams
}

async function informers(): Promise<() => number> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const api = config.makeApiClient(CustomObjectsApi)
  const all = kinds.map((kind) => {
    const { group, plural, versions: [version = ''] } = KINDS[kind]
    return makeInformer(config, `/apis/${group}/${version}/${plural}`, () => api.listClusterCustomObject({ group, version, plural }))
  })
  await Promise.all(all.map((informer) => informer.start()))
  return () => all.reduce((sum, informer) => sum + informer.list().length, 0)
}

const before = collect()
const began = performance.now()
const objects = await (mode === 'portal' ? portal() : informers())
const syncMs = performance.now() - began
const report: CacheReport = { syncMs, heapBytes: collect() - before, objects: objects() }
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
