import type { Browser } from '@playwright/test'
import { CustomObjectsApi, KubeConfig, Watch } from '@kubernetes/client-node'
import type { Lab } from '@/lab/contract'
import type { Portal } from '../portal'
import { signInOn } from '@/e2e/support/test'
import { spread, type Section } from './figures'

const COUNT = 200
const EVERY_MS = 200
const TENANT = 'team-blue'
const MARK = /bench-(\d+)-/

interface Target { readonly lab: Lab; readonly portal: Portal; readonly browser: Browser }

/** From just before the patch is sent to its arrival: in Chromium through the portal, and at a raw watch. */
export async function eventLatency({ lab, portal, browser }: Target): Promise<Pick<Section, 'figures' | 'notes'>> {
  const config = new KubeConfig()
  config.loadFromFile(lab.adminKubeconfig)
  const custom = config.makeApiClient(CustomObjectsApi)
  const clusters = { group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: TENANT, plural: 'clusters' }
  // Paused, so that no controller overwrites what the bench writes into its status.
  await custom.createNamespacedCustomObject({
    ...clusters,
    body: {
      apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'bench', namespace: TENANT },
      spec: { paused: true, clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'VSphereCluster', name: 'bench' } },
    },
  })

  const sent: number[] = []
  const watched: number[] = []
  const watch = await new Watch(config).watch(`/apis/cluster.x-k8s.io/v1beta2/namespaces/${TENANT}/clusters`, {}, (_phase, object) => {
    const mark = MARK.exec(JSON.stringify(object))
    if (mark) watched[Number(mark[1])] ??= now()
  }, () => undefined)

  const page = await (await browser.newContext({ baseURL: portal.url })).newPage()
  await signInOn(page, lab, 'bea@tenantry.example')
  await page.goto('/healthz') // of the origin, and opens no stream of its own
  await page.evaluate((tenant) => {
    const arrivals: Record<string, number> = {}
    Object.assign(window, { arrivals })
    const source = new EventSource(`/api/t/${tenant}/stream`)
    source.addEventListener('changes', (event) => {
      const mark = /bench-(\d+)-/.exec((event as MessageEvent<string>).data)
      if (mark?.[1]) arrivals[mark[1]] ??= performance.timeOrigin + performance.now()
    })
    return new Promise<void>((resolve) => source.addEventListener('synced', () => resolve()))
  }, TENANT)

  for (let i = 0; i < COUNT; i++) {
    sent[i] = now()
    await custom.patchNamespacedCustomObjectStatus({
      ...clusters, name: 'bench',
      body: [{ op: 'add', path: '/status', value: { conditions: [{ type: 'InfrastructureReady', status: 'False', reason: 'Bench', message: `bench-${i}-`, lastTransitionTime: new Date().toISOString() }] } }],
    })
    await sleep(Math.max(0, EVERY_MS - (now() - sent[i]!)))
  }
  await sleep(2_000)
  const arrivals = await page.evaluate(() => (window as unknown as { arrivals: Record<string, number> }).arrivals)
  watch.abort()
  await page.context().close()
  await custom.patchNamespacedCustomObject({ ...clusters, name: 'bench', body: [{ op: 'remove', path: '/spec/paused' }] })
  await custom.deleteNamespacedCustomObject({ ...clusters, name: 'bench' })

  // A mark that a later one overtook within one message never arrived by itself; how many did is the sample count.
  const browserMs = Object.entries(arrivals).map(([i, at]) => at - sent[Number(i)]!)
  const watchMs = watched.map((at, i) => at - sent[i]!).filter(Number.isFinite)
  if (browserMs.length < COUNT / 2 || watchMs.length < COUNT / 2) throw new Error(`only ${browserMs.length} and ${watchMs.length} of ${COUNT} changes arrived`)
  return {
    figures: [{ name: 'Event, API server to browser', value: spread(browserMs), reference: `raw watch: ${spread(watchMs)}`, goal: '', met: null }],
    notes: `A condition of a paused Cluster is patched at the API server ${COUNT} times, 5 a second. Portal: the message of the tenant's one stream
arrives in Chromium. Reference: a raw watch of the same Clusters. Both count from just before the patch is sent.`,
  }
}

const now = () => performance.timeOrigin + performance.now()
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
