import 'server-only'
import { randomUUID } from 'node:crypto'
import type { PoolFieldChange } from '@/lib/node-pool/difference'
import type { KubeObject } from '@/lib/kubernetes/object'
import { baseOf, bootstrapTemplateOf, machineTemplateOf } from '@/lib/node-pool/live'
import { fixedPoolsIn } from '@/lib/node-pool/networks'
import { groupSize } from '@/lib/node-pool/group'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { listed } from '@/lib/text'
import { audited } from '@/server/audit/audited'
import { hashOf } from '@/server/clusters/create'
import type { OperationRow } from '@/server/db/operations'
import { failure } from '@/server/failure'
import { changeIntent, type ChangeIntent, type ChangePoolInput } from '@/server/inputs'
import { carryOut, namesOf } from '@/server/node-pools/carry-out'
import { deploymentOf } from '@/server/node-pools/find'
import { assertAddresses, prepareChange, type Prepared } from '@/server/node-pools/prepare'
import { tidyLater } from '@/server/node-pools/tidy'
import type { Asker } from '@/server/operations/asker'
import { type Holder, withOperation, type Lease } from '@/server/operations/lease'
import { noteAct } from '@/server/operations/note'
import { runtime } from '@/server/runtime'
import { assertTyped, keepNodeSecret } from '@/server/node-secrets/node-secrets'
import { requireLive, requirePermission, type TenantContext } from '@/server/tenants/open'

/**
 * Makes a pool the wanted one. Nothing is written before every object has passed a dry run as the person.
 * @throws AppError as prepareChange does, before anything is written; 'interrupted' when it stopped in the middle: the same
 * change asked for again goes on from there
 */
export async function changePool(ctx: TenantContext, { cluster: name, pool, uid, seen, spec, secrets }: ChangePoolInput): Promise<null> {
  const cluster = ctx.cluster(name)
  return audited(ctx, 'change:node-pool', cluster ? `MachineDeployment/${deploymentOf(cluster, pool)}` : `Cluster/${name}`, async () => {
    requireLive(ctx)
    const client = runtime().asUser(ctx.identity)
    const prepared = await prepareChange(ctx, client, { cluster: name, pool, uid, seen, spec })
    assertAddresses(prepared)
    assertTyped(spec.node, prepared.node, secrets, 'node')
    if (prepared.plan.changes.length === 0) return null
    const intent: ChangeIntent = { pool, uid, seen, spec, ...outline(prepared, spec) }
    const at = { id: randomUUID(), cluster: name, clusterUid: prepared.cluster.uid }
    if (secrets) await requirePermission(ctx, 'change:node-pool', 'now')
    await keepNodeSecret({ tenant: ctx.tenant, cluster: name }, spec.node, secrets, prepared.cluster)
    const { user: who, groups } = ctx.session
    const row = { ...at, tenant: ctx.tenant, kind: 'change', who, groups, hash: hashOf(prepared.plan.objects), spec: intent, missing: namesOf(prepared.plan) } as const
    await withOperation(row, (lease) => write(ctx, at, lease, prepared, intent))
    return null
  })
}

/** Goes on with a change whose replica is gone: from whatever of it is there, as long as nobody changed the same fields since. */
export async function resumeChange(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const parsed = changeIntent.safeParse(row.spec)
  if (!parsed.success) throw failure('conflict', 'Another version of the portal wrote this down; it is not carried out.')
  if (ctx.cluster(row.cluster)?.uid !== row.clusterUid) throw failure('conflict', `${row.cluster} is gone.`)
  const client = runtime().asUser(ctx.identity)
  const prepared = await prepareChange(ctx, client, { cluster: row.cluster, ...parsed.data })
  if (lease.looksOnly && prepared.plan.changes.length === 0) return noteChange(ctx, row, parsed.data)
  lease.assertHeld()
  await write(ctx, { id: row.id, cluster: row.cluster, clusterUid: row.clusterUid }, lease, prepared, parsed.data, row.applied)
}

type At = Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>

async function write(ctx: Asker, at: At, lease: Lease, prepared: Prepared, intent: ChangeIntent, before: readonly string[] = []): Promise<void> {
  await writeChange(ctx, at, lease, prepared, before)
  noteChange(ctx, at, intent)
}

/** The writes of a change that was prepared; what it supersedes is left for later. */
export async function writeChange(ctx: Asker, at: At, lease: Holder, { group, plan }: Prepared, before: readonly string[] = []): Promise<void> {
  await carryOut(runtime().asUser(ctx.identity), lease, { tenant: ctx.tenant, objects: plan.objects, reads: readsOf(group), scales: plan.scales, removes: plan.removes }, before)
  const kept = new Set(plan.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const old = (group ?? []).flatMap((live) => [machineTemplateOf(live), bootstrapTemplateOf(live)]).filter((template) => template !== null)
  // Of a kind that has a new template now, the one that the pool was made from.
  const superseded = old.filter((template) => plan.objects.some(({ kind }) => kind === template.kind) && !kept.has(`${template.kind}/${template.metadata.name}`))
  const template = plan.objects.find(({ kind }) => kind === 'VSphereMachineTemplate')
  await tidyLater(ctx, at, [...superseded, ...(template === undefined ? [] : supersededPools(group, template))])
}

/** What is written in place; templates are made anew under another name. */
export const readsOf = (group: Prepared['group']): readonly KubeObject[] => (group ?? []).flatMap(({ deployment, healthChecks }) => [deployment, ...healthChecks])

/** Fixed addresses that the machines had, and those that will be made do not. */
function supersededPools(group: Prepared['group'], template: KubeObject): readonly KubeObject[] {
  const [lead] = group ?? []
  if (lead === undefined) return []
  const wanted = fixedPoolsIn(template, baseOf(lead.deployment))
  const gone = fixedPoolsIn(machineTemplateOf(lead), baseOf(lead.deployment)).filter((name) => !wanted.includes(name))
  return (lead.addressPools ?? []).filter(({ metadata }) => gone.includes(metadata.name))
}

const noteChange = (ctx: Asker, { id, cluster, clusterUid }: At, { pool, words }: ChangeIntent): void =>
  noteAct(ctx, { key: `${id}:asked`, clusterUid: clusterUid ?? '', cluster, subject: pool, text: `Pool ${pool}: ${words}` })

/** What the story and the timeline tell of it. Sizes: null when this changes none. */
function outline({ group, plan }: Prepared, { size }: PoolSpec): Pick<ChangeIntent, 'words' | 'rolls' | 'from' | 'to'> {
  const from = group === null ? null : groupSize(group)
  const sized = size.kind === 'fixed' && size.replicas !== from
  return { words: wordsOf(plan.changes), rolls: plan.rolls, from: sized ? from : null, to: sized ? size.replicas : null }
}

const wordsOf = (changes: readonly PoolFieldChange[]): string =>
  listed(changes.map(({ words, from, to }, index) => `${index === 0 ? words.toLowerCase().replace('cpus', 'CPUs').replace('vm ', 'VM ') : words} from ${from} to ${to}`), 3)
