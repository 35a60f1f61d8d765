import 'server-only'
import { originOf } from '@/lib/adopt/origin'
import { differenceOf, planAdoption, type AdoptionPlan } from '@/lib/adopt/plan'
import type { ClusterView } from '@/lib/cluster/view'
import { isAppError } from '@/lib/errors'
import { isAsked } from '@/lib/manifests/export'
import { toContract } from '@/lib/manifests/v1beta1'
import { referencesOf, renderDeployment } from '@/lib/node-pool/deployment'
import { readPool } from '@/lib/node-pool/read'
import { listed } from '@/lib/text'
import { failure, notFound } from '@/server/failure'
import { servedContract } from '@/server/management/contract'
import type { UserClient } from '@/server/management/user-client'
import { findCluster } from '@/server/node-pools/find'
import { findObjects } from '@/server/objects/list'
import type { Asker } from '@/server/operations/asker'
import { runtime } from '@/server/runtime'

export interface PreparedAdoption extends AdoptionPlan {
  readonly cluster: ClusterView
  readonly origin: ReturnType<typeof originOf>
}

/**
 * What taking a cluster over comes to, with every object dry-run as the person: none may come out with another spec or generation.
 * @param dryRun false for who may only read: a dry run takes the right to write
 * @throws AppError 'not-found'; 'conflict' while it is being deleted; 'forbidden' when the person may not read all of it
 */
export async function prepareAdoption(ctx: Asker, client: UserClient, name: string, dryRun = true): Promise<PreparedAdoption> {
  const cluster = findCluster(ctx, name)
  const { objects, forbidden } = await findObjects(client, ctx.tenant, name)
  const unread = forbidden.filter(isAsked)
  if (unread.length > 0) throw failure('forbidden', `You may not read ${listed(unread, 8)} in the tenant ${ctx.tenant}: nobody can tell whether ${name} would stay as it is.`)
  const found = objects.find(({ kind }) => kind === 'Cluster')
  if (found === undefined) throw notFound(`The cluster ${JSON.stringify(name)}`)
  const contract = await servedContract(runtime().discovery)
  const templates = { machineTemplates: objects.filter(({ kind }) => kind === 'VSphereMachineTemplate'), bootstrapTemplates: objects.filter(({ kind }) => kind === 'KubeadmConfigTemplate'), healthChecks: objects.filter(({ kind }) => kind === 'MachineHealthCheck') }
  const plan = planAdoption(objects, (deployment) => toContract(renderDeployment(deployment, readPool({ deployment, ...templates }).spec, referencesOf(deployment)), contract))
  const reasons = plan.reasons.length > 0 || !dryRun ? plan.reasons : await differences(client, plan)
  return { cluster, origin: originOf(found), objects: plan.objects, reasons }
}

/** What the API server says to the same values as the portal. A refusal of one object is a reason; a lost right or an absent API is not. */
async function differences(client: UserClient, { objects }: AdoptionPlan): Promise<readonly string[]> {
  const answers = await Promise.allSettled(objects.map(({ same }) => client.dryRunApply(same)))
  return answers.flatMap((answer, index) => {
    const object = objects[index]
    if (object === undefined) return []
    if (answer.status === 'fulfilled') return differenceOf(object, answer.value) ?? []
    if (isAppError(answer.reason) && (answer.reason.view.code === 'refused' || answer.reason.view.code === 'conflict' || answer.reason.view.code === 'invalid')) return `${object.same.kind} ${object.same.metadata.name}: ${answer.reason.view.message}`
    throw answer.reason
  })
}
