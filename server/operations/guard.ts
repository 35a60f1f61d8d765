import 'server-only'
import { AppError, isAppError } from '@/lib/errors'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedPart } from '@/lib/manifests/applied'
import { canonicalJson } from '@/lib/manifests/hash'
import type { KindName } from '@/server/management/kinds'
import type { FieldMap } from '@/server/management/status'
import type { UserClient } from '@/server/management/user-client'

/** Somebody else changed the same object through the portal, between its being read and its being written. */
class ChangedMeanwhile extends AppError {
  constructor({ kind, metadata }: KubeObject) {
    super({ code: 'conflict', message: `${kind} ${metadata.name} was changed by somebody else at this very moment, and that was not overwritten. Load the page again to go on from there.` })
    this.name = 'ChangedMeanwhile'
  }
}

export const isChangedMeanwhile = (error: unknown): boolean => isAppError(error) && error.name === 'ChangedMeanwhile'

/** A controller that writes status moves the resourceVersion a few times a second at most. */
const LOOKS = 5

/**
 * What the portal itself applied is still as it was read: all its people are one field manager, so that of two of them the API server
 * would let the later one win. Status, and fields of others (which an apply without force conflicts with), may move.
 * @returns the object as it is now
 * @throws AppError 'conflict' (isChangedMeanwhile)
 */
export async function assertUnchanged(client: UserClient, read: KubeObject): Promise<KubeObject> {
  const now = await client.get(read.kind as KindName, read.metadata.namespace ?? '', read.metadata.name)
  if (now === null || now.metadata.uid !== read.metadata.uid || applied(now) !== applied(read)) throw new ChangedMeanwhile(read)
  return now
}

const applied = (object: KubeObject): string => canonicalJson(appliedPart(object))

/**
 * Applies an object in place of the one that was read, which the API server lets nobody come between (metadata.resourceVersion is a
 * precondition of an apply).
 * @throws AppError 'conflict' (isChangedMeanwhile); whatever the API server refuses
 */
export async function applyOver(client: UserClient, object: KubeObject, read: KubeObject, fieldOf?: FieldMap): Promise<KubeObject> {
  let { resourceVersion } = read.metadata
  for (let look = 1; ; look++) {
    try {
      return await client.apply({ ...object, metadata: { ...object.metadata, ...(resourceVersion ? { resourceVersion } : {}) } }, fieldOf)
    } catch (error) {
      if (look >= LOOKS || !isAppError(error) || error.view.code !== 'conflict') throw error
      const now = await assertUnchanged(client, read)
      // It was not the version that was in the way: another tool holds a field.
      if (now.metadata.resourceVersion === resourceVersion) throw error
      resourceVersion = now.metadata.resourceVersion
    }
  }
}
