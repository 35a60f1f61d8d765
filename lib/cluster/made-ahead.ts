import type { ClusterSpec } from '@/lib/cluster/spec'
import { DEFAULT_SURGE } from '@/lib/node-pool/surge'

/** Machines of a new cluster that are made ahead when its machines are replaced: by each zone for itself. */
export const madeAhead = ({ pool }: Pick<ClusterSpec, 'pool'>): number => DEFAULT_SURGE * Math.max(1, pool.zones?.length ?? 0)

/** Every machine, and those made ahead. */
export const addressesNeeded = (spec: Pick<ClusterSpec, 'pool'>): number => spec.pool.replicas + madeAhead(spec)
