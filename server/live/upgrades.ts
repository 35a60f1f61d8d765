import 'server-only'
import type { LiveView, Removal } from '@/lib/live/event'
import { same } from '@/lib/live/reduce'
import type { OpenUpgrade, Picture } from '@/lib/rollout/picture'
import { isOpen, type UpgradeView } from '@/lib/upgrade/view'
import type { UpgradeStore } from '@/server/db/upgrades'
import { log } from '@/server/log'

/** Whichever replica works on an upgrade, all look at its row this often. */
const LOOK_MS = 1_000
const READ_AT_ONCE = 500

export interface UpgradesOptions {
  readonly store: UpgradeStore
  readonly publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void
  /** A cluster's upgrade began, was paused, goes on or ended. */
  readonly changed: (clusterUid: string) => void
  readonly signal: AbortSignal
}

/**
 * Keeps the upgrade of each cluster on the streams: a person who looks at the cluster sees what another one asked for, through whichever
 * replica. While the database is away what was read last is shown.
 */
export class Upgrades {
  /** By uid, as last read; null: none was ever asked for. Without an entry it was not read yet. */
  private readonly known = new Map<string, UpgradeView | null>()
  /** Clusters that are seen, by uid, with their tenants. */
  private readonly clusters = new Map<string, string>()
  private looks: Promise<void> = Promise.resolve()
  private looking = false
  private away = false

  constructor(private readonly options: UpgradesOptions) {
    const timer = setInterval(() => void (this.looking || this.look()), LOOK_MS).unref()
    options.signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  /** Takes notice of clusters that come and go. */
  changed(before: Picture | null, after: Picture | null): void {
    if (before && before.cluster.uid !== after?.cluster.uid) this.forget(before.cluster.uid)
    if (after) this.clusters.set(after.cluster.uid, after.cluster.tenant)
  }

  forget(clusterUid: string): void {
    const tenant = this.clusters.get(clusterUid)
    this.clusters.delete(clusterUid)
    if (this.known.get(clusterUid)) this.options.publish(tenant ?? '', [], [{ kind: 'upgrade', id: clusterUid }])
    this.known.delete(clusterUid)
  }

  /** What the cluster's story has to know of it; null: none is open. */
  of(clusterUid: string): OpenUpgrade | null {
    const view = this.known.get(clusterUid)
    if (view === undefined) return 'unknown'
    return view?.state === 'running' || view?.state === 'paused' ? view.state : null
  }

  /** Reads them now: what was written before the call is on the streams when it resolves, unless the database is away. */
  look(): Promise<void> {
    return (this.looks = this.looks.then(async () => {
      this.looking = true
      await this.read().then(() => void (this.away = false), (error: unknown) => this.complain(error))
      this.looking = false
    }))
  }

  private async read(): Promise<void> {
    const { store, signal } = this.options
    if (signal.aborted) return
    const open = await store.open()
    const stillOpen = new Set(open.map(({ uid }) => uid))
    for (const view of open) this.show(view)
    // Those that have ended since the last look, and those of clusters that were never asked about.
    const due = [...this.clusters.keys()].filter((uid) => {
      const view = this.known.get(uid)
      return !stillOpen.has(uid) && (view === undefined || (view !== null && isOpen(view)))
    })
    for (let first = 0; first < due.length; first += READ_AT_ONCE) {
      const uids = due.slice(first, first + READ_AT_ONCE)
      const latest = new Map((await store.latest(uids)).map((view) => [view.uid, view]))
      for (const uid of uids) {
        const view = latest.get(uid)
        if (view) this.show(view)
        else if (this.clusters.has(uid)) this.known.set(uid, null)
      }
    }
  }

  private show(view: UpgradeView): void {
    const { uid, tenant } = view
    const before = this.known.get(uid)
    if (!this.clusters.has(uid) || same(before, view)) return
    this.known.set(uid, view)
    this.options.publish(tenant, [view], [])
    if (before?.state !== view.state) this.options.changed(uid)
  }

  private complain(error: unknown): void {
    if (!this.away && !this.options.signal.aborted) log.warn({ event: 'upgrade.read', err: error }, 'upgrades could not be read')
    this.away = true
  }
}
