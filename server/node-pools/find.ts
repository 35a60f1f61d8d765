import 'server-only'
import { findIdentity } from '@/lib/identity/select'
import { sameVersion } from '@/lib/kubernetes/version'
import type { AddressPoolView, ClusterView } from '@/lib/cluster/view'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { VSphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { lastPool } from '@/lib/node-pool/last'
import { clusterOf, type LivePool, poolNameOf } from '@/lib/node-pool/live'
import type { Owner } from '@/lib/node-pool/change'
import { type PoolGroup, readGroup } from '@/lib/node-pool/group'
import type { ReadPool } from '@/lib/node-pool/read'
import type { PoolSurroundings } from '@/lib/node-pool/rules'
import { FIXED_POOL, type PoolReference } from '@/lib/node-pool/device'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { readyZones } from '@/lib/zone/option'
import { failure, notFound } from '@/server/failure'
import { listSharedPools } from '@/server/addresses/list'
import { listIdentities } from '@/server/identities/list'
import { clusterZones } from '@/server/zones/list'
import type { UserClient } from '@/server/management/user-client'
import type { Asker } from '@/server/operations/asker'

/** A pool as the API server has it right now, read as the person: never from the live cache, which trims managedFields. */
export interface FoundPool {
  readonly cluster: ClusterView
  readonly owner: Owner
  /** One MachineDeployment, or one for each zone; the first by name leads, and its uid stands for the pool. */
  readonly group: PoolGroup
  readonly live: LivePool
  readonly read: ReadPool
}

/** @throws AppError 'not-found' | 'conflict' while the cluster is being deleted */
export function findCluster(ctx: Asker, name: string): ClusterView {
  const cluster = ctx.cluster(name)
  if (!cluster) throw notFound(`The cluster ${JSON.stringify(name)}`)
  if (cluster.deletingSince) throw failure('conflict', `${name} is being deleted.`)
  return cluster
}

/** @param pool its short name */
export async function findPool(ctx: Asker, client: UserClient, clusterName: string, pool: string): Promise<FoundPool> {
  const cluster = findCluster(ctx, clusterName)
  const [deployments, templates] = await Promise.all([deploymentsOf(client, ctx.tenant, clusterName), templatesOf(client, ctx.tenant)])
  const [live, ...others] = deployments
    .filter((deployment) => poolNameOf(deployment) === pool)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((deployment) => ({ deployment, ...templates }))
  if (live === undefined) throw notFound(`The pool ${JSON.stringify(pool)} of ${JSON.stringify(clusterName)}`)
  const group: PoolGroup = [live, ...others]
  return { cluster, owner: { name: cluster.name, uid: cluster.uid }, group, live, read: readGroup(group) }
}

/** A pool that was made a moment ago is not among the views yet. */
export const deploymentOf = (cluster: ClusterView, pool: string): string => cluster.pools.find(({ name }) => name === pool)?.machineDeployment ?? machineDeploymentName(cluster.name, pool)

/** Those of the whole tenant: a template that was made by hand need not say whose it is. */
export async function templatesOf(client: UserClient, tenant: string): Promise<Omit<LivePool, 'deployment'>> {
  const [machineTemplates, bootstrapTemplates, healthChecks, addressPools] = await Promise.all([
    client.list('VSphereMachineTemplate', tenant), client.list('KubeadmConfigTemplate', tenant), client.list('MachineHealthCheck', tenant), client.list('InClusterIPPool', tenant),
  ])
  return { machineTemplates, bootstrapTemplates, healthChecks, addressPools }
}

/** MachineDeployments of the cluster, oldest first. */
export async function deploymentsOf(client: UserClient, tenant: string, cluster: string): Promise<readonly KubeObject[]> {
  const all = await client.list('MachineDeployment', tenant)
  const own = all.filter((deployment) => clusterOf(deployment) === cluster && !deployment.metadata.deletionTimestamp)
  return own.toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
}

/** What a new pool can begin from: the cluster's pools, oldest first; without any, what the last one left. */
export async function modelsOf(client: UserClient, tenant: string, cluster: string): Promise<{ readonly deployments: readonly KubeObject[]; readonly models: readonly LivePool[] }> {
  const [deployments, templates] = await Promise.all([deploymentsOf(client, tenant, cluster), templatesOf(client, tenant)])
  const last = deployments.length === 0 ? lastPool({ tenant, cluster }, templates) : null
  return { deployments, models: last === null ? deployments.map((deployment) => ({ deployment, ...templates })) : [last] }
}

/**
 * What the rules of a pool need to know.
 * @param before as it is now; null for a new pool
 */
export function surroundingsOf(ctx: Asker, cluster: ClusterView, before: PoolSpec | null, deployments: readonly KubeObject[] = []): PoolSurroundings {
  const own = new Set(before === null ? [] : [deploymentOf(cluster, before.name), ...(cluster.pools.find(({ name }) => name === before.name)?.zones ?? []).map(({ machineDeployment }) => machineDeployment)])
  const elsewhere = Object.values(ctx.state().clusters).flatMap(({ pools }) => pools.flatMap(({ machineDeployment, zones = [] }) => [machineDeployment, ...zones.map((zone) => zone.machineDeployment)]))
  const names = new Set([...cluster.pools.map(({ name }) => name), ...deployments.map(poolNameOf)])
  if (before !== null) names.delete(before.name)
  return { cluster: cluster.name, pools: [...names], deployments: [...new Set(elsewhere)].filter((name) => !own.has(name)), before, templateDisks: templateDisks(offerOf(ctx, cluster)?.templates ?? []), zones: readyZones(clusterZones(ctx, cluster)), endpoint: cluster.endpoint?.host ?? null, addressPools: ownPools(cluster) }
}

/** null where the cluster's identity is not offered to the tenant. */
const offerOf = (ctx: Asker, { identity }: ClusterView): VSphereOffer | null => (identity === null ? null : (findIdentity(listIdentities(ctx.tenant), identity)?.offer ?? null))

/** GiB by name, of those whose offer says it. */
const templateDisks = (templates: VSphereOffer['templates']): Readonly<Record<string, number>> => Object.fromEntries(templates.flatMap(({ name, diskGiB }) => (diskGiB === undefined ? [] : [[name, diskGiB]])))

/** Names of the VM templates that the cluster's identity is offered with for a version. */
export function offeredTemplates(ctx: Asker, cluster: ClusterView, version: string): readonly string[] {
  return offerOf(ctx, cluster)?.templates.filter((template) => sameVersion(template.version, version)).map(({ name }) => name) ?? []
}

const ownPools = ({ addresses }: ClusterView): readonly AddressPoolView[] => [...(addresses.kind === 'pool' ? [addresses] : []), ...(addresses.more ?? [])].filter(({ shared }) => !shared)

/** Address pools that its machines can take addresses from: its own, but for those of one node pool, and the platform's shared ones. */
export function poolsFor(ctx: Asker, cluster: ClusterView): readonly PoolReference[] {
  const own = ownPools(cluster).filter(({ pool }) => !FIXED_POOL.test(pool))
  return [...own.map(({ pool }) => ({ kind: 'InClusterIPPool', name: pool }) as const), ...listSharedPools(ctx.tenant).map(({ name }) => ({ kind: 'GlobalInClusterIPPool', name }) as const)]
}
