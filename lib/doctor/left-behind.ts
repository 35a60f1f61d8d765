import { stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { LastResort, Logs } from '@/lib/doctor/finding'

/** What is there although its cluster is gone. `name` is the former cluster's. */
export type LeftBehind = LeftBehindPlane | LeftBehindSecret

/**
 * A hosted control plane whose KamajiControlPlane, and with it the Cluster, is gone. Seen with Kamaji 1.0 while the datastore is away: Cluster API
 * finishes the deletion in seconds, and the TenantControlPlane stays with its Deployment, Service and Secrets until Kamaji has cleaned up.
 */
export interface LeftBehindPlane {
  readonly is: 'control-plane'
  /** Of the TenantControlPlane; the provider calls it as the control plane, which has the cluster's name. */
  readonly name: string
  readonly dataStore: string | null
  /** What still protects it. */
  readonly finalizers: readonly string[]
  /** RFC 3339: when it was asked to go. */
  readonly since: string
  readonly logs: Logs
}

/**
 * The Secret with a hosted control plane's sign-in at the datastore, kept by Kamaji's protection while its TenantControlPlane is gone. Kamaji
 * (controllers/resources.go, internal/resources/datastore) lets go of the TenantControlPlane first and of the Secret second, writes the second from
 * what it has read before, and gives up when the garbage collector was quicker: nobody looks at the Secret again (clastix/kamaji#491).
 */
export interface LeftBehindSecret {
  readonly is: 'secret'
  readonly name: string
  readonly secret: string
  /** RFC 3339: when it was asked to go. */
  readonly since: string
}

/** Kamaji's protection of the Secret (controllers/finalizers/tcp.go). */
export const SECRET_PROTECTION = 'finalizer.kamaji.clastix.io/datastore-secret'

/** How Kamaji calls the Secret (internal/resources/datastore/datastore_storage_config.go). */
export const datastoreSecret = (controlPlane: string): string => `${controlPlane}-datastore-config`

export const leftBehindPlane = (controlPlane: KubeObject): LeftBehindPlane => ({
  is: 'control-plane',
  name: controlPlane.metadata.name,
  dataStore: stringIn(controlPlane, 'status', 'storage', 'dataStoreName') ?? stringIn(controlPlane, 'spec', 'dataStore'),
  finalizers: controlPlane.metadata.finalizers ?? [],
  since: controlPlane.metadata.deletionTimestamp ?? '',
  logs: { namespace: 'kamaji-system', deployment: 'kamaji', about: controlPlane.metadata.name },
})

/** @param hosts whether there is a TenantControlPlane of the uid; while there is, Kamaji needs the Secret to clean up */
export function leftBehindSecret(name: string, { metadata }: Pick<KubeObject, 'metadata'>, hosts: (uid: string) => boolean): LeftBehindSecret | null {
  const { deletionTimestamp, finalizers = [], ownerReferences = [] } = metadata
  if (deletionTimestamp === undefined || !finalizers.includes(SECRET_PROTECTION) || ownerReferences.some(({ uid }) => hosts(uid))) return null
  return { is: 'secret', name, secret: metadata.name, since: deletionTimestamp }
}

export const letGoOfSecret = ({ secret }: LeftBehindSecret): LastResort => ({ act: 'left-behind', object: `Secret/${secret}`, keys: [SECRET_PROTECTION] })

/** Why no other cluster can have the name, in a sentence. */
export const stillThere = ({ is, name }: Pick<LeftBehind, 'is' | 'name'>): string =>
  is === 'control-plane' ? `The control plane of a former cluster ${name} is still there.` : `A Secret of a former cluster ${name} is still there.`

/** An ordinary deletion takes seconds. */
const WORTH_SAYING_MS = 60_000

export const isWorthSaying = ({ since }: LeftBehind, now: number): boolean => now - Date.parse(since) > WORTH_SAYING_MS
