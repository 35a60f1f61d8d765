import { dig, listIn, numberIn, stringIn, textsIn } from '@/lib/kubernetes/dig'
import { MAX_SIZE_ANNOTATION, MIN_SIZE_ANNOTATION } from '@/lib/manifests/autoscaler'
import { readNode } from '@/lib/node-config/read'
import { deviceOf } from '@/lib/node-pool/device'
import { LEAVING } from '@/lib/node-pool/defaults'
import { baseOf, bootstrapTemplateOf, healthCheckOf, type LivePool, machineTemplateOf, poolNameOf, zoneOf } from '@/lib/node-pool/live'
import { liveDevices, moreNetworksOf } from '@/lib/node-pool/networks'
import { isReservedLabel } from '@/lib/node-pool/rules/metadata'
import { defaultRepair, type PoolRepair, type PoolSize, type PoolSpec, type PoolStrategy, TAINT_EFFECTS, type Taint } from '@/lib/node-pool/spec'
import { unknownFields } from '@/lib/node-pool/unknown'

export interface ReadPool {
  readonly spec: PoolSpec
  /** Fields that the model has no place for, `Kind path`. A change keeps them: see planPoolChange. */
  readonly unknown: readonly string[]
}

/**
 * A pool's live objects as the form shows them: in contract v1beta1 or v1beta2, made by the portal, by the chart or by hand.
 * Nothing throws; what is not there is empty, 0 or off, and a timeout that is not set is 0, which means "for ever".
 */
export function readPool(live: LivePool): ReadPool {
  const { deployment } = live
  const replicas = numberIn(deployment, 'spec', 'replicas') ?? 1
  const template = machineTemplateOf(live)
  const machine = dig(template, 'spec', 'template', 'spec')
  const [base, pools] = [baseOf(deployment), live.addressPools ?? []]
  return {
    spec: {
      name: poolNameOf(deployment),
      size: sizeOf(textsIn(deployment.metadata, 'annotations'), replicas),
      version: stringIn(deployment, 'spec', 'template', 'spec', 'version') ?? '',
      machine: {
        cpus: numberIn(machine, 'numCPUs') ?? 0,
        memoryMiB: numberIn(machine, 'memoryMiB') ?? 0,
        diskGiB: numberIn(machine, 'diskGiB') ?? 0,
        template: stringIn(machine, 'template') ?? '',
        datastore: stringIn(machine, 'datastore'),
        folder: stringIn(machine, 'folder'),
        resourcePool: stringIn(machine, 'resourcePool'),
        storagePolicy: stringIn(machine, 'storagePolicyName'),
        ...deviceOf(liveDevices(template)[0], base, pools),
      },
      moreNetworks: [...(moreNetworksOf(template, base, pools) ?? [])],
      labels: givenLabels(live),
      taints: listIn(bootstrapTemplateOf(live), 'spec', 'template', 'spec', 'joinConfiguration', 'nodeRegistration', 'taints').flatMap(taintOf),
      node: readNode(dig(bootstrapTemplateOf(live), 'spec', 'template')).config,
      strategy: strategyOf(live),
      timeouts: timeoutsOf(live),
      repair: repairOf(live, replicas),
      zones: [zoneOf(deployment)].filter((zone) => zone !== null),
    },
    unknown: unknownFields(live),
  }
}

/** Autoscaled only with both annotations, as Cluster API has it (internal/webhooks/machinedeployment.go). */
function sizeOf(annotations: Readonly<Record<string, string>>, replicas: number): PoolSize {
  const [min, max] = [MIN_SIZE_ANNOTATION, MAX_SIZE_ANNOTATION].map((name) => annotations[name] ?? '')
  if (!/^\d{1,6}$/.test(min ?? '') || !/^\d{1,6}$/.test(max ?? '')) return { kind: 'fixed', replicas }
  return { kind: 'autoscaled', min: Number(min), max: Number(max) }
}

function givenLabels({ deployment }: LivePool): PoolSpec['labels'] {
  const selected = textsIn(deployment, 'spec', 'selector', 'matchLabels')
  return Object.fromEntries(Object.entries(textsIn(deployment, 'spec', 'template', 'metadata', 'labels')).filter(([key]) => !isReservedLabel(key) && !Object.hasOwn(selected, key)))
}

function taintOf(taint: unknown): Taint[] {
  const key = stringIn(taint, 'key')
  const effect = TAINT_EFFECTS.find((known) => known === stringIn(taint, 'effect'))
  return key === null || effect === undefined ? [] : [{ key, value: stringIn(taint, 'value') ?? '', effect }]
}

const shareOf = (value: unknown, otherwise: number | string): number | string => (typeof value === 'number' || typeof value === 'string' ? value : otherwise)

function strategyOf({ deployment }: LivePool): PoolStrategy {
  const strategy = dig(deployment, 'spec', 'rollout', 'strategy') ?? dig(deployment, 'spec', 'strategy')
  if (stringIn(strategy, 'type') === 'OnDelete') return { kind: 'on-delete' }
  return { kind: 'rolling', surge: shareOf(dig(strategy, 'rollingUpdate', 'maxSurge'), 1), unavailable: shareOf(dig(strategy, 'rollingUpdate', 'maxUnavailable'), 0) }
}

function timeoutsOf({ deployment }: LivePool): PoolSpec['timeouts'] {
  const spec = dig(deployment, 'spec', 'template', 'spec')
  const seconds = (field: string): number | null => numberIn(spec, 'deletion', `${field}Seconds`) ?? secondsOf(dig(spec, field))
  return {
    drainSeconds: seconds('nodeDrainTimeout') ?? 0,
    volumeDetachSeconds: seconds('nodeVolumeDetachTimeout') ?? 0,
    // The only one for which Cluster API has a bound of its own (internal/webhooks/machine.go).
    deletionSeconds: seconds('nodeDeletionTimeout') ?? LEAVING.deletionSeconds,
  }
}

function repairOf(live: LivePool, replicas: number): PoolRepair {
  const check = healthCheckOf(live)
  if (check === null) return { ...defaultRepair(replicas), on: false }
  const conditions = [...listIn(check, 'spec', 'checks', 'unhealthyNodeConditions'), ...listIn(check, 'spec', 'unhealthyConditions')]
  const waits = conditions.flatMap((condition) => {
    const wait = numberIn(condition, 'timeoutSeconds') ?? secondsOf(dig(condition, 'timeout'))
    return stringIn(condition, 'type') === 'Ready' && wait !== null ? [wait] : []
  })
  return {
    on: true,
    nodeStartupSeconds: numberIn(check, 'spec', 'checks', 'nodeStartupTimeoutSeconds') ?? secondsOf(dig(check, 'spec', 'nodeStartupTimeout')) ?? 600,
    unhealthySeconds: waits.length === 0 ? 300 : Math.max(...waits),
    // Unset is Cluster API's 100 % (defaultMaxUnhealthy).
    maxUnhealthy: shareOf(dig(check, 'spec', 'remediation', 'triggerIf', 'unhealthyLessThanOrEqualTo') ?? dig(check, 'spec', 'maxUnhealthy'), '100%'),
  }
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000_001, 'µs': 0.000_001, ns: 0.000_000_001 }

/** Whole seconds of a Go duration (`1h30m`, `10m0s`), rounded up; null for what is none. */
export function secondsOf(duration: unknown): number | null {
  if (typeof duration !== 'string' || duration.length > 60 || !/^(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|µs|ns))+$/.test(duration)) return null
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/g)]
  return Math.ceil(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0))
}
