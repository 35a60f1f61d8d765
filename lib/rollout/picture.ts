import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'

/** One cluster with its machines, by uid, as the live cache sees it. */
export interface Picture {
  readonly cluster: ClusterView
  readonly machines: ReadonlyMap<string, MachineView>
}

/** A cluster's upgrade that was asked for in the portal and whose Operation is not at its end; 'unknown': not read yet whether there is one. */
export type OpenUpgrade = 'running' | 'paused' | 'unknown'

/** What the watches have just shown. `before` is null for what is met for the first time (a new cluster, or after a start). */
export interface Seen {
  readonly before: Picture | null
  /** null: the cluster is gone. */
  readonly after: Picture | null
  /** Left out: none. */
  readonly upgrade?: OpenUpgrade
}
