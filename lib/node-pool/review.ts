import type { PoolFieldChange } from '@/lib/node-pool/difference'
import type { PoolSurroundings } from '@/lib/node-pool/rules'
import type { PoolReference } from '@/lib/node-pool/device'
import type { PoolSpec } from '@/lib/node-pool/spec'
import type { ZoneOption } from '@/lib/zone/option'
import type { DiffLine } from '@/lib/node-pool/yaml-diff'

/** What the form of a pool begins with. */
export interface PoolPageData {
  readonly cluster: string
  /** The MachineDeployment's; null for a new pool. */
  readonly uid: string | null
  readonly spec: PoolSpec
  /** Fields that the form has no place for, `Kind path`: a change keeps them. */
  readonly unknown: readonly string[]
  /** Why no machine can be made for it as it is: what replaces or adds none can be changed all the same. */
  readonly held: string | null
  /** Its machines keep the disk of their template’s snapshot, where that has one. */
  readonly linked: boolean
  readonly around: PoolSurroundings
  /** What the cluster's networks say is reached without a proxy. */
  readonly noProxy: readonly string[]
  /** VM templates that are offered for the pool's version. */
  readonly templates: readonly string[]
  /** Where the addresses of a network can come from. */
  readonly addressPools: readonly PoolReference[]
  /** Zones of the cluster's vCenter, also those that are not ready. */
  readonly zones: readonly ZoneOption[]
  /** Of a new pool: the one whose vCenter, network and addresses it begins with. */
  readonly copyOf: string | null
}

/** One object of a plan, with what of it differs; unchanged lines in between are left out. */
export interface ObjectDifference {
  readonly kind: string
  readonly name: string
  readonly what: 'new' | 'changed' | 'removed'
  readonly lines: readonly DiffLine[]
}

/** Whether the pool of addresses has what a plan needs. */
export interface AddressAnswer {
  readonly needed: number
  /** null: by DHCP, or not known. */
  readonly free: number | null
  readonly role: 'ok' | 'warn' | 'bad'
  readonly words: string
}

/** A plan as a person looks at it before anything is written. */
export interface PoolReview {
  readonly changes: readonly PoolFieldChange[]
  readonly summary: string
  readonly rolls: boolean
  readonly machinesReplaced: number
  /** Machines that are added (or removed: negative). */
  readonly grows: number
  readonly addresses: AddressAnswer
  readonly objects: readonly ObjectDifference[]
}
