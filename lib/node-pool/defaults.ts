/**
 * Bounds of a machine's leaving, in seconds. Cluster API's defaults wait for ever, so one disruption budget that allows no
 * eviction would hold a change, and a volume that never detaches a deletion.
 */
export const LEAVING = { drainSeconds: 600, volumeDetachSeconds: 300, deletionSeconds: 10 } as const

/** Share of unhealthy machines up to which they are repaired. */
export const REPAIR_SHARE = '40%'
