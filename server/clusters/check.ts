import 'server-only'
import { addressesNeeded, madeAhead } from '@/lib/cluster/made-ahead'
import type { ClusterSpec } from '@/lib/cluster/spec'
import type { VSphereOffer } from '@/lib/identity/offer'
import { offeredVersions } from '@/lib/identity/select'
import { findSharedPool } from '@/lib/ip-pool/offer'
import { sameVersion } from '@/lib/kubernetes/version'
import type { KubeObject } from '@/lib/kubernetes/object'
import { sharedReferences } from '@/lib/node-pool/networks'
import { shrunk } from '@/lib/node-pool/rules/machine'
import { plural } from '@/lib/text'
import { couldBeOf } from '@/lib/tenant/name'
import { zonesOf } from '@/lib/zone/option'
import { listSharedPools } from '@/server/addresses/list'
import { stillThere } from '@/lib/doctor/left-behind'
import { leftBehindBy } from '@/server/doctor/left-behind'
import { failure, invalid } from '@/server/failure'
import type { KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { listIdentities } from '@/server/identities/list'
import { listZones } from '@/server/zones/list'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'

/**
 * The offer of the identity that the spec names.
 * @throws AppError 'invalid' when the tenant is not given that identity, version or template, or the disk is smaller than the template's
 */
export function admittedOffer(ctx: Asker, spec: ClusterSpec): VSphereOffer {
  const identity = listIdentities(ctx.tenant).find(({ name }) => name === spec.identity)
  if (!identity) throw invalid({ identity: `The vSphere identity ${JSON.stringify(spec.identity)} is not offered to ${ctx.tenant}.` })
  const { offer } = identity
  const versions = offeredVersions(offer)
  const forVersion = offer.templates.filter((template) => sameVersion(template.version, spec.version))
  if (forVersion.length === 0) throw invalid({ version: `${spec.version} is not offered by ${identity.name}; it has ${versions.join(', ') || 'no version'}.` })
  if (!forVersion.some(({ name }) => name === spec.placement.template)) {
    const names = forVersion.map(({ name }) => name).join(' or ')
    throw invalid({ 'placement.template': `The template ${JSON.stringify(spec.placement.template)} does not hold ${spec.version}; take ${names}.` })
  }
  const { diskGiB = 0 } = forVersion.find(({ name }) => name === spec.placement.template) ?? {}
  if (spec.pool.diskGiB < diskGiB) throw invalid({ 'pool.diskGiB': shrunk(diskGiB, spec.pool.diskGiB) })
  assertSharedPool(ctx, spec)
  assertZones(ctx, spec, offer)
  assertPools(ctx, spec)
  return offer
}

/** @throws AppError 'invalid' when the tenant is not given the shared pool, or its network is another one */
function assertSharedPool(ctx: Asker, { addresses, placement }: ClusterSpec): void {
  if (addresses.kind !== 'shared') return
  const pool = findSharedPool(listSharedPools(ctx.tenant), addresses.pool)
  if (!pool) throw invalid({ 'addresses.pool': `The shared pool ${JSON.stringify(addresses.pool)} is not offered to ${ctx.tenant}.` })
  if (pool.network !== null && pool.network !== placement.network) throw invalid({ 'addresses.pool': `The addresses of ${pool.name} belong to the network ${pool.network}; the machines would be on ${placement.network}.` })
}

/** CAPV takes an unknown zone, or one that is not ready, and only logs it. @throws AppError 'invalid' */
function assertZones(ctx: Asker, { pool, identity }: ClusterSpec, offer: VSphereOffer): void {
  if (pool.zones === undefined || pool.zones.length === 0) return
  const zones = zonesOf(listZones(ctx.tenant), offer.server)
  for (const name of pool.zones) {
    const zone = zones.find((candidate) => candidate.name === name)
    if (!zone) throw invalid({ 'pool.zones': `There is no zone ${JSON.stringify(name)} for ${identity} in ${ctx.tenant}.` })
    if (zone.notReady !== null) throw invalid({ 'pool.zones': `Zone ${name} cannot be used. ${zone.notReady}` })
  }
}

/** Further networks of a new cluster take addresses from shared pools, or fixed ones: its own are made for the first one. @throws AppError 'invalid' */
function assertPools(ctx: Asker, { pool: { moreNetworks = [] } }: ClusterSpec): void {
  moreNetworks.forEach((device, index) => {
    const wrong = sharedReferences([device]).find(({ kind, name }) => kind !== 'GlobalInClusterIPPool' || !findSharedPool(listSharedPools(ctx.tenant), name))
    if (wrong !== undefined) throw invalid({ [`pool.moreNetworks.${index}`]: `The shared pool ${JSON.stringify(wrong.name)} is not offered to ${ctx.tenant}.` })
  })
}

/** Of a create that is new: one that goes on holds some of them already. @throws AppError 'invalid' when a shared pool has too few free addresses */
export function assertRoom(ctx: Asker, spec: ClusterSpec): void {
  if (spec.addresses.kind !== 'shared') return
  const pool = findSharedPool(listSharedPools(ctx.tenant), spec.addresses.pool)
  const needed = addressesNeeded(spec)
  if (pool && pool.free < needed) throw invalid({ 'addresses.pool': `${pool.name} has ${plural(pool.free, 'free address', 'free addresses')}; ${plural(spec.pool.replicas, 'machine')} and ${madeAhead(spec)} more during changes need ${needed}.` })
}

/**
 * Nothing of the set may exist: an apply would take over what someone else made. Nor may Kamaji have left anything of a former cluster:
 * its provider calls the TenantControlPlane as the cluster, and would find the one that goes, with its data; and Kamaji makes nothing of a Secret
 * that belongs to another one (SetControllerReference in datastore_storage_config.go).
 * @throws AppError 'name-taken'
 */
export async function assertFree(ctx: Asker, client: UserClient, objects: readonly KubeObject[]): Promise<void> {
  const taken = (what: string) => failure('name-taken', `${what} exists already in ${ctx.tenant}. Choose another name.`, { fields: { name: `${what} exists already.` } })
  const cluster = objects.find(({ kind }) => kind === 'Cluster')
  if (cluster && ctx.cluster(cluster.metadata.name)) throw taken(`A cluster named ${cluster.metadata.name}`)
  const left = cluster ? await leftBehindBy(ctx.tenant, cluster.metadata.name) : null
  if (left) {
    const words = `${stillThere(left)} Choose another name, or ${left.is === 'control-plane' ? 'wait until Kamaji has removed it' : 'let go of it on the list of clusters'}.`
    throw failure('name-taken', words, { fields: { name: words } })
  }
  const plane = objects.find(({ kind }) => kind === 'KamajiControlPlane')
  if (plane && runtime().live.tenants().some(({ name }) => couldBeOf(name, ctx.tenant, plane.metadata.name))) {
    const words = `With ${ctx.tenant} before it, ${plane.metadata.name} could be the name of another tenant’s control plane in Kamaji’s datastore. Choose another name.`
    throw failure('name-taken', words, { fields: { name: words } })
  }
  const found = await Promise.all(objects.map(({ kind, metadata }) => client.get(kind as KindName, ctx.tenant, metadata.name)))
  const first = found.find((object) => object !== null)
  if (first) throw taken(first.kind === 'Cluster' ? `A cluster named ${first.metadata.name}` : `The ${first.kind} ${first.metadata.name}`)
}
