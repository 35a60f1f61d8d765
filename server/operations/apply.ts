import 'server-only'
import { isAppError, type Progress } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { needsOwner, withOwner } from '@/lib/manifests/labels'
import { fieldOf } from '@/server/clusters/fields'
import { updateOperation } from '@/server/db/operations'
import { failure } from '@/server/failure'
import type { UserClient } from '@/server/management/user-client'
import { runtime } from '@/server/runtime'

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
 * @returns the Cluster's uid
 * @throws AppError 'interrupted' with the progress once something exists or may exist; the refusal itself when nothing does
 */
export async function applyAll(client: UserClient, operationId: string, objects: readonly KubeObject[]): Promise<{ clusterUid: string }> {
  const { db } = runtime()
  const exist: string[] = []
  const missing = objects.map(nameOf)
  let cluster: { uid: string; name: string } | null = null
  for (const object of objects) {
    try {
      const applied: KubeObject = await client.apply(cluster && needsOwner(object) ? withOwner(object, cluster) : object, fieldOf)
      if (object.kind === 'Cluster') cluster = { uid: applied.metadata.uid ?? '', name: applied.metadata.name }
      exist.push(missing.shift() ?? nameOf(object))
      await updateOperation(db, operationId, { applied: exist, missing, ...(cluster ? { clusterUid: cluster.uid } : {}) })
    } catch (error) {
      const reason = isAppError(error) ? error.view.message : 'The portal failed.'
      // Without an answer nobody knows whether the object was written: "nothing exists" would leave it to nobody.
      const state = exist.length > 0 || !refusedFor(error) ? 'interrupted' : 'failed'
      // With the database away too, the row says `running` and housekeeping finds it later.
      await updateOperation(db, operationId, { state, applied: exist, missing, error: reason }).catch(() => undefined)
      if (state === 'failed') throw error
      throw interrupted({ operationId, exist, missing }, reason, isAppError(error) ? error.view.detail : undefined)
    }
  }
  await updateOperation(db, operationId, { state: 'done', error: null })
  return { clusterUid: cluster?.uid ?? '' }
}

/** The API server has answered, and the answer was no. */
const refusedFor = (error: unknown): boolean => isAppError(error) && error.view.code !== 'management-away'

function interrupted(progress: Progress, reason: string, detail: string | undefined): Error {
  const all = progress.exist.length + progress.missing.length
  const far = progress.exist.length === 0 ? `the first of ${all} objects was sent, and nobody knows whether it exists` : `${progress.exist.length} of ${all} objects exist`
  const message = `It stopped in the middle: ${far}. ${reason}`
  return failure('interrupted', message, { progress, ...(detail ? { detail } : {}) })
}
