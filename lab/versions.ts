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
