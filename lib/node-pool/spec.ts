import { z } from 'zod'
import { nodeShape } from '@/lib/node-config/spec'
import { addressSource, deviceSettings, moreNetwork } from '@/lib/node-pool/device'
import { machineExtras } from '@/lib/node-pool/extras'
import { LEAVING, REPAIR_SHARE } from '@/lib/node-pool/defaults'

/** A number of machines, or a percentage of the pool's size: `1`, `25%`. */
const share = z.union([z.number().int(), z.string()])

/** Effects that a Node's taint can have. */
export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

const taint = z.object({ key: z.string(), value: z.string(), effect: z.enum(TAINT_EFFECTS) })

/**
 * One pool as a person asks for it. Shape only; the rules are in `lib/node-pool/rules.ts`. Times are in seconds, memory and
 * disk in MiB and GiB as vSphere takes them.
 */
export const poolShape = z.object({
  name: z.string(),
  size: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fixed'), replicas: z.number().int() }),
    /** The cluster autoscaler holds the size between both; nothing else writes it. */
    z.object({ kind: z.literal('autoscaled'), min: z.number().int(), max: z.number().int() }),
  ]),
  version: z.string(),
  machine: z.object({
    cpus: z.number().int(),
    memoryMiB: z.number().int(),
    diskGiB: z.number().int(),
    /** The VM template that is cloned. */
    template: z.string(),
    network: z.string(),
    /** null: what the zone says, or vCenter's default where there is only one. */
    datastore: z.string().nullable(),
    folder: z.string().nullable(),
    resourcePool: z.string().nullable(),
    ...machineExtras.shape,
    ...deviceSettings.shape,
    /** Of the first network; null: as it is there, in a way that the form has no words for. */
    addresses: addressSource.nullable(),
  }),
  moreNetworks: z.array(moreNetwork),
  /** Labels of the machines. Only some reach Nodes: see labelHints. */
  labels: z.record(z.string(), z.string()),
  taints: z.array(taint),
  node: nodeShape,
  strategy: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rolling'), surge: share, unavailable: share }),
    /** A machine is made anew only after somebody deletes it. */
    z.object({ kind: z.literal('on-delete') }),
  ]),
  timeouts: z.object({ drainSeconds: z.number().int(), volumeDetachSeconds: z.number().int(), deletionSeconds: z.number().int() }),
  repair: z.object({
    on: z.boolean(),
    nodeStartupSeconds: z.number().int(),
    unhealthySeconds: z.number().int(),
    /** More unhealthy machines than this, and none is repaired: then the fault is not theirs. */
    maxUnhealthy: share,
  }),
  /**
   * VSphereDeploymentZones that its machines are spread over, sorted; none: wherever the machine's own fields say. A
   * MachineDeployment has one failureDomain, so several zones are several of them: see `lib/node-pool/slices.ts`.
   */
  zones: z.array(z.string()),
})
export type PoolSpec = z.infer<typeof poolShape>
export type PoolSize = PoolSpec['size']
export type PoolStrategy = PoolSpec['strategy']
export type PoolRepair = PoolSpec['repair']
export type Taint = PoolSpec['taints'][number]

/**
 * Repair of a pool that is made with so many machines. Cluster API rounds the percentage DOWN
 * (internal/controllers/machinehealthcheck, getMaxUnhealthy): 40 % of one or two machines is none, and none would ever be
 * repaired. Small pools get the number 1 instead.
 */
export const defaultRepair = (machines: number): PoolRepair =>
  ({ on: true, nodeStartupSeconds: 600, unhealthySeconds: 300, maxUnhealthy: machines < 3 ? 1 : REPAIR_SHARE })

export const defaultTimeouts = (): PoolSpec['timeouts'] => ({ ...LEAVING })
