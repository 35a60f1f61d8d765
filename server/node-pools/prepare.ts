import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { usableIn } from '@/lib/ip-pool/ranges'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { planPoolAdd } from '@/lib/node-pool/acts'
import { addressAnswer, type Needs, podWarning, waitingIn, type Waiting, withWarning } from '@/lib/node-pool/addresses'
import { fixedPoolName } from '@/lib/node-pool/device'
import { outdatedFields, poolDifferences } from '@/lib/node-pool/difference'
import { groupSize, planGroupChange, planGroupRestart, type PoolGroup } from '@/lib/node-pool/group'
import { machineTemplateOf } from '@/lib/node-pool/live'
import { machineFactsOf } from '@/lib/node-pool/machine-facts'
import { devicesOf, sharedReferences } from '@/lib/node-pool/networks'
import type { PoolPlan } from '@/lib/node-pool/plan'
import type { AddressAnswer } from '@/lib/node-pool/review'
import { poolSpecProblems } from '@/lib/node-pool/rules'
import { NO_NODE_CONFIG, type NodeConfig } from '@/lib/node-config/spec'
import { readPool } from '@/lib/node-pool/read'
import { newPoolSkew, planeVersion, skewHold } from '@/lib/node-pool/skew'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { listed } from '@/lib/text'
import { failure, heldByOthers, invalid, refuse } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { findCluster, findPool, type FoundPool, modelsOf, offeredTemplates, poolsFor, surroundingsOf } from '@/server/node-pools/find'
import { poolFieldOf } from '@/server/node-pools/fields'
import type { Asker } from '@/server/operations/asker'

/** An act on a pool with everything checked that can be checked before the first write. */
export interface Prepared {
  readonly cluster: ClusterView
  /** null for a new pool. */
  readonly group: PoolGroup | null
  readonly plan: PoolPlan
  /** The plan's objects as a dry run gave them back. */
  readonly accepted: readonly KubeObject[]
  readonly addresses: AddressAnswer
  /** Of the pool as it is, or of the one that a new pool is a copy of: what its Secrets hold need not be typed again. */
  readonly node: NodeConfig
}

export interface WantedChange {
  readonly cluster: string
  readonly pool: string
  /** What the page showed: the MachineDeployment's uid, and the pool as it was then. */
  readonly uid: string
  readonly seen: PoolSpec
  readonly spec: PoolSpec
}

/**
 * A change of a pool by itself. Its version is an upgrade's, which has rules of its own (lib/upgrade/plan.ts).
 * @throws AppError 'conflict' when the pool changed under the person's hands, or another tool owns a field; 'invalid' with the
 * fields of the form; whatever the API server refuses in a dry run
 */
export async function prepareChange(ctx: Asker, client: UserClient, wanted: WantedChange): Promise<Prepared> {
  const found = await findPool(ctx, client, wanted.cluster, wanted.pool)
  assertSeen(found, wanted)
  const { version } = found.read.spec
  if (wanted.spec.version !== version) throw invalid({ version: `Pool ${wanted.pool} runs ${plainVersion(version)}. Another version is an upgrade of the cluster.` })
  const prepared = await prepareFound(ctx, client, found, wanted)
  const held = makesMachines(prepared.plan) ? skewHold(found.read.spec, planeVersion(found.cluster)) : null
  if (held !== null) throw invalid({ version: held })
  return prepared
}

const makesMachines = ({ machinesReplaced, spareAddressesNeeded }: PoolPlan): boolean => machinesReplaced > 0 || spareAddressesNeeded > 0

/** The pool's turn in an upgrade whose rules hold. @throws AppError as prepareChange does */
export async function prepareUpgradeOf(ctx: Asker, client: UserClient, wanted: WantedChange): Promise<Prepared> {
  const found = await findPool(ctx, client, wanted.cluster, wanted.pool)
  assertSeen(found, wanted)
  return prepareFound(ctx, client, found, wanted)
}

