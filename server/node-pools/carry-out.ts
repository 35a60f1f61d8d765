import 'server-only'
import { AppError, isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ObjectToRemove, PoolPlan } from '@/lib/node-pool/plan'
import { knownKind, type KindName } from '@/server/management/kinds'
import type { UserClient } from '@/server/management/user-client'
import { applyAll, nameOf } from '@/server/operations/apply'
import { reasonOf, type Holder } from '@/server/operations/lease'

/** What a plan writes, in the order in which it is written. */
export interface Writes {
  readonly tenant: string
  /** In the contract that is served. */
  readonly objects: readonly KubeObject[]
  /** Of those that are there already, as they were read. */
  readonly reads?: readonly KubeObject[]
  readonly scales: PoolPlan['scales']
  readonly removes: readonly ObjectToRemove[]
}

/** For the Operation row: `Kind/name`. */
export const namesOf = ({ objects }: Pick<Writes, 'objects'>): readonly string[] => objects.map(nameOf)

/**
 * Objects, then the size, then what goes. All of it may be done again: what is so already does not change.
 * @throws AppError 'interrupted' once something was written and the rest was not; otherwise the refusal itself
 */
export async function carryOut(client: UserClient, lease: Holder, { tenant, objects, reads, scales, removes }: Writes, before: readonly string[] = []): Promise<void> {
  await applyAll(client, lease, objects, before, [], reads)
  try {
    await keepTemplates(client, lease, tenant, objects)
    for (const { deployment, replicas } of scales) {
      lease.assertHeld()
      await client.patchScale(tenant, deployment, replicas)
    }
    for (const { kind, name, uid } of removes) {
      lease.assertHeld()
      await client.delete(knownKind(kind).kind as KindName, tenant, name, uid ?? undefined)
    }
  } catch (error) {
    if (lease.gone || objects.length === 0) throw error
    const missing = [...scales.map(({ deployment }) => `the size of ${deployment}`), ...removes.map(({ kind, name }) => `the removal of ${kind}/${name}`)]
    const detail = isAppError(error) ? error.view.detail : undefined
    const view = { code: 'interrupted', message: `It stopped in the middle: the objects are written, ${missing.join(' and ')} is not. ${reasonOf(error)}`, progress: { operationId: lease.id, exist: objects.map(nameOf), missing }, ...(detail ? { detail } : {}) } as const
    throw new AppError(view, { cause: error })
  }
}

/**
 * A template with this content may have been superseded, and be tidied up between its apply and that of what refers to it.
 * From here on something refers to it, and it stays.
 */
async function keepTemplates(client: UserClient, lease: Holder, tenant: string, objects: readonly KubeObject[]): Promise<void> {
  const templates = objects.filter(({ kind }) => kind === 'VSphereMachineTemplate' || kind === 'KubeadmConfigTemplate')
  const found = await Promise.all(templates.map(({ kind, metadata }) => client.get(kind as KindName, tenant, metadata.name)))
  for (const [index, template] of templates.entries()) {
    if (found[index] && !found[index].metadata.deletionTimestamp) continue
    lease.assertHeld()
    await client.apply(template)
  }
}
