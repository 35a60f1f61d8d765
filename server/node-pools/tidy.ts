import 'server-only'
import { randomUUID } from 'node:crypto'
import { AppError } from '@/lib/errors'
import { bootstrapRef, isOurs, machineRef } from '@/lib/node-pool/live'
import { planTemplateCleanup } from '@/lib/node-pool/cleanup'
import { lastTemplates } from '@/lib/node-pool/last'
import type { KubeObject } from '@/lib/kubernetes/object'
import { stringIn } from '@/lib/kubernetes/dig'
import { CLUSTER_NAME_LABEL } from '@/lib/manifests/labels'
import { poolReferences } from '@/lib/node-pool/networks'
import { audited } from '@/server/audit/audited'
import { insertLater, type OperationRow } from '@/server/db/operations'
import { tidyIntent } from '@/server/inputs'
import { log } from '@/server/log'
import type { KindName } from '@/server/management/kinds'
import { nameOf } from '@/server/operations/apply'
import type { Asker } from '@/server/operations/asker'
import type { Lease } from '@/server/operations/lease'
import { runtime } from '@/server/runtime'

const FIRST_LOOK_MS = 20_000

/**
 * Templates that a change superseded are needed until no MachineSet refers to them, long after the change was written. They are
 * an operation of their own, taken up by any replica when its time has come, as the person who asked for the change.
 */
export async function tidyLater(ctx: Asker, { id, cluster, clusterUid }: Pick<OperationRow, 'id' | 'cluster' | 'clusterUid'>, superseded: readonly KubeObject[]): Promise<void> {
  const ours = superseded.filter(isOurs).map(({ kind, metadata }) => ({ kind, name: metadata.name, uid: metadata.uid ?? '' }))
  if (ours.length === 0) return
  const { user: who, groups } = ctx.session
  const row = { id: randomUUID(), tenant: ctx.tenant, cluster, clusterUid, kind: 'tidy', who, groups, hash: id, spec: { templates: ours }, missing: [] } as const
  // Left over templates do no harm, and the next change's looks after all of them: the act itself must not fail for it.
  await insertLater(runtime().db, row, FIRST_LOOK_MS).catch((error: unknown) => log.warn({ event: 'tidy', err: error }, 'superseded templates stay until the next change'))
}

/** Still referred to: to be looked at again. */
export class StillInUse extends AppError {
  constructor(readonly names: readonly string[]) {
    super({ code: 'not-ready', message: `Still in use: ${names.join(', ')}.` })
  }
}

/**
 * Removes what nothing refers to: templates and pools of fixed addresses of the operation, and older templates that were left behind. Those of a cluster's last
 * pool stay (lastTemplates).
 * @throws StillInUse
 */
export async function resumeTidy(ctx: Asker, row: OperationRow, lease: Lease): Promise<void> {
  const intent = tidyIntent.safeParse(row.spec)
  if (!intent.success || ctx.cluster(row.cluster)?.uid !== row.clusterUid) return // gone, with its templates
  const client = runtime().asUser(ctx.identity)
  const [machineTemplates, bootstrapTemplates, machineSets, deployments, pools, claims] = await Promise.all(
    (['VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineSet', 'MachineDeployment', 'InClusterIPPool', 'IPAddressClaim'] as const).map((kind) => client.list(kind, ctx.tenant)),
  )
  const templates = [...(machineTemplates ?? []), ...(bootstrapTemplates ?? [])].filter(({ metadata }) => metadata.labels?.[CLUSTER_NAME_LABEL] === row.cluster)
  const users = [...(machineSets ?? []), ...(deployments ?? [])]
  const used = new Set(users.flatMap((user) => [machineRef(user), bootstrapRef(user)].map((reference) => (reference ? `${reference.kind}/${reference.name}` : ''))))
  // A pool of fixed addresses is needed by what makes machines, and by claims of machines that leave.
  for (const template of machineTemplates ?? []) if (used.has(nameOf(template))) for (const { kind, name } of poolReferences(template)) used.add(`${kind}/${name}`)
  for (const claim of claims ?? []) used.add(`${stringIn(claim, 'spec', 'poolRef', 'kind')}/${stringIn(claim, 'spec', 'poolRef', 'name')}`)
  const named = intent.data.templates.filter(({ kind, name, uid }) => [...templates, ...(pools ?? [])].some((template) => template.kind === kind && template.metadata.name === name && template.metadata.uid === uid && isOurs(template)))
  const free = named.filter(({ kind, name }) => !used.has(`${kind}/${name}`))
  const stale = planTemplateCleanup(templates, machineSets ?? [], deployments ?? [], new Date())
  const kept = new Set(lastTemplates(row.cluster, templates, deployments ?? []).map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const go = new Map([...free, ...stale].map((template) => [`${template.kind}/${template.name}`, template] as const).filter(([name]) => !kept.has(name)))
  for (const [object, { kind, name, uid }] of go) {
    lease.assertHeld()
    await audited(ctx, 'resume', object, () => client.delete(kind as KindName, ctx.tenant, name, uid ?? undefined))
  }
  const left = named.filter((template) => !free.includes(template)).map(({ name }) => name)
  if (left.length > 0) throw new StillInUse(left)
}