async function prepareFound(ctx: Asker, client: UserClient, found: FoundPool, wanted: WantedChange): Promise<Prepared> {
  const { cluster, read, group, owner } = found
  refuse(poolSpecProblems(wanted.spec, surroundingsOf(ctx, cluster, read.spec)))
  assertOffered(ctx, cluster, wanted.spec, read.spec)
  assertPools(ctx, cluster, wanted.spec, [read.spec])
  const plan = planGroupChange(group, wanted.spec, owner)
  refuse(plan.problems)
  assertFree(plan)
  const { size } = wanted.spec
  const most = size.kind === 'autoscaled' && plan.changes.some(({ path }) => path === 'size') ? size.max - groupSize(group) : 0
  return dryRun(ctx, client, { cluster, group, plan, node: read.spec.node }, { needed: plan.spareAddressesNeeded, must: plan.spareAddressesNeeded, most }, wanted.spec)
}

function assertFree({ held }: PoolPlan): void {
  if (held.length > 0) throw heldByOthers(held.map(({ words, owners }) => `${words} (${owners.join(', ')})`))
}

/** Fields that are neither as the page showed them nor as the person wants them: this change would silently undo another one. */
function assertSeen({ live, read }: FoundPool, { uid, seen, spec, pool }: WantedChange): void {
  if (live.deployment.metadata.uid !== uid) throw failure('conflict', `Pool ${pool} was removed and made again since this page was loaded. Nothing was written.`)
  const would = new Set(poolDifferences(read.spec, spec).map(({ path }) => path))
  const moved = outdatedFields(seen, read.spec).filter(({ path }) => would.has(path))
  if (moved.length === 0) return
  const words = moved.map(({ words: name, from, to }) => `${name} was ${from} and is ${to} now`)
  throw failure('conflict', `Pool ${pool} changed since this page was loaded: ${listed(words, 4)}. Nothing was written. Load it again to go on from there.`)
}

export interface WantedPool {
  readonly cluster: string
  readonly spec: PoolSpec
}

/** A new pool gets its datacenter from the oldest pool of the cluster whose template says it. */
export async function prepareAdd(ctx: Asker, client: UserClient, { cluster: name, spec }: WantedPool): Promise<Prepared> {
  const cluster = findCluster(ctx, name)
  const { deployments, models } = await modelsOf(client, ctx.tenant, name)
  refuse(poolSpecProblems(spec, surroundingsOf(ctx, cluster, null, deployments)))
  const skew = newPoolSkew(spec.version, planeVersion(cluster))
  if (skew !== null) throw invalid({ version: skew })
  const pools = models.map((model) => readPool(model).spec)
  const found = models.flatMap((model) => {
    const template = machineTemplateOf(model)
    const facts = template === null ? null : machineFactsOf(template)
    return facts === null ? [] : [facts]
  })
  const [first] = found
  if (first === undefined) throw failure('not-ready', `No pool of ${name} says in which datacenter its machines are, so a new one cannot take it over.`)
  // Machines of a pool that is there are made from it already, in that version.
  const isUsed = deployments.length > 0 && pools.some(({ version, machine }) => machine.template === spec.machine.template && sameVersion(version, spec.version))
  if (!isUsed) assertOffered(ctx, cluster, spec, null)
  assertPools(ctx, cluster, spec, pools)
  const plan = planPoolAdd({ tenant: ctx.tenant, cluster: { name, uid: cluster.uid }, machines: first }, spec)
  const node = pools[0]?.node ?? NO_NODE_CONFIG
  return dryRun(ctx, client, { cluster, group: null, plan, node }, { needed: plan.spareAddressesNeeded, ...(spec.size.kind === 'fixed' ? { must: spec.size.replicas } : { must: spec.size.min, most: spec.size.max }) }, spec)
}

export async function prepareRestart(ctx: Asker, client: UserClient, { cluster: name, pool, uid }: { cluster: string; pool: string; uid: string | null }, after: Date): Promise<Prepared> {
  const { cluster, group, live, read } = await findPool(ctx, client, name, pool)
  if (uid !== null && live.deployment.metadata.uid !== uid) throw failure('conflict', `Pool ${pool} was removed and made again since this page was loaded. Nothing was written.`)
  const held = skewHold(read.spec, planeVersion(cluster))
  if (held !== null) throw failure('conflict', held)
  const plan = planGroupRestart(group, after)
  assertFree(plan)
  return dryRun(ctx, client, { cluster, group, plan, node: NO_NODE_CONFIG }, { needed: plan.spareAddressesNeeded, must: plan.spareAddressesNeeded }, read.spec)
}

