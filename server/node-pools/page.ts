import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { formatCidr, networkOf, parseAddress } from '@/lib/ip-pool/ipv4'
import { stringIn } from '@/lib/kubernetes/dig'
import { computedNoProxy } from '@/lib/node-config/no-proxy'
import { isLinkedClone } from '@/lib/node-pool/change'
import { type AddressSource, FIXED_POOL, USUAL_DHCP } from '@/lib/node-pool/device'
import { poolNameOf } from '@/lib/node-pool/live'
import { readPool } from '@/lib/node-pool/read'
import type { PoolPageData } from '@/lib/node-pool/review'
import { newPoolStart, planeVersion, skewHold } from '@/lib/node-pool/skew'
import { defaultRepair, defaultTimeouts } from '@/lib/node-pool/spec'
import { failure } from '@/server/failure'
import { findCluster, findPool, modelsOf, offeredTemplates, poolsFor, surroundingsOf } from '@/server/node-pools/find'
import { clusterZones } from '@/server/zones/list'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'
import type { TenantContext } from '@/server/tenants/open'

/** What the form of a pool begins with, read as the person. @throws AppError 'not-found' | 'conflict' */
export async function poolPageData(ctx: TenantContext, cluster: string, pool: string): Promise<PoolPageData> {
  const client = runtime().asUser(ctx.identity)
  const found = await findPool(ctx, client, cluster, pool)
  const { spec, unknown } = found.read
  const templates = new Set([spec.machine.template, ...offeredTemplates(ctx, found.cluster, spec.version)])
  return {
    cluster, uid: found.live.deployment.metadata.uid ?? null, spec, unknown, held: skewHold(spec, planeVersion(found.cluster)), linked: isLinkedClone(found.live), copyOf: null, noProxy: await noProxyOf(ctx, client, found.cluster),
    around: surroundingsOf(ctx, found.cluster, spec), templates: [...templates].filter((name) => name !== ''), zones: clusterZones(ctx, found.cluster), addressPools: poolsFor(ctx, found.cluster),
  }
}

/** A new pool begins as a copy of the oldest one, without its labels and taints, and at the control plane's version. @throws AppError 'not-ready' where there never was a pool */
export async function newPoolPageData(ctx: TenantContext, name: string): Promise<PoolPageData> {
  const client = runtime().asUser(ctx.identity)
  const cluster = findCluster(ctx, name)
  const { deployments, models } = await modelsOf(client, ctx.tenant, name)
  const [model] = models
  if (model === undefined) throw failure('not-ready', `${name} has no pool yet that a new one could take vCenter, network and addresses over from.`)
  const first = model.deployment
  const copied = readPool(model).spec
  const plane = planeVersion(cluster)
  const pools = deployments.length === 0 ? [] : models.map((each) => readPool(each).spec).map(({ version, machine }) => ({ version, template: machine.template }))
  const { version, template } = newPoolStart(pools, copied.machine.template, plane, plane === null ? [] : offeredTemplates(ctx, cluster, plane))
  const offered = new Set([template, ...offeredTemplates(ctx, cluster, version)])
  const spec = {
    ...copied, name: '', version, size: { kind: 'fixed', replicas: 1 } as const, labels: {}, taints: [], machine: { ...copied.machine, template, addresses: sourceFor(ctx, cluster, copied.machine.addresses) },
    moreNetworks: copied.moreNetworks.filter(({ addresses }) => addresses.kind !== 'fixed' && !isLost(addresses)),
    // One MachineDeployment of a spread pool has one of its zones: they are chosen anew.
    zones: [],
    strategy: { kind: 'rolling', surge: 1, unavailable: 0 } as const, timeouts: defaultTimeouts(), repair: defaultRepair(1),
  }
  return { cluster: name, uid: null, spec, unknown: [], held: null, linked: false, copyOf: poolNameOf(first), noProxy: await noProxyOf(ctx, client, cluster), around: surroundingsOf(ctx, cluster, null, deployments), templates: [...offered].filter((one) => one !== ''), zones: clusterZones(ctx, cluster), addressPools: poolsFor(ctx, cluster) }
}

/** Fixed addresses are one node pool's alone: a copy begins with the cluster's pool, else by DHCP. */
function sourceFor(ctx: TenantContext, cluster: ClusterView, source: AddressSource | null): AddressSource {
  if (source !== null && source.kind !== 'fixed' && !isLost(source)) return source
  const [own] = poolsFor(ctx, cluster)
  return own?.kind === 'InClusterIPPool' ? { kind: 'pools', pools: [own] } : { kind: 'dhcp', ...USUAL_DHCP }
}

/** Fixed addresses of a pool that is gone. */
const isLost = (source: AddressSource): boolean => source.kind === 'pools' && source.pools.some(({ name }) => FIXED_POOL.test(name))

/** From the cluster's networks as they are; machines' own network where a pool of addresses tells it. */
export async function noProxyOf(ctx: TenantContext, client: UserClient, { name, networks, addresses }: ClusterView): Promise<readonly string[]> {
  const cluster = await client.get('Cluster', ctx.tenant, name)
  const gateway = addresses.kind === 'pool' ? parseAddress(addresses.gateway ?? '') : null
  const nodes = addresses.kind === 'pool' && gateway !== null && addresses.prefix !== null ? [formatCidr(networkOf(gateway, addresses.prefix))] : []
  return computedNoProxy({ ...networks, nodes, serviceDomain: stringIn(cluster, 'spec', 'clusterNetwork', 'serviceDomain') ?? 'cluster.local' })
}
