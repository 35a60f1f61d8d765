import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'

/** One cluster with its machines, by uid, as the live cache sees it. */
export interface Picture {
  readonly cluster: ClusterView
  readonly machines: ReadonlyMap<string, MachineView>
}

/** What the watches have just shown. `before` is null for what is met for the first time (a new cluster, or after a start). */
export interface Seen {
  readonly before: Picture | null
  /** null: the cluster is gone. */
  readonly after: Picture | null
}
