import 'server-only'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import type { ClusterView } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import { findIdentity } from '@/lib/identity/select'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { isAppError } from '@/lib/errors'
import { stepsOf, poolOfStep, upgradeProblems } from '@/lib/upgrade/plan'
import { type Footing, fullVersion } from '@/lib/upgrade/versions'
import { liveAddOns } from '@/server/addons/live'
import { failure, invalid, refuse } from '@/server/failure'
import { listIdentities } from '@/server/identities/list'
import type { UpgradeInput, UpgradeIntent, UpgradeStep } from '@/server/inputs'
import type { UserClient } from '@/server/management/user-client'
import { findCluster, findPool } from '@/server/node-pools/find'
import { prepareUpgradeOf, type Prepared } from '@/server/node-pools/prepare'
import type { Asker } from '@/server/operations/asker'
import { findControlPlane, withVersion } from '@/server/upgrade/control-plane'

/** An upgrade with everything checked that can be checked before the first write. */
export interface PreparedUpgrade {
  readonly cluster: ClusterView
  readonly intent: UpgradeIntent
  /** As it is, and as the dry run gave it back; null where it is there already. */
  readonly controlPlane: { readonly before: KubeObject; readonly accepted: KubeObject } | null
  /** As the change of each pool would be made now, in the order of the steps. */
  readonly pools: readonly { readonly name: string; readonly prepared: Prepared }[]
}

/**
 * @throws AppError 'conflict' when the cluster is another one or at another version than the page showed, or another tool owns
 * a version; 'invalid' with the fields of the page; whatever the API server refuses in a dry run
 */
export async function prepareUpgrade(ctx: Asker, client: UserClient, { cluster: name, uid, from, version, pools }: UpgradeInput): Promise<PreparedUpgrade> {
  const cluster = findCluster(ctx, name)
  if (cluster.uid !== uid) throw failure('conflict', `${name} was deleted and made again since this page was loaded. Nothing was written.`)
  const plane = await findControlPlane(ctx, client, cluster)
  const current = plane.current === null ? null : fullVersion(plane.current)
  if (current !== null && !sameVersion(current, from)) throw failure('conflict', `The control plane runs ${plainVersion(current)} now, and ran ${plainVersion(from)} when this page was loaded. Nothing was written. Load it again.`)
  refuse(upgradeProblems({ version, pools }, { ...footingOf(ctx, cluster), current }))
  const to = fullVersion(version) ?? ''
  // A version that Kamaji refused stays in the spec: another one may take its place.
  const refused = cluster.controlPlane.state.role === 'warn'
  if (plane.desired !== null && plane.current !== null && !sameVersion(plane.desired, plane.current) && !refused) throw failure('conflict', `The control plane is on its way to ${plainVersion(plane.desired)}. Wait until it is there.`)
  const { carriers } = await liveAddOns(client, ctx.tenant, name)
  const steps = stepsOf({ version: to, pools }, { current }, carriers.size > 0)
  const controlPlane = steps.includes('control-plane') ? { before: plane.object, accepted: await client.dryRunApply(withVersion(plane, to)) } : null
  const changes = await Promise.all(pools.map(async (pool) => ({ name: pool.name, ...(await preparePool(ctx, client, cluster, pool, to)) })))
  const step = (id: UpgradeStep['id']): UpgradeStep => ({ id, pool: changes.find((change) => change.name === poolOfStep(id))?.step ?? null })
  const intent = { from: current ?? '', desired: plane.desired ?? '', to, pools: pools.map((pool) => pool.name), steps: steps.map(step) }
  return { cluster, intent, controlPlane, pools: changes.map(({ name: pool, prepared }) => ({ name: pool, prepared })) }
}

/** What the rules look at, from the live views. */
function footingOf(ctx: Asker, cluster: ClusterView): Footing {
  const identity = cluster.identity === null ? null : findIdentity(listIdentities(ctx.tenant), cluster.identity)
  return { current: cluster.version.current, pools: cluster.pools, templates: identity?.offer.templates ?? [] }
}

async function preparePool(ctx: Asker, client: UserClient, cluster: ClusterView, { name, template }: UpgradeInput['pools'][number], version: string): Promise<{ step: UpgradeStep['pool']; prepared: Prepared }> {
  const { live, read: { spec } } = await findPool(ctx, client, cluster.name, name)
  const was = { version: spec.version, template: spec.machine.template }
  const step = { name, uid: live.deployment.metadata.uid ?? '', template, was, onDelete: spec.strategy.kind === 'on-delete' }
  return { step, prepared: await preparePoolStep(ctx, client, cluster.name, step, { version, spec }) }
}

/**
 * Version and VM template in one change, so that machines are replaced once. The pool's other fields are as they are now;
 * only a version or template that somebody else changed since is in the way.
 * @param spec the pool as it was just read
 */
export async function preparePoolStep(ctx: Asker, client: UserClient, cluster: string, { name, uid, template, was }: NonNullable<UpgradeStep['pool']>, { version, spec }: { version: string; spec: PoolSpec }): Promise<Prepared> {
  const at = (of: { version: string; template: string }): PoolSpec => ({ ...spec, version: of.version, machine: { ...spec.machine, template: of.template } })
  try {
    return await prepareUpgradeOf(ctx, client, { cluster, pool: name, uid, seen: at(was), spec: at({ version, template }) })
  } catch (error) {
    if (!isAppError(error) || error.view.code !== 'invalid') throw error
    // Its fields are those of the pool's own form.
    throw invalid({ [`pools.${name}`]: `Pool ${name}: ${Object.values(error.view.fields ?? {}).join(' ')}` })
  }
}
