/** A pool and the objects that the portal makes of it, as the API server gives them back. For tests. */
import type { KubeObject } from '@/lib/kubernetes/object'
import { healthCheck } from '@/lib/manifests/health-check'
import { bootstrapTemplate, fixedPools, machineDeployment, machineTemplate, templateRefs, type MachineFacts } from '@/lib/manifests/pool-objects'
import { NO_NODE_CONFIG } from '@/lib/node-config/spec'
import { NO_EXTRAS } from '@/lib/node-pool/extras'
import type { PoolSurroundings } from '@/lib/node-pool/rules'
import { defaultRepair, defaultTimeouts, type PoolSpec } from '@/lib/node-pool/spec'

export const place = { tenant: 'team-blue', cluster: 'blue-1', deployment: 'blue-1-general' }
export const facts: MachineFacts = { datacenter: 'DC0' }
export const general: PoolSpec = {
  name: 'general',
  size: { kind: 'fixed', replicas: 5 },
  version: 'v1.34.3',
  machine: { cpus: 4, memoryMiB: 8192, diskGiB: 60, template: 'ubuntu-1.34', network: 'VM Network', datastore: 'ds', folder: 'f', resourcePool: 'rp', ...NO_EXTRAS, addresses: { kind: 'pools', pools: [{ kind: 'InClusterIPPool', name: 'blue-1' }] }, nameservers: ['10.0.0.2'] },
  moreNetworks: [],
  labels: {},
  taints: [],
  node: NO_NODE_CONFIG,
  strategy: { kind: 'rolling', surge: 1, unavailable: 0 },
  timeouts: defaultTimeouts(),
  repair: defaultRepair(5),
  zones: [],
}
export const around: PoolSurroundings = { cluster: 'blue-1', pools: [], deployments: [], before: null, templateDisks: {}, zones: null, endpoint: null, addressPools: [] }

/** managedFields of an apply: every field that the object has, as the API server writes them for what is not a list. */
export function appliedBy(object: KubeObject, manager = 'tenantry', operation = 'Apply'): KubeObject {
  const fields = (value: unknown): Record<string, unknown> =>
    typeof value !== 'object' || value === null || Array.isArray(value) ? {} : Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, fields(inner)]))
  const { labels, annotations } = object.metadata
  const fieldsV1 = { 'f:metadata': fields({ ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }), 'f:spec': fields(object.spec) }
  const others = (object.metadata as { managedFields?: readonly unknown[] }).managedFields ?? []
  return { ...object, metadata: { ...object.metadata, managedFields: [...others, { manager, operation, apiVersion: object.apiVersion, fieldsType: 'FieldsV1', fieldsV1 }] } as KubeObject['metadata'] }
}

/** The objects of a pool that the portal made. */
export function made(pool: PoolSpec = general, at = place) {
  const machineTemplateObject = machineTemplate(pool, at, facts)
  const bootstrapTemplateObject = bootstrapTemplate(pool, at)
  const deployment = machineDeployment(pool, at, templateRefs({ machine: machineTemplateObject.metadata.name, bootstrap: bootstrapTemplateObject.metadata.name }))
  return {
    deployment: appliedBy(deployment),
    machineTemplates: [machineTemplateObject],
    bootstrapTemplates: [bootstrapTemplateObject],
    healthChecks: [healthCheck(pool, at)].filter((check) => check !== null),
    addressPools: fixedPools(pool, at),
  }
}
