import { numberIn, recordIn, stringIn, textsIn, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { MAX_SIZE_ANNOTATION, MIN_SIZE_ANNOTATION } from '@/lib/manifests/autoscaler'
import { CLUSTER_NAME_LABEL, MANAGED_BY_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import { isApplied } from '@/lib/manifests/ownership'
import { type Carried, machineDeployment, type PoolPlace } from '@/lib/manifests/pool-objects'
import { bootstrapRef, clusterOf, isOurs, machineRef, poolNameOf, type Reference } from '@/lib/node-pool/live'
import { isReservedLabel } from '@/lib/node-pool/rules/metadata'
import type { PoolSize, PoolSpec } from '@/lib/node-pool/spec'

export const placeOf = (deployment: KubeObject): PoolPlace => ({ tenant: deployment.metadata.namespace ?? '', cluster: clusterOf(deployment), deployment: deployment.metadata.name })

export const sizeNow = (deployment: KubeObject): number => numberIn(deployment, 'spec', 'replicas') ?? 1

/**
 * The size to put into an apply, or undefined to leave it out. Measured on a real API server, and the reason for each line:
 *
 * - Sizes change through the scale subresource (decision 4), so an apply never takes a size over.
 * - But an apply that leaves out what the last apply set takes it away, and Cluster API's webhook then fills in ONE machine
 *   (internal/webhooks/machinedeployment.go, calculateMachineDeploymentReplicas). The create sets the size; while nobody has
 *   scaled since, the portal's apply still owns it, and the live size must be repeated.
 * - After a scale the field belongs to it. Left out, it stays; repeated with another value, it is a conflict, which is what
 *   guards a plan made on an outdated size.
 * - With both autoscaler annotations in the same apply the webhook keeps the live size within min and max, so it is left out.
 * - Without managedFields nobody can tell: repeating is right either way.
 */
export function appliedReplicas(deployment: KubeObject, size: PoolSize): number | undefined {
  if (size.kind === 'autoscaled' || isApplied(deployment, ['spec', 'replicas']) === false) return undefined
  return sizeNow(deployment)
}

/** A restart that is under way would turn back if an apply took its moment away. */
function appliedRestart(deployment: KubeObject): string | undefined {
  const after = stringIn(deployment, 'spec', 'rollout', 'after') ?? stringIn(deployment, 'spec', 'rolloutAfter')
  const applied = [['spec', 'rollout', 'after'], ['spec', 'rolloutAfter']].map((path) => isApplied(deployment, path))
  return after === null || applied.every((is) => is === false) ? undefined : after
}

export interface References {
  readonly bootstrap: Readonly<Record<string, unknown>>
  readonly infrastructure: Readonly<Record<string, unknown>>
}

/** As they are, in v1beta2's spelling. */
export function referencesOf(deployment: KubeObject): References {
  const spelled = (reference: Reference | null) => (reference === null ? {} : { ...reference })
  const config = bootstrapRef(deployment)
  return {
    bootstrap: config === null ? recordIn(deployment, 'spec', 'template', 'spec', 'bootstrap') : { configRef: spelled(config) },
    infrastructure: spelled(machineRef(deployment)),
  }
}

/** The live MachineDeployment with another spec: every field that an apply of the portal has, and no more. */
export function renderDeployment(deployment: KubeObject, wanted: PoolSpec, references: References, restart?: string): KubeObject {
  const selected = textsIn(deployment, 'spec', 'selector', 'matchLabels')
  const machineLabels = Object.fromEntries(
    Object.entries(textsIn(deployment, 'spec', 'template', 'metadata', 'labels')).filter(([key]) => isReservedLabel(key) || Object.hasOwn(selected, key)),
  )
  const carried: Carried = {
    selector: recordIn(deployment, 'spec', 'selector'),
    // Cluster API's webhook adds the cluster's label; the MachineSets add those of their own to their Machines.
    machineLabels,
    labels: { [NODE_POOL_LABEL]: poolNameOf(deployment) },
    replicas: appliedReplicas(deployment, wanted.size),
    rolloutAfter: restart ?? appliedRestart(deployment),
  }
  const object = machineDeployment(wanted, placeOf(deployment), references, carried)
  if (isOurs(deployment)) return object
  // What another tool made stays marked as its own.
  const labels = textsIn(deployment.metadata, 'labels')
  const kept = [CLUSTER_NAME_LABEL, MANAGED_BY_LABEL, NODE_POOL_LABEL].filter((key) => Object.hasOwn(labels, key))
  return withAt(object, ['metadata', 'labels'], Object.fromEntries(kept.map((key) => [key, labels[key]])))
}

const MACHINE = ['spec', 'template', 'spec'] as const
const TIMEOUTS: Readonly<Record<string, string>> = { drainSeconds: 'nodeDrainTimeout', volumeDetachSeconds: 'nodeVolumeDetachTimeout', deletionSeconds: 'nodeDeletionTimeout' }

/** Where the MachineDeployment has a field of the PoolSpec, in both contracts: managedFields are in the one that was written. */
export function pathsInDeployment(path: string): readonly (readonly string[])[] {
  const [field = '', ...rest] = path.split('.')
  const timeout = TIMEOUTS[rest[0] ?? ''] ?? ''
  switch (field) {
    case 'version': return [[...MACHINE, 'version']]
    case 'zones': return [[...MACHINE, 'failureDomain']]
    case 'moreNetworks':
    case 'machine': return [[...MACHINE, 'infrastructureRef', 'name']]
    case 'taints':
    case 'node': return [[...MACHINE, 'bootstrap', 'configRef', 'name']]
    case 'labels': return [['spec', 'template', 'metadata', 'labels', rest.join('.')]]
    case 'timeouts': return [[...MACHINE, 'deletion', `${timeout}Seconds`], [...MACHINE, timeout]]
    case 'strategy': return [['spec', 'rollout'], ['spec']].flatMap((at) => [['type'], ['rollingUpdate', 'maxSurge'], ['rollingUpdate', 'maxUnavailable']].map((of) => [...at, 'strategy', ...of]))
    // Not replicas: a size belongs to whoever scaled last, and the scale subresource asks nobody.
    case 'size': return [MIN_SIZE_ANNOTATION, MAX_SIZE_ANNOTATION].map((annotation) => ['metadata', 'annotations', annotation])
    default: return []
  }
}
