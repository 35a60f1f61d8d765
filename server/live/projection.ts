import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { LiveView, Removal } from '@/lib/live/event'
import type { MachineView } from '@/lib/machine/view'
import { clusterKeyOf, clusterParts, type Bucket } from '@/server/live/objects'
import type { ReflectorSink } from '@/server/live/reflector'
import { log } from '@/server/log'
import type { KindName } from '@/server/management/kinds'
import type { MachineParts } from '@/server/management/parse/parts'

/** One cluster with its machines, as pages see it. */
export interface ClusterPicture {
  readonly cluster: ClusterView
  readonly machines: ReadonlyMap<string, MachineView>
}

export interface ProjectionOptions {
  readonly viewsOf: {
    readonly cluster: (parts: NonNullable<ReturnType<typeof clusterParts>>) => ClusterView
    readonly machine: (parts: MachineParts, cluster: NonNullable<ReturnType<typeof clusterParts>>) => MachineView
  }
  readonly publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void
  /** What changed of one cluster, for the timeline. */
  readonly changed: (before: ClusterPicture | null, after: ClusterPicture | null) => void
  /** A Namespace, an identity or a binding changed; `tenant` is null for cluster-wide bindings. */
  readonly bindingChanged: (tenant: string | null) => void
}

const TENANT_LABEL = 'tenantry.dev/tenant'
const BATCH_MS = 100

interface Memo {
  readonly parts: MachineParts
  readonly view: MachineView
}

/** Trimmed objects in, views out: recomputes the clusters that were touched, a few times a second, and says what differs. */
export class Projection implements ReflectorSink {
  private readonly buckets = new Map<string, Bucket>()
  private readonly places = new Map<string, string>()
  private readonly namespaces = new Map<string, KubeObject>()
  private readonly identities = new Map<string, KubeObject>()
  private readonly pictures = new Map<string, ClusterPicture>()
  private readonly json = new Map<string, string>()
  private readonly memos = new Map<string, Memo>()
  private readonly dirty = new Set<string>()
  private timer: NodeJS.Timeout | null = null
  private started = false

  constructor(private readonly options: ProjectionOptions) {}

  upsert(kind: KindName, object: KubeObject): void {
    if (kind === 'Namespace') return this.setNamespace(object, true)
    if (kind === 'VSphereClusterIdentity') return void this.identities.set(object.metadata.name, object)
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') return this.options.bindingChanged(object.metadata.namespace ?? null)
    const uid = object.metadata.uid ?? ''
    // A claim without the cluster's label still belongs where its machine is.
    const key = clusterKeyOf(kind, object) ?? this.ownerPlace(object)
    const earlier = this.places.get(uid)
    if (earlier && earlier !== key) this.forget(kind, uid, earlier)
    if (!key) return
    this.places.set(uid, key)
    const bucket = this.buckets.get(key) ?? new Map<KindName, Map<string, KubeObject>>()
    this.buckets.set(key, bucket)
    const objects = bucket.get(kind) ?? new Map<string, KubeObject>()
    bucket.set(kind, objects.set(uid, object))
    this.touch(key)
  }

  remove(kind: KindName, object: KubeObject): void {
    if (kind === 'Namespace') return this.setNamespace(object, false)
    if (kind === 'VSphereClusterIdentity') return void this.identities.delete(object.metadata.name)
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') return this.options.bindingChanged(object.metadata.namespace ?? null)
    const uid = object.metadata.uid ?? ''
    const key = this.places.get(uid)
    if (key) this.forget(kind, uid, key)
  }

  /** After the first lists: until then a cluster whose machines were not read yet would look empty. */
  start(): void {
    this.started = true
    this.flush()
  }

  namespace(name: string): KubeObject | null {
    return this.namespaces.get(name) ?? null
  }

  tenants(): readonly KubeObject[] {
    return [...this.namespaces.values()]
  }

