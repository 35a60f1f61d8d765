/** Machines that Cluster API makes ahead when it replaces a pool's machines. Each needs an address of its own. */
export const DEFAULT_SURGE = 1

/**
 * maxSurge as a number of machines: a percentage of the desired size is rounded up
 * (cluster-api internal/controllers/machinedeployment/mdutil/util.go, MaxSurge). Unset is Cluster API's default.
 */
export function absoluteSurge(maxSurge: unknown, desired: number): number {
  if (typeof maxSurge === 'number' && Number.isInteger(maxSurge) && maxSurge >= 0) return maxSurge
  const percent = typeof maxSurge === 'string' ? /^(\d{1,4})%$/.exec(maxSurge) : null
  return percent === null ? DEFAULT_SURGE : Math.ceil((Number(percent[1]) * desired) / 100)
}
