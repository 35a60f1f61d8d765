import 'server-only'
import { AppError, isAppError, type Progress } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { fieldOf } from '@/server/clusters/fields'
import type { UserClient } from '@/server/management/user-client'
import { applyOver, assertUnchanged } from '@/server/operations/guard'
import { reasonOf, type Holder } from '@/server/operations/lease'

export const nameOf = (object: KubeObject): string => `${object.kind}/${object.metadata.name}`

/**
 * Asks the API server, as the person, about each object without writing any: webhooks and validation speak now.
 * @throws AppError of the first refusal, in the order of the objects
 */
export async function dryRunAll(client: UserClient, objects: readonly KubeObject[]): Promise<void> {
  const answers = await Promise.allSettled(objects.map((object) => client.dryRunApply(object, fieldOf)))
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
}

/**
 * Applies the objects in their order and notes each step. The whole set may be applied again: an apply of what is there
 * already changes nothing.
 * @param before names of objects that exist from an earlier try
 * @param later what the operation writes after these, as its record is to name it
 * @param reads those of the objects that the others were made from, as they were read: nobody's change since is overwritten
 * @returns the Cluster's uid
 * @throws AppError 'conflict' before the first write when one of `reads` changed; 'interrupted' with the progress once something was or may have been written; otherwise the refusal itself
 */
export async function applyAll(client: UserClient, lease: Holder, objects: readonly KubeObject[], before: readonly string[] = [], later: readonly string[] = [], reads: readonly KubeObject[] = []): Promise<{ clusterUid: string }> {
  const names = objects.map(nameOf)
  const there = new Set(before)
  const progress = () => ({ applied: names.filter((name) => there.has(name)), missing: [...names.filter((name) => !there.has(name)), ...later] })
  let wrote = false
  const guarded = new Map(reads.map((read) => [nameOf(read), read]))
  for (const name of names) if (guarded.has(name)) await assertUnchanged(client, guarded.get(name) as KubeObject)
  let cluster: { uid: string; name: string } | null = null
  for (const object of objects) {
    try {
      lease.assertHeld()
      const [owned, read] = [cluster && needsOwner(object) ? withOwner(object, cluster) : object, guarded.get(nameOf(object))]
      const applied: KubeObject = await (read ? applyOver(client, owned, read, fieldOf) : client.apply(owned, fieldOf))
      wrote = true
      there.add(nameOf(object))
      if (object.kind === 'Cluster') cluster = { uid: applied.metadata.uid ?? '', name: applied.metadata.name }
      await lease.step({ ...progress(), ...(cluster ? { clusterUid: cluster.uid } : {}) })
    } catch (error) {
      // Without an answer nobody knows whether the object was written: "nothing exists" would leave it to nobody.
      if (lease.gone || (!wrote && refusedFor(error))) throw error
      const { applied, missing } = progress()
      throw interrupted({ operationId: lease.id, exist: applied, missing }, error)
    }
  }
  return { clusterUid: cluster?.uid ?? '' }
}

/** The API server has answered, and the answer was no; or it was not asked. */
const refusedFor = (error: unknown): boolean => isAppError(error) && error.view.code !== 'management-away'

/** With what stopped it as its cause. */
export function interrupted(progress: Progress, cause: unknown): AppError {
  const all = progress.exist.length + progress.missing.length
  const far = progress.exist.length === 0 ? `the first of ${all} objects was sent, and nobody knows whether it exists` : `${progress.exist.length} of ${all} objects exist`
  const message = `It stopped in the middle: ${far}. ${reasonOf(cause)}`
  const detail = isAppError(cause) ? cause.view.detail : undefined
  return new AppError({ code: 'interrupted', message, progress, ...(detail ? { detail } : {}) }, { cause })
}