  identityObjects(): readonly KubeObject[] {
    return [...this.identities.values()]
  }

  flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (!this.started) return
    const keys = [...this.dirty]
    this.dirty.clear()
    for (const key of keys) {
      try {
        this.recompute(key)
      } catch (error) {
        // One object that a parser cannot read must not hold up the other clusters.
        log.error({ event: 'live.view', cluster: key, err: error }, 'a view could not be made')
      }
    }
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer)
    this.started = false
  }

  private recompute(key: string): void {
    const tenant = key.slice(0, key.indexOf('/'))
    const bucket = this.buckets.get(key)
    const parts = bucket && this.namespaces.has(tenant) ? clusterParts(bucket) : null
    const before = this.pictures.get(key) ?? null
    const after = parts ? this.picture(parts) : null
    if (after) this.pictures.set(key, after)
    else this.pictures.delete(key)

    const upserts: LiveView[] = []
    const removes: Removal[] = []
    const differs = (id: string, view: LiveView): void => {
      const text = JSON.stringify(view)
      if (this.json.get(id) === text) return
      this.json.set(id, text)
      upserts.push(view)
    }
    if (after) {
      differs(after.cluster.uid, after.cluster)
      for (const [uid, machine] of after.machines) if (before?.machines.get(uid) !== machine) differs(uid, machine)
    }
    const gone = (kind: Removal['kind'], id: string): void => {
      this.json.delete(id)
      this.memos.delete(id)
      removes.push({ kind, id })
    }
    for (const uid of before?.machines.keys() ?? []) if (!after?.machines.has(uid)) gone('machine', uid)
    // A cluster deleted and made again under its name has another uid.
    if (before && before.cluster.uid !== after?.cluster.uid) gone('cluster', before.cluster.uid)
    if (upserts.length === 0 && removes.length === 0) return
    this.options.publish(tenant, upserts, removes)
    this.options.changed(before, after)
  }

  private picture(parts: NonNullable<ReturnType<typeof clusterParts>>): ClusterPicture {
    const machines = new Map<string, MachineView>()
    for (const machine of parts.machines) {
      const uid = machine.machine.metadata.uid ?? ''
      const memo = this.memos.get(uid)
      const view = memo && same(memo.parts, machine) ? memo.view : this.options.viewsOf.machine(machine, parts)
      this.memos.set(uid, { parts: machine, view })
      machines.set(uid, view)
    }
    return { cluster: this.options.viewsOf.cluster(parts), machines }
  }

  private ownerPlace(object: KubeObject): string | null {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const place = this.places.get(owner.uid)
      if (place) return place
    }
    return null
  }

  private setNamespace(object: KubeObject, present: boolean): void {
    const { name, labels } = object.metadata
    const isTenant = present && labels?.[TENANT_LABEL] !== undefined
    const was = this.namespaces.has(name)
    if (isTenant) this.namespaces.set(name, object)
    else this.namespaces.delete(name)
    if (was === isTenant) return
    for (const key of this.buckets.keys()) if (key.startsWith(`${name}/`)) this.touch(key)
  }

  private forget(kind: KindName, uid: string, key: string): void {
    this.places.delete(uid)
    const bucket = this.buckets.get(key)
    bucket?.get(kind)?.delete(uid)
    if (bucket && [...bucket.values()].every((objects) => objects.size === 0)) this.buckets.delete(key)
    this.touch(key)
  }

  private touch(key: string): void {
    this.dirty.add(key)
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }
}

/** Objects are replaced, never changed in place: the same references are the same machine. */
function same(a: MachineParts, b: MachineParts): boolean {
  return (
    a.machine === b.machine &&
    a.vsphereMachine === b.vsphereMachine &&
    a.vsphereVm === b.vsphereVm &&
    a.bootstrap === b.bootstrap &&
    a.claims.length === b.claims.length &&
    a.claims.every((claim, index) => claim === b.claims[index])
  )
}
