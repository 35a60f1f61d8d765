import { signIn } from '@/e2e/process/sign-in'
import type { Lab, LabPartName } from '@/lab/contract'
import type { Portal } from '../portal'
import { mib, ms, percentile, spread, type Figure, type Section } from './figures'
import { now, openApi, sleep, type Api } from './live/api'
import { fillCache, kubectlGet, startStreams, type Streams } from './live/children'
import { collection, fill, makeSeed, PER_MACHINE, type Fleet } from './live/fleet'

/** Per tenant as many streams as one account's two sessions may hold. */
const SIZE = { tenants: 20, clusters: 200, machines: 10_000 }
const STREAMS = 2_000
const PER_SESSION = 50
const CHANGES_A_SECOND = 50
const LOAD_SECONDS = 60
const ROUNDS = 3
const MEMBER = 'bea@tenantry.example'
/** What would change or remove what the bench writes. */
const CONTROLLERS: readonly LabPartName[] = ['capi', 'capv', 'kubeadm-bootstrap', 'ipam', 'kamaji', 'node-agent', 'kube-controller-manager']

interface Target {
  readonly lab: Lab
  readonly kubectl: string
  readonly newPortal: () => Promise<Portal>
  readonly onProgress: (line: string) => void
}

/** The figures of the live engine: caches in processes of their own, then 2,000 streams over HTTP while objects change. */
export async function liveEngine({ lab, kubectl, newPortal, onProgress }: Target): Promise<Pick<Section, 'figures' | 'notes'>> {
  const api = await openApi(lab.adminKubeconfig)
  try {
    onProgress('live: a real cluster to copy')
    const seed = await makeSeed(api)
    await quieten(lab, api)
    onProgress(`live: ${SIZE.machines * PER_MACHINE.length} objects of ${SIZE.machines} machines`)
    const fleet = await fill(api, seed, SIZE, MEMBER, (line) => onProgress(`live: ${line}`))
    await sleep(5_000)
    const figures = [...(await cacheFigures(lab, kubectl, onProgress)), ...(await streamFigures(lab, api, fleet, newPortal, onProgress))]
    return { figures, notes: NOTES }
  } finally {
    await api.close()
  }
}

/** Webhooks of controllers that no longer run would refuse every write. */
async function quieten(lab: Lab, api: Api): Promise<void> {
  for (const part of CONTROLLERS) await lab.kill(part)
  for (const kind of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']) await api.send('DELETE', `/apis/admissionregistration.k8s.io/v1/${kind}`)
}

const goal = (name: string, value: string, reference: string, words: string, met: boolean): Figure => ({ name, value, reference, goal: words, met })
const median = (values: readonly number[]): number => percentile(values, 50)

async function cacheFigures(lab: Lab, kubectl: string, onProgress: Target['onProgress']): Promise<Figure[]> {
  const synced: number[] = []
  const fetched: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    onProgress(`live: cold sync, round ${round + 1} of ${ROUNDS}`)
    fetched.push(await kubectlGet(kubectl, lab.adminKubeconfig))
    synced.push((await fillCache('portal', lab.portalKubeconfig, ['Namespace', 'Cluster', 'Machine'])).syncMs)
  }
  onProgress('live: heaps')
  const ours = await fillCache('portal', lab.portalKubeconfig, ['Namespace', 'Cluster', ...PER_MACHINE])
  const theirs = await fillCache('informer', lab.portalKubeconfig, PER_MACHINE)
  const [syncRatio, heapRatio] = [median(synced) / median(fetched), ours.heapBytes / theirs.heapBytes]
  return [
    goal('Heap for 40,000 objects', `${mib(ours.heapBytes)} (${ours.objects} objects, views included)`, `makeInformer: ${mib(theirs.heapBytes)} (${theirs.objects} objects)`, `<= 0.35x; is ${heapRatio.toFixed(2)}x`, heapRatio <= 0.35),
    goal('Cold sync of 10,000 machines', ms(median(synced)), `kubectl get machines -A -o json: ${ms(median(fetched))}`, `<= 0.8x; is ${syncRatio.toFixed(2)}x`, syncRatio <= 0.8),
  ]
}

