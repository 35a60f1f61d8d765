import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { withAt } from '@/lib/kubernetes/dig'
import { objectDifference } from '@/lib/manifests/difference'
import { bootstrapTemplateOf, healthCheckOf, type LivePool, machineTemplateOf } from '@/lib/node-pool/live'
import { sizeNow } from '@/lib/node-pool/deployment'
import { groupSize } from '@/lib/node-pool/group'
import type { PoolPlan } from '@/lib/node-pool/plan'
import type { ObjectDifference, PoolReview } from '@/lib/node-pool/review'
import type { AddPoolInput, ChangePoolInput, RestartPoolInput } from '@/server/inputs'
import { prepareAdd, prepareChange, prepareRestart, type Prepared } from '@/server/node-pools/prepare'
import { runtime } from '@/server/runtime'
import { assertTyped } from '@/server/node-secrets/node-secrets'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** What a change would do, with every object dry-run as the person. Writes nothing. @throws AppError as the change itself would */
export async function reviewChange(ctx: TenantContext, input: ChangePoolInput): Promise<PoolReview> {
  requireLive(ctx)
  const prepared = await prepareChange(ctx, runtime().asUser(ctx.identity), input)
  assertTyped(input.spec.node, prepared.node, input.secrets, 'node')
  return reviewOf(prepared)
}

export async function reviewAdd(ctx: TenantContext, input: AddPoolInput): Promise<PoolReview> {
  requireLive(ctx)
  const prepared = await prepareAdd(ctx, runtime().asUser(ctx.identity), input)
  assertTyped(input.spec.node, prepared.node, input.secrets, 'node')
  return reviewOf(prepared)
}

export async function reviewRestart(ctx: TenantContext, input: RestartPoolInput): Promise<PoolReview> {
  requireLive(ctx)
  return reviewOf(await prepareRestart(ctx, runtime().asUser(ctx.identity), input, new Date()))
}

/** What people look at of an act that was dry-run. */
export function reviewOf({ group, plan, accepted, addresses }: Prepared): PoolReview {
  const { changes, summary, rolls, machinesReplaced, scales } = plan
  return { changes, summary, rolls, machinesReplaced, grows: grownBy(group, plan), addresses, objects: differences(group ?? [], plan.removes.map(({ kind, name }) => ({ kind, name })), sized(group ?? [], accepted, scales)) }
}

/** By the sizes that are asked for; a zone of its own counts, one that goes does too. */
function grownBy(group: Prepared['group'], { scales, objects, removes }: PoolPlan): number {
  if (group === null) return 0
  const after = group.filter(({ deployment }) => !removes.some(({ kind, name }) => kind === deployment.kind && name === deployment.metadata.name)).reduce((sum, { deployment }) => sum + (scales.find((scale) => scale.deployment === deployment.metadata.name)?.replicas ?? sizeNow(deployment)), 0)
  const born = objects.filter(({ kind, metadata }) => kind === 'MachineDeployment' && !group.some(({ deployment }) => deployment.metadata.name === metadata.name)).reduce((sum, deployment) => sum + sizeNow(deployment), 0)
  return after + born - groupSize(group)
}

/** The size is asked for apart from the apply; people are shown both as one. */
function sized(group: readonly LivePool[], accepted: readonly KubeObject[], scales: PoolPlan['scales']): readonly KubeObject[] {
  const sizeOf = ({ kind, metadata }: KubeObject) => (kind === 'MachineDeployment' ? scales.find(({ deployment }) => deployment === metadata.name)?.replicas : undefined)
  const withSize = (object: KubeObject): KubeObject => (sizeOf(object) === undefined ? object : withAt(object, ['spec', 'replicas'], sizeOf(object)))
  const onlySized = group.filter(({ deployment }) => sizeOf(deployment) !== undefined && !accepted.some(({ kind, metadata }) => kind === 'MachineDeployment' && metadata.name === deployment.metadata.name))
  return [...accepted, ...onlySized.map(({ deployment }) => deployment)].map(withSize)
}

function differences(group: readonly LivePool[], removes: readonly { kind: string; name: string }[], accepted: readonly KubeObject[]): readonly ObjectDifference[] {
  const changed = accepted.flatMap((object) => objectDifference(counterpart(group, object), object))
  return [...changed, ...removes.map(({ kind, name }) => ({ kind, name, what: 'removed', lines: [] }) as const)]
}

/** A new template is compared with the one whose place it takes, and a new zone with nothing. */
function counterpart(group: readonly LivePool[], { kind, metadata }: KubeObject): KubeObject | null {
  const [lead] = group
  if (lead === undefined) return null
  switch (kind) {
    case 'MachineDeployment': return group.find(({ deployment }) => deployment.metadata.name === metadata.name)?.deployment ?? null
    case 'VSphereMachineTemplate': return machineTemplateOf(lead)
    case 'KubeadmConfigTemplate': return bootstrapTemplateOf(lead)
    case 'MachineHealthCheck': return healthCheckOf(lead)
    default: return null
  }
}
