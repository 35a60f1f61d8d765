import 'server-only'
import { randomUUID } from 'node:crypto'
import type { ClusterView } from '@/lib/cluster/view'
import { canonicalSpan } from '@/lib/ip-pool/ip'
import { type HeldAddress, rangesProblems } from '@/lib/ip-pool/ranges'
import { dig, numberIn, stringIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { objectDifference } from '@/lib/manifests/difference'
import { CLUSTER_NAME_LABEL, withOwner } from '@/lib/manifests/labels'
import { addressPool } from '@/lib/manifests/cluster-objects'
import type { ObjectDifference } from '@/lib/node-pool/review'
import { audited } from '@/server/audit/audited'
import { failure, invalid, notFound } from '@/server/failure'
import type { ChangeAddressesInput } from '@/server/inputs'
import type { UserClient } from '@/server/management/user-client'
import type { FieldMap } from '@/server/management/status'
import { findCluster } from '@/server/node-pools/find'
import { applyOver } from '@/server/operations/guard'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/**
 * Gives a cluster's own InClusterIPPool other ranges, in place. One write; machines that hold an address are not touched.
 * @throws AppError 'invalid' at `ranges` or `ranges.<index>`, with the machine that holds an address which would be left out;
 * 'conflict' when the ranges are not those that the page showed, or another tool owns them
 */
export async function changeAddresses(ctx: TenantContext, input: ChangeAddressesInput): Promise<null> {
  const { cluster: name, pool: poolName } = input
  return audited(ctx, 'change:addresses', `InClusterIPPool/${poolName}`, async () => {
    requireLive(ctx)
    const prepared = await prepareAddresses(ctx, input)
    if (prepared === null) return null
    const { pool, object, cluster, now, wanted } = prepared
    await applyOver(runtime().asUser(ctx.identity), object, pool, fieldOf)
    noteAct(ctx, { key: `${randomUUID()}:asked`, clusterUid: cluster.uid, cluster: name, subject: null, text: `Addresses of ${poolName}: ${now.join(', ')} became ${wanted.join(', ')}` })
    return null
  })
}

/** What other ranges would change, dry-run as the person. Writes nothing. @throws AppError as the change itself would */
export async function reviewAddresses(ctx: TenantContext, input: ChangeAddressesInput): Promise<readonly ObjectDifference[]> {
  requireLive(ctx)
  const prepared = await prepareAddresses(ctx, input)
  return prepared === null ? [] : objectDifference(prepared.pool, prepared.accepted)
}

interface PreparedAddresses {
  readonly cluster: ClusterView
  /** As it was read, as it is to be, and as the dry run gave that back. */
  readonly pool: KubeObject
  readonly object: KubeObject
  readonly accepted: KubeObject
  readonly now: readonly string[]
  readonly wanted: readonly string[]
}

/** null: the pool has these ranges already. */
async function prepareAddresses(ctx: TenantContext, { cluster: name, pool: poolName, seen, ranges }: ChangeAddressesInput): Promise<PreparedAddresses | null> {
  const cluster = findCluster(ctx, name)
  const client = runtime().asUser(ctx.identity)
  const pool = await client.get('InClusterIPPool', ctx.tenant, poolName)
  if (!pool || !belongsTo(pool, cluster)) throw notFound(`The address pool ${JSON.stringify(poolName)} of ${JSON.stringify(name)}`)
  const now = rangesOf(pool)
  const wanted = ranges.map(canonicalSpan)
  if (same(now, wanted)) return null
  if (!same(now, seen)) throw failure('conflict', `The ranges of ${poolName} changed since this page was loaded: they are ${now.join(', ')} now. Nothing was written.`)

  const problems = rangesProblems(ranges, {
    prefix: numberIn(pool, 'spec', 'prefix') ?? 0,
    gateway: stringIn(pool, 'spec', 'gateway'),
    endpoint: cluster.endpoint?.host ?? null,
    held: await heldOf(client, ctx.tenant, poolName),
  })
  if (problems.length > 0) throw invalid(Object.fromEntries(problems.toReversed().map(({ path, message }) => [path.join('.'), message])))

  // Its other fields are repeated as they are: an apply that left out what the create set would take it away.
  const object = withOwner(addressPool({ tenant: ctx.tenant, cluster: name }, poolName, { addresses: wanted, prefix: numberIn(pool, 'spec', 'prefix') ?? 0, gateway: stringIn(pool, 'spec', 'gateway') }), cluster)
  return { cluster, pool, object, accepted: await client.dryRunApply(object, fieldOf), now, wanted }
}

const fieldOf: FieldMap = (kind, field) => (kind === 'InClusterIPPool' && /^\.?spec\.addresses/.test(field) ? 'ranges' : null)

const rangesOf = (pool: KubeObject): readonly string[] => {
  const found = dig(pool, 'spec', 'addresses')
  return Array.isArray(found) ? found.filter((range): range is string => typeof range === 'string') : []
}
const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((range, index) => canonicalSpan(range) === canonicalSpan(b[index] ?? ''))

/** By its label or its owner: a tenant may keep pools beside those of its clusters. */
const belongsTo = ({ metadata }: KubeObject, { name, uid }: { readonly name: string; readonly uid: string }): boolean =>
  metadata.labels?.[CLUSTER_NAME_LABEL] === name || (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid)

/** Addresses that are given out, each with the machine that its claim was made for (CAPV makes the VSphereVM its owner). */
async function heldOf(client: UserClient, tenant: string, pool: string): Promise<readonly HeldAddress[]> {
  const [addresses, claims] = await Promise.all([client.list('IPAddress', tenant), client.list('IPAddressClaim', tenant)])
  const machines = new Map(claims.map(({ metadata }) => [metadata.name, metadata.ownerReferences?.find(({ kind }) => kind === 'VSphereVM')?.name ?? `claim ${metadata.name}`]))
  return addresses.flatMap((address) => {
    const [text, claim] = [stringIn(address, 'spec', 'address'), stringIn(address, 'spec', 'claimRef', 'name') ?? '']
    if (text === null || stringIn(address, 'spec', 'poolRef', 'name') !== pool || stringIn(address, 'spec', 'poolRef', 'kind') !== 'InClusterIPPool') return []
    return [{ address: text, holder: machines.get(claim) ?? `claim ${claim}` }]
  })
}
