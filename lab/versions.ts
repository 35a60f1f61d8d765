/** What the lab runs. The Go modules in lab/go pin the same; binaries.ts checks that they agree. */
export const versions = {
  kubernetes: 'v1.35.4',
  etcd: 'v3.6.5',
  clusterApi: 'v1.13.6',
  capv: 'v1.16.1',
  ipam: 'v1.0.3',
  govmomi: 'v0.53.0',
  /** Its CRDs only. */
  kamajiProvider: 'v0.20.0',
} as const

/**
 * What profile `kamaji` runs instead. Kamaji v1.0.0 and its provider v0.11.0 are the newest pair that the Go module proxy has; they
 * know contract v1beta1 only, so CAPV is the last one that serves it alone.
 */
export const kamajiVersions = {
  capv: 'v1.14.0',
  kamaji: 'v1.0.0',
  kamajiProvider: 'v0.11.0',
} as const