async function streamFigures(lab: Lab, api: Api, fleet: Fleet, newPortal: Target['newPortal'], onProgress: Target['onProgress']): Promise<Figure[]> {
  onProgress('live: portal')
  const portal = await newPortal()
  const streams = startStreams()
  try {
    const duringSync = await scrape(portal)
    onProgress('live: sign-in')
    const account = lab.accounts.find(({ email }) => email === MEMBER)
    if (!account) throw new Error(`${MEMBER} is no account of the lab`)
    const cookies: string[] = []
    for (let count = 0; count < STREAMS / PER_SESSION; count++) cookies.push(await signIn(portal.url, account))
    onProgress(`live: ${CHANGES_A_SECOND} changes a second for ${LOAD_SECONDS} s, without streams`)
    await change(api, fleet, 'alone')
    await sleep(10_000)
    const before = await scrape(portal)
    onProgress(`live: ${STREAMS} streams`)
    await streams.ask({ open: { url: portal.url, streams: Array.from({ length: STREAMS }, (_, index) => [cookies[Math.floor(index / PER_SESSION)]!, fleet.tenants[index % fleet.tenants.length]!] as const) } })
    await sleep(15_000)
    const opened = await scrape(portal)
    onProgress(`live: ${CHANGES_A_SECOND} changes a second for ${LOAD_SECONDS} s`)
    const { sent, watched } = await change(api, fleet, 'mark')
    const after = await scrape(portal)
    const { arrivals, closed } = await streams.ask<{ arrivals: readonly Readonly<Record<string, number>>[]; closed: number }>({ report: true })
    const added = arrivals.flatMap((own) => Object.entries(own).map(([mark, at]) => at - (watched[Number(mark)] ?? Number.NaN))).filter(Number.isFinite)
    const expected = (sent.length * STREAMS) / fleet.tenants.length
    const marks = arrivals.reduce((sum, own) => sum + Object.keys(own).length, 0)
    if (added.length < expected * 0.9) throw new Error(`${marks} of ${expected} changes arrived, ${Object.keys(watched).length} of ${sent.length} at the raw watch; ${closed} streams closed`)
    const raw = watched.map((at, mark) => at - sent[mark]!).filter(Number.isFinite)
    const perStream = (after.rss - before.rss) / STREAMS
    const [p50, p99] = [percentile(added, 50), percentile(added, 99)]
    const [resumed, revoked] = await endings(api, fleet, streams, onProgress)
    return [
      goal(`Added latency, object change to browser, ${STREAMS.toLocaleString('en')} streams, ${CHANGES_A_SECOND} changes/s`, spread(added), `raw watch, from the write: ${spread(raw)}`, 'p50 <= 150 ms, p99 <= 250 ms over it', p50 <= 150 && p99 <= 250),
      goal('Event-loop delay p99 during sync of all kinds', ms(duringSync.lagP99), '-', '<= 50 ms', duringSync.lagP99 <= 50),
      goal('Event-loop delay p99 under load', ms(after.lagP99), '-', '<= 50 ms', after.lagP99 <= 50),
      goal('Memory per stream', `${(perStream / 1024).toFixed(0)} KiB (after opening ${((opened.rss - before.rss) / STREAMS / 1024).toFixed(0)} KiB)`, '-', '<= 64 KiB', perStream <= 64 * 1024),
      { name: 'Streams lost under load', value: String(closed), reference: '-', goal: '0', met: closed === 0 },
      resumed, revoked,
    ]
  } finally {
    streams.end()
    await portal.stop()
  }
}

