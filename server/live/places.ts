import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { interned } from '@/server/live/intern'
import { clusterKeyOf, type Bucket } from '@/server/live/objects'
import type { KindName } from '@/server/management/kinds'

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'))

interface Orphan {
  readonly kind: KindName
  readonly object: KubeObject
}

/** Which object belongs to which cluster (`namespace/name`): by its labels, else where its owner is. */
export class Places {
  private readonly buckets = new Map<string, Bucket>()
  private readonly places = new Map<string, string>()
  private readonly namespaces = new Map<string, Set<string>>()
  /** Owned objects whose owner was not read yet: kinds are listed in no order, and no second event says the same again. */
  private readonly orphans = new Map<string, Map<string, Orphan>>()
  private readonly waiting = new Map<string, readonly string[]>()

  bucket(key: string): Bucket | undefined {
    return this.buckets.get(key)
  }

  /** Keys of a namespace's clusters. */
  of(namespace: string): readonly string[] {
    return [...(this.namespaces.get(namespace) ?? [])]
  }

  /** Key of the cluster that an object belongs to, by the object's uid; null for one of another Namespace than this. */
  placeOf(uid: string, namespace: string | undefined): string | null {
    const place = this.places.get(uid)
    return place !== undefined && namespace !== undefined && namespaceOf(place) === namespace ? place : null
  }

  /** Whether there is an object of this uid that belongs to a cluster. */
  has(uid: string): boolean {
    return this.places.has(uid)
  }

  /** Every cluster's key with its objects. */
  all(): Iterable<readonly [string, Bucket]> {
    return this.buckets
  }

  /** @returns keys of the clusters that are not what they were */
  put(kind: KindName, object: KubeObject): readonly string[] {
    const uid = object.metadata.uid ?? ''
    const touched: string[] = []
    this.stopWaiting(uid)
    const found = clusterKeyOf(kind, object) ?? this.ownerPlace(object)
    const key = found === null ? null : interned(found) // one text for all of a cluster's objects
    const earlier = this.places.get(uid)
    if (earlier && earlier !== key) touched.push(...this.remove(kind, uid))
    if (!key) {
      this.wait(kind, object, uid)
      return touched
    }
    this.places.set(uid, key)
    const bucket = this.buckets.get(key) ?? this.newBucket(key)
    const objects = bucket.get(kind) ?? new Map<string, KubeObject>()
    bucket.set(kind, objects.set(uid, object))
    touched.push(key)
    for (const orphan of [...(this.orphans.get(uid)?.values() ?? [])]) touched.push(...this.put(orphan.kind, orphan.object))
    return touched
  }

  /** @returns the key of the cluster that it belonged to */
  remove(kind: KindName, uid: string): readonly string[] {
    this.stopWaiting(uid)
    const key = this.places.get(uid)
    if (!key) return []
    this.places.delete(uid)
    const bucket = this.buckets.get(key)
    bucket?.get(kind)?.delete(uid)
    if (bucket && [...bucket.values()].every((objects) => objects.size === 0)) this.dropBucket(key)
    return [key]
  }

  private newBucket(key: string): Bucket {
    const bucket: Bucket = new Map()
    this.buckets.set(key, bucket)
    const namespace = namespaceOf(key)
    this.namespaces.set(namespace, (this.namespaces.get(namespace) ?? new Set<string>()).add(key))
    return bucket
  }

  private dropBucket(key: string): void {
    this.buckets.delete(key)
    const keys = this.namespaces.get(namespaceOf(key))
    keys?.delete(key)
    if (keys?.size === 0) this.namespaces.delete(namespaceOf(key))
  }

  /** Owners are of the same Namespace (Kubernetes says so, but anyone can write another's uid): nothing crosses from tenant to tenant. */
  private ownerPlace({ metadata: { namespace, ownerReferences = [] } }: KubeObject): string | null {
    for (const { uid } of ownerReferences) {
      const place = this.placeOf(uid, namespace)
      if (place) return place
    }
    return null
  }

  private wait(kind: KindName, object: KubeObject, uid: string): void {
    const owners = (object.metadata.ownerReferences ?? []).map((owner) => owner.uid)
    if (owners.length === 0) return
    this.waiting.set(uid, owners)
    for (const owner of owners) this.orphans.set(owner, (this.orphans.get(owner) ?? new Map<string, Orphan>()).set(uid, { kind, object }))
  }

  private stopWaiting(uid: string): void {
    for (const owner of this.waiting.get(uid) ?? []) {
      const children = this.orphans.get(owner)
      children?.delete(uid)
      if (children?.size === 0) this.orphans.delete(owner)
    }
    this.waiting.delete(uid)
  }
}
