import 'server-only'
import { heldFields, type PlanePlan, planPlaneChange } from '@/lib/control-plane/change'
import { planeDifferences } from '@/lib/control-plane/fields'
import { type LivePlane, readPlane } from '@/lib/control-plane/read'
import { dnsProblems, planeProblems } from '@/lib/control-plane/rules'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import type { ClusterView } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import { listed } from '@/lib/text'
import { type FoundPlane, findPlane } from '@/server/control-plane/find'
import { planeFieldOf } from '@/server/control-plane/fields'
import { failure, heldByOthers, refuse } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import type { Asker } from '@/server/operations/asker'

export interface WantedPlane {
  readonly cluster: string
  /** What the page showed: the KamajiControlPlane's uid, and what it was asked to be. */
  readonly uid: string
  readonly seen: PlaneSpec
  readonly spec: PlaneSpec
}

/** A change with everything checked that can be checked before the first write. */
export interface PreparedPlane {
  readonly cluster: ClusterView
  readonly live: LivePlane
  readonly plan: PlanePlan
  /** The plan's objects as a dry run gave them back. */
  readonly accepted: readonly KubeObject[]
}

/**
 * @throws AppError 'conflict' when the control plane changed under the person's hands, or another tool owns a field; 'invalid'
 * with the fields of the form; whatever the API server refuses in a dry run
 */
export async function preparePlane(ctx: Asker, client: UserClient, wanted: WantedPlane): Promise<PreparedPlane> {
  const found = await findPlane(ctx, client, wanted.cluster)
  assertSeen(found, wanted)
  const { cluster, live } = found
  refuse([...planeProblems(found.spec, wanted.spec), ...dnsProblems(live, found.spec, wanted.spec)])
  const plan = planPlaneChange(live, wanted.spec)
  if (plan.held.length > 0) throw heldByOthers(plan.held.map(({ words, owners }) => `${words} (${owners.join(', ')})`))
  const accepted: KubeObject[] = []
  for (const object of plan.objects) accepted.push(await client.dryRunApply(object, planeFieldOf))
  assertTaken(live, accepted, wanted.spec)
  return { cluster, live, plan, accepted }
}

/** Fields that are neither as the page showed them nor as the person wants them: this change would silently undo another one. */
function assertSeen({ uid: now, spec: current, cluster: { name } }: FoundPlane, { uid, seen, spec }: WantedPlane): void {
  if (now !== uid) throw failure('conflict', `The control plane of ${name} was removed and made again since this page was loaded. Nothing was written.`)
  const would = new Set(planeDifferences(current, spec).map(({ path }) => path))
  const moved = planeDifferences(seen, current).filter(({ path }) => would.has(path))
  if (moved.length === 0) return
  const words = moved.map(({ words: field, from, to }) => `${field} was ${from} and is ${to} now`)
  throw failure('conflict', `The control plane of ${name} changed since this page was loaded: ${listed(words, 4)}. Nothing was written. Load it again to go on from there.`)
}

/** An apply leaves in place what others own, or nobody: what of the change would not come about is no change. */
function assertTaken({ controlPlane, cluster }: LivePlane, accepted: readonly KubeObject[], wanted: PlaneSpec): void {
  const after = (object: KubeObject): KubeObject => accepted.find(({ kind }) => kind === object.kind) ?? object
  const left = planeDifferences(readPlane({ controlPlane: after(controlPlane), cluster: after(cluster) }), wanted)
  if (left.length === 0) return
  const held = heldFields({ controlPlane, cluster })
  throw heldByOthers(left.map(({ path, words }) => `${words} (${held.find((field) => field.path === path)?.owners.join(', ') ?? 'nobody says who'})`))
}