async function dryRun(ctx: Asker, client: UserClient, prepared: Pick<Prepared, 'cluster' | 'group' | 'plan' | 'node'>, needs: Needs, spec: PoolSpec): Promise<Prepared> {
  const { plan, cluster } = prepared
  const answers = await Promise.allSettled(plan.objects.map((object) => client.dryRunApply(object, poolFieldOf)))
  const accepted = answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
  const [view, names] = poolsThen(cluster, spec)
  const addresses = withWarning(addressAnswer(needs, view, waitingFor(ctx, cluster), names), podWarning(needs, cluster.networks, cluster.machines.desired))
  return { ...prepared, accepted, addresses }
}

/** The pools that machines will take addresses from; one of fixed addresses may not be there yet, and is all free then. */
function poolsThen({ name: cluster, addresses }: ClusterView, spec: PoolSpec): [ClusterView['addresses'], readonly string[] | undefined] {
  const deployment = machineDeploymentName(cluster, spec.name)
  const fixed = devicesOf(spec).flatMap(({ network, addresses: from }) => (from?.kind === 'fixed' ? [{ name: fixedPoolName(deployment, network, from), from }] : []))
  const there = new Set([...(addresses.kind === 'pool' ? [addresses] : []), ...(addresses.more ?? [])].map(({ pool }) => pool))
  const made = fixed.filter(({ name }) => !there.has(name)).map(({ name, from }) => {
    const total = Number(usableIn(from.addresses, from.prefix, from.gateway) ?? 0n)
    return { pool: name, ranges: from.addresses, prefix: from.prefix, gateway: from.gateway, total, used: 0, free: total }
  })
  const names = [...sharedReferences(devicesOf(spec)).map(({ name }) => name), ...fixed.map(({ name }) => name)]
  return [{ ...addresses, more: [...(addresses.more ?? []), ...made] }, spec.machine.addresses === null ? undefined : names]
}

export const waitingFor = (ctx: Asker, { name, pools, addresses }: ClusterView): Waiting => waitingIn(pools, addresses, Object.values(ctx.state().machines).filter((machine) => machine.cluster === name))

/** @throws AppError 'invalid' at the field by which fewer would be needed */
export function assertAddresses({ addresses, plan }: Prepared): void {
  if (addresses.role !== 'bad') return
  throw invalid({ [plan.machinesReplaced > 0 ? 'strategy.surge' : 'size.replicas']: addresses.words })
}

function assertOffered(ctx: Asker, cluster: ClusterView, { machine, version }: PoolSpec, before: PoolSpec | null): void {
  if (before !== null && before.machine.template === machine.template && before.version === version) return
  const offered = offeredTemplates(ctx, cluster, version)
  if (offered.includes(machine.template)) return
  throw invalid({ 'machine.template': `The template ${JSON.stringify(machine.template)} is not offered for ${version}${offered.length === 0 ? '' : `; take ${listed(offered, 5)}`}.` })
}

/**
 * A claim on a pool that is not there, or not theirs, would wait for ever.
 * @param before what pools of the cluster refer to already
 */
function assertPools(ctx: Asker, cluster: ClusterView, spec: PoolSpec, before: readonly PoolSpec[]): void {
  const known = [...poolsFor(ctx, cluster), ...before.flatMap((pool) => sharedReferences(devicesOf(pool)))]
  devicesOf(spec).forEach((device, index) => {
    const wrong = sharedReferences([device]).find((wanted) => !known.some(({ kind, name }) => kind === wanted.kind && name === wanted.name))
    if (wrong !== undefined) throw invalid({ [index === 0 ? 'machine.addresses' : `moreNetworks.${index - 1}`]: `There is no address pool ${JSON.stringify(wrong.name)} that ${cluster.name} can use.` })
  })
}
