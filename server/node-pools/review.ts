import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { withAt } from '@/lib/kubernetes/dig'
import { shownYaml } from '@/lib/manifests/shown'
import { bootstrapTemplateOf, healthCheckOf, type LivePool, machineTemplateOf } from '@/lib/node-pool/live'
import { sizeNow } from '@/lib/node-pool/deployment'
import type { ObjectDifference, PoolReview } from '@/lib/node-pool/review'
import { yamlDiff } from '@/lib/node-pool/yaml-diff'
import type { AddPoolInput, ChangePoolInput, RestartPoolInput } from '@/server/inputs'
import { prepareAdd, prepareChange, prepareRestart, type Prepared } from '@/server/node-pools/prepare'
import { runtime } from '@/server/runtime'
import { requireLive, type TenantContext } from '@/server/tenants/open'

/** What a change would do, with every object dry-run as the person. Writes nothing. @throws AppError as the change itself would */
export async function reviewChange(ctx: TenantContext, input: ChangePoolInput): Promise<PoolReview> {
  requireLive(ctx)
  return reviewOf(await prepareChange(ctx, runtime().asUser(ctx.identity), input))
}

export async function reviewAdd(ctx: TenantContext, input: AddPoolInput): Promise<PoolReview> {
  requireLive(ctx)
  return reviewOf(await prepareAdd(ctx, runtime().asUser(ctx.identity), input))
}

export async function reviewRestart(ctx: TenantContext, input: RestartPoolInput): Promise<PoolReview> {
  requireLive(ctx)
  return reviewOf(await prepareRestart(ctx, runtime().asUser(ctx.identity), input, new Date()))
}

function reviewOf({ live, plan, accepted, addresses }: Prepared): PoolReview {
  const { changes, summary, rolls, machinesReplaced, scale } = plan
  const grows = live === null ? 0 : (scale?.replicas ?? sizeNow(live.deployment)) - sizeNow(live.deployment)
  return { changes, summary, rolls, machinesReplaced, grows, addresses, objects: differences(live, plan.removes.map(({ kind, name }) => ({ kind, name })), sized(live, accepted, scale)) }
}

/** The size is asked for apart from the apply; people are shown both as one. */
function sized(live: LivePool | null, accepted: readonly KubeObject[], scale: Prepared['plan']['scale']): readonly KubeObject[] {
  if (scale === null || live === null) return accepted
  const withSize = (object: KubeObject): KubeObject => withAt(object, ['spec', 'replicas'], scale.replicas)
  if (!accepted.some(({ kind }) => kind === 'MachineDeployment')) return [...accepted, withSize(live.deployment)]
  return accepted.map((object) => (object.kind === 'MachineDeployment' ? withSize(object) : object))
}

function differences(live: LivePool | null, removes: readonly { kind: string; name: string }[], accepted: readonly KubeObject[]): readonly ObjectDifference[] {
  const changed = accepted.flatMap((object): ObjectDifference[] => {
    const before = live === null ? null : counterpart(live, object)
    const isNew = before?.metadata.name !== object.metadata.name
    const lines = yamlDiff(before === null ? '' : shownYaml(before), shownYaml(object))
    return lines.length === 0 ? [] : [{ kind: object.kind, name: object.metadata.name, what: isNew ? 'new' : 'changed', lines }]
  })
  return [...changed, ...removes.map(({ kind, name }) => ({ kind, name, what: 'removed', lines: [] }) as const)]
}

/** A new template is compared with the one whose place it takes. */
function counterpart(live: LivePool, { kind }: KubeObject): KubeObject | null {
  switch (kind) {
    case 'MachineDeployment': return live.deployment
    case 'VSphereMachineTemplate': return machineTemplateOf(live)
    case 'KubeadmConfigTemplate': return bootstrapTemplateOf(live)
    case 'MachineHealthCheck': return healthCheckOf(live)
    default: return null
  }
}
