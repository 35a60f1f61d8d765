import { stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { Logs } from '@/lib/doctor/finding'

/**
 * A hosted control plane whose KamajiControlPlane, and with it the Cluster, is gone. Seen with Kamaji 1.0 while the datastore is away: Cluster API
 * finishes the deletion in seconds, and the TenantControlPlane stays with its Deployment, Service and Secrets until Kamaji has cleaned up.
 */
export interface LeftBehind {
  /** Of the TenantControlPlane; the provider calls it as the control plane, which has the cluster's name. */
  readonly name: string
  readonly dataStore: string | null
  /** What still protects it. */
  readonly finalizers: readonly string[]
  /** RFC 3339: when it was asked to go. */
  readonly since: string
  readonly logs: Logs
}

export const leftBehindOf = (controlPlane: KubeObject): LeftBehind => ({
  name: controlPlane.metadata.name,
  dataStore: stringIn(controlPlane, 'status', 'storage', 'dataStoreName') ?? stringIn(controlPlane, 'spec', 'dataStore'),
  finalizers: controlPlane.metadata.finalizers ?? [],
  since: controlPlane.metadata.deletionTimestamp ?? '',
  logs: { namespace: 'kamaji-system', deployment: 'kamaji', about: controlPlane.metadata.name },
})

/** An ordinary deletion takes seconds. */
const WORTH_SAYING_MS = 60_000

export const isWorthSaying = ({ since }: LeftBehind, now: number): boolean => now - Date.parse(since) > WORTH_SAYING_MS
