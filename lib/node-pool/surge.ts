/** Machines that Cluster API makes ahead when it replaces a pool's machines. Each needs an address of its own. */
export const DEFAULT_SURGE = 1

/**
 * maxSurge as a number of machines: a percentage of the desired size is rounded up
 * (cluster-api internal/controllers/machinedeployment/mdutil/util.go, MaxSurge). Unset is Cluster API's default.
 */
export function absoluteSurge(maxSurge: unknown, desired: number): number {
  if (typeof maxSurge === 'number' && Number.isInteger(maxSurge) && maxSurge >= 0) return maxSurge
  const percent = percentOf(maxSurge)
  return percent === null ? DEFAULT_SURGE : Math.ceil((percent * desired) / 100)
}

/** `25%` as 25; null for anything else. */
export function percentOf(share: unknown): number | null {
  const percent = typeof share === 'string' ? /^(\d{1,4})%$/.exec(share) : null
  return percent === null ? null : Number(percent[1])
}

/** A number of machines, or a percentage of a pool's size rounded down; null for anything else. */
export function roundedDown(share: unknown, desired: number): number | null {
  if (typeof share === 'number' && Number.isInteger(share) && share >= 0) return share
  const percent = percentOf(share)
  return percent === null ? null : Math.floor((percent * desired) / 100)
}

/**
 * How many machines a rolling change makes ahead and how many it lets go before their successors are ready. When both come out
 * as 0, Cluster API lets one go (mdutil/util.go, ResolveFenceposts). Machines that are leaving count until they are gone
 * (TotalMachineSetsReplicaSum takes status.replicas), so that a pool never holds more than its size and the surge.
 */
export function fenceposts(strategy: { readonly surge: unknown; readonly unavailable: unknown }, desired: number): { surge: number; unavailable: number } {
  const surge = absoluteSurge(strategy.surge, desired)
  const unavailable = roundedDown(strategy.unavailable, desired) ?? 0
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}
