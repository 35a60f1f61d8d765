import { bootstrapTemplate, fixedPools, machineDeployment, type MachineFacts, machineTemplate, templateRefs } from '@/lib/manifests/pool-objects'
import { healthCheck } from '@/lib/manifests/health-check'
import { withOwner } from '@/lib/manifests/labels'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import { heldFields, type Owner } from '@/lib/node-pool/change'
import { referencesOf, renderDeployment, sizeNow } from '@/lib/node-pool/deployment'
import { healthCheckOf, isOurs, type LivePool } from '@/lib/node-pool/live'
import { NOTHING, type PoolPlan, rollout, scaleWords } from '@/lib/node-pool/plan'
import { readPool } from '@/lib/node-pool/read'
import { MAX_MACHINES } from '@/lib/node-pool/rules'
import { sliceName, slicesOf } from '@/lib/node-pool/slices'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { absoluteSurge } from '@/lib/node-pool/surge'
import { plural } from '@/lib/text'

export interface ClusterFacts {
  readonly tenant: string
  readonly cluster: Owner
  readonly machines: MachineFacts
}

/** A new pool of an existing cluster, in the order in which its objects refer to one another. */
export function planPoolAdd({ tenant, cluster, machines }: ClusterFacts, pool: PoolSpec): PoolPlan {
  const place = { tenant, cluster: cluster.name, deployment: machineDeploymentName(cluster.name, pool.name) }
  const machine = machineTemplate(pool, place, machines)
  const bootstrap = bootstrapTemplate(pool, place)
  const check = healthCheck(pool, place)
  const count = pool.size.kind === 'fixed' ? pool.size.replicas : pool.size.min
  const refs = templateRefs({ machine: machine.metadata.name, bootstrap: bootstrap.metadata.name })
  const slices = slicesOf(pool)
  return {
    ...NOTHING,
    objects: [
      ...fixedPools(pool, place).map((fixed) => withOwner(fixed, cluster)),
      withOwner(machine, cluster),
      withOwner(bootstrap, cluster),
      ...slices.map((slice) => machineDeployment(slice.spec, { ...place, deployment: sliceName(place.deployment, slice.zone, slices.length) }, refs)),
      ...(check === null ? [] : [withOwner(check, cluster)]),
    ],
    // Its later changes want room for the surge as well.
    spareAddressesNeeded: count + slices.reduce((sum, { spec }) => sum + (spec.strategy.kind === 'rolling' ? absoluteSurge(spec.strategy.surge, machinesOf(spec)) : 0), 0),
    summary: count === 0 ? 'Adds a pool without machines.' : `Adds a pool with ${plural(count, 'machine')}${slices.length > 1 ? ` in ${plural(slices.length, 'zone')}` : ''}.`,
  }
}

const machinesOf = ({ size }: PoolSpec): number => (size.kind === 'fixed' ? size.replicas : size.min)

/**
 * Takes a pool away with its machines. The check goes first, or it would repair machines that are meant to go. Its templates
 * stay until no MachineSet refers to them: see planTemplateCleanup.
 */
export function planPoolRemove(live: LivePool): PoolPlan {
  const { deployment } = live
  const size = sizeNow(deployment)
  const removes = [healthCheckOf(live), deployment].flatMap((object) => (object === null ? [] : [{ kind: object.kind, name: object.metadata.name, uid: object.metadata.uid ?? null }]))
  return { ...NOTHING, removes, summary: size === 0 ? 'Removes a pool without machines.' : `Removes the pool and its ${plural(size, 'machine')}; each is drained first.` }
}

/**
 * Makes every machine anew from what the pool is made from now (rollout.after: machines older than that moment are replaced).
 * A pool of a cluster that was not taken over is held by whoever made it: the apply would make the portal owner of every field.
 * @param now of the management cluster; a moment ahead of its clock would wait for it
 */
export function planRestart(live: LivePool, now: Date): PoolPlan {
  const { spec } = readPool(live)
  const after = now.toISOString().replace(/\.\d{3}Z$/, 'Z')
  const { replaced, spare, words } = rollout(spec.strategy, sizeNow(live.deployment))
  const held = isOurs(live.deployment) ? [] : heldFields(live.deployment, [{ path: 'version', words: 'Version' }, { path: 'machine', words: 'VM template' }])
  return { ...NOTHING, objects: [renderDeployment(live.deployment, spec, referencesOf(live.deployment), after)], held, rolls: true, machinesReplaced: replaced, spareAddressesNeeded: spare, summary: words }
}

/** Another size, through the scale subresource alone: nothing is applied. The autoscaler's pools are refused. */
export function planScale(live: LivePool, replicas: number): PoolPlan {
  const { size } = readPool(live).spec
  const from = sizeNow(live.deployment)
  if (size.kind === 'autoscaled') return { ...NOTHING, problems: [autoscaledProblem(size)] }
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > MAX_MACHINES) return { ...NOTHING, problems: [problem('size.replicas', `Machines can be 0 to ${MAX_MACHINES}, not ${replicas}.`)] }
  if (replicas === from) return NOTHING
  return { ...NOTHING, scales: [{ deployment: live.deployment.metadata.name, replicas }], spareAddressesNeeded: Math.max(0, replicas - from), summary: scaleWords(from, replicas) }
}

export const autoscaledProblem = ({ min, max }: { readonly min: number; readonly max: number }): Problem =>
  problem('size', `The autoscaler keeps this pool between ${min} and ${plural(max, 'machine')} and would undo it. Change those bounds, or give it a fixed size.`)
