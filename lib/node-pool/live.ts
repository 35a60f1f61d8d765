import { groupOf, recordIn, stringIn, textsIn } from '@/lib/kubernetes/dig'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, MANAGED_BY_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'

/** The objects of one pool as the API server gives them, in either contract. More templates and checks than the pool's do not hurt. */
export interface LivePool {
  readonly deployment: KubeObject
  /** VSphereMachineTemplates and KubeadmConfigTemplates of the cluster, superseded ones too. */
  readonly machineTemplates: readonly KubeObject[]
  readonly bootstrapTemplates: readonly KubeObject[]
  readonly healthChecks: readonly KubeObject[]
  /** InClusterIPPools: those with fixed addresses are the pool's. Where they were not read, such addresses are told as a pool's. */
  readonly addressPools?: readonly KubeObject[]
}

export const clusterOf = (deployment: KubeObject): string => stringIn(deployment, 'spec', 'clusterName') ?? stringIn(deployment.metadata.labels, CLUSTER_NAME_LABEL) ?? ''

/** The short name that the portal gave; else what the MachineDeployment's name has besides the cluster's. */
export function poolNameOf(deployment: KubeObject): string {
  const { name, labels } = deployment.metadata
  const prefix = `${clusterOf(deployment)}-`
  return labels?.[NODE_POOL_LABEL] ?? (name.startsWith(prefix) ? name.slice(prefix.length) : name)
}

/** `<cluster>-<pool>`: what names of the pool's objects begin with, in whichever zone. */
export const baseOf = (deployment: KubeObject): string => machineDeploymentName(clusterOf(deployment), poolNameOf(deployment))

export const isOurs = (object: KubeObject): boolean => object.metadata.labels?.[MANAGED_BY_LABEL] === 'tenantry'

/** The object that a field refers to: by group in v1beta2, by apiVersion in v1beta1. */
export interface Reference {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

export function referenceIn(value: unknown, ...path: readonly string[]): Reference | null {
  const kind = stringIn(value, ...path, 'kind')
  const name = stringIn(value, ...path, 'name')
  const apiGroup = stringIn(value, ...path, 'apiGroup') ?? groupOf({ apiVersion: stringIn(value, ...path, 'apiVersion') ?? '' })
  return kind === null || name === null ? null : { apiGroup, kind, name }
}

/** The VSphereDeploymentZone of a MachineDeployment's machines. */
export const zoneOf = (deployment: KubeObject): string | null => stringIn(deployment, 'spec', 'template', 'spec', 'failureDomain')

/** References to templates of a MachineDeployment or MachineSet. */
export const machineRef = (object: KubeObject): Reference | null => referenceIn(object, 'spec', 'template', 'spec', 'infrastructureRef')
export const bootstrapRef = (object: KubeObject): Reference | null => referenceIn(object, 'spec', 'template', 'spec', 'bootstrap', 'configRef')

const named = (objects: readonly KubeObject[], reference: Reference | null): KubeObject | null =>
  reference === null ? null : (objects.find(({ kind, metadata }) => kind === reference.kind && metadata.name === reference.name) ?? null)

export const machineTemplateOf = ({ deployment, machineTemplates }: LivePool): KubeObject | null => named(machineTemplates, machineRef(deployment))
export const bootstrapTemplateOf = ({ deployment, bootstrapTemplates }: LivePool): KubeObject | null => named(bootstrapTemplates, bootstrapRef(deployment))

/** The check of this pool alone: of its MachineDeployment, or of all of its zones'. One that selects more is not the pool's to change. */
export const healthCheckOf = ({ deployment, healthChecks }: LivePool): KubeObject | null =>
  healthChecks.find((check) => {
    const labels = textsIn(check, 'spec', 'selector', 'matchLabels')
    const own = labels[DEPLOYMENT_NAME_LABEL] === undefined ? labels[NODE_POOL_LABEL] === poolNameOf(deployment) && labels[CLUSTER_NAME_LABEL] === clusterOf(deployment) : labels[DEPLOYMENT_NAME_LABEL] === deployment.metadata.name
    return own && check.metadata.deletionTimestamp === undefined
  }) ?? null

export const templateContent = (template: KubeObject): Readonly<Record<string, unknown>> => recordIn(template, 'spec', 'template')