/** Writes a mark into the status of one cluster after the other, and sees each again at a raw watch. */
async function change(api: Api, fleet: Fleet, word: 'alone' | 'mark'): Promise<{ sent: number[]; watched: number[] }> {
  const [sent, watched]: [number[], number[]] = [[], []]
  const stop = new AbortController()
  await api.watch(`${collection('Cluster')}?watch=true`, (line) => {
    const mark = new RegExp(`${word}-(\\d+)-`).exec(line)?.[1]
    if (mark !== undefined) watched[Number(mark)] ??= now()
  }, stop.signal)
  await sleep(1_000)
  const writes: Promise<unknown>[] = []
  const began = now()
  for (let index = 0; index < CHANGES_A_SECOND * LOAD_SECONDS; index++) {
    await sleep(Math.max(0, began + (index * 1_000) / CHANGES_A_SECOND - now()))
    // Tenant after tenant, cluster after cluster: a later mark must not overtake an earlier one of the same cluster.
    const [tenant, name] = fleet.clusters[((index % SIZE.tenants) * (SIZE.clusters / SIZE.tenants) + Math.floor(index / SIZE.tenants)) % fleet.clusters.length]!
    sent[index] = now()
    const status = { conditions: [{ type: 'InfrastructureReady', status: 'False', reason: 'Bench', message: `${word}-${index}-`, lastTransitionTime: new Date().toISOString() }] }
    writes.push(api.send('PATCH', `${collection('Cluster', tenant)}/${name}/status`, { status }, 'application/merge-patch+json'))
  }
  const refused = (await Promise.allSettled(writes)).filter(({ status }) => status === 'rejected')
  if (refused.length > writes.length / 20) throw new Error(`${refused.length} of ${writes.length} changes were not taken: ${String((refused[0] as PromiseRejectedResult).reason)}`)
  await sleep(2_000)
  stop.abort()
  return { sent, watched }
}

async function endings(api: Api, fleet: Fleet, streams: Streams, onProgress: Target['onProgress']): Promise<[Figure, Figure]> {
  onProgress('live: dropped streams, revoked binding')
  const [dropped = '', revoked = ''] = fleet.tenants
  const { resumedMs, snapshots } = await streams.ask<{ resumedMs: readonly number[]; snapshots: number }>({ drop: dropped })
  const ended = streams.ask<{ revokedAt: readonly (number | null)[] }>({ ends: revoked })
  const deleted = now()
  await api.send('DELETE', `/apis/rbac.authorization.k8s.io/v1/namespaces/${revoked}/rolebindings/member`)
  const took = (await ended).revokedAt.map((at) => (at === null ? Infinity : at - deleted))
  const worst = (values: readonly number[]): number => Math.max(...values)
  return [
    goal(`Resume after a dropped stream, ${resumedMs.length} at once`, `worst ${ms(worst(resumedMs))} (${snapshots} snapshots)`, '-', '<= 2 s', worst(resumedMs) <= 2_000),
    goal(`Revoked after the binding is deleted, ${took.length} streams`, `worst ${ms(worst(took))}`, '-', '<= 5 s', worst(took) <= 5_000),
  ]
}

/** Resident memory, and the event loop's delay since the last scrape. Its timer fires every 10 ms, which is no delay. */
async function scrape(portal: Portal): Promise<{ rss: number; lagP99: number }> {
  const text = await (await fetch(`${portal.url}/metrics`)).text()
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  return { rss: value('process_resident_memory_bytes'), lagP99: Math.max(0, value('nodejs_eventloop_lag_p99_seconds') * 1_000 - 10) }
}

const NOTES = `
The objects are those of one real cluster of the lab, multiplied under new names, uids and times and written into its kube-apiserver with
their real CRDs: ${SIZE.tenants} tenants, ${SIZE.clusters} clusters, 10,000 each of ${PER_MACHINE.join(', ')}. Its controllers are stopped and their webhooks removed. Everything
runs on this one machine: etcd, kube-apiserver, the portal's production build, the writer and the process that reads the streams.

- **Added latency**: conditions of Clusters are patched, ${CHANGES_A_SECOND} a second for ${LOAD_SECONDS} s over all tenants; each stream's message against the same change at
  a raw watch. Every one of a tenant's streams counts.
- **Heap**: after a forced collection, in processes of their own. Portal: Reflector, projection with every view, hub. Reference: client-node's
  informers of the same four kinds.
- **Cold sync**: Reflector and projection in a process of their own, from the first request to the last view; kubectl as a process, its
  output thrown away; median of ${ROUNDS} rounds in turn.
- **Event loop**: from /metrics, since the scrape before, without its timer's own 10 ms; "sync" is the portal's start on all of these objects.
- **Memory per stream**: resident memory after the load with the streams less that after the same load without any, over ${STREAMS.toLocaleString('en')}: what
  the changes themselves take (the memory of changes, the heap's own slack) is no stream's.
`
