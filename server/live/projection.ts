import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { LiveView, Removal } from '@/lib/live/event'
import type { MachineView } from '@/lib/machine/view'
import { clusterParts } from '@/server/live/objects'
import { Places } from '@/server/live/places'
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
  /** A binding changed, or a Namespace became or ceased to be a tenant; `tenant` is null for cluster-wide bindings. */
  readonly bindingChanged: (tenant: string | null) => void
}

const TENANT_LABEL = 'tenantry.dev/tenant'
const BATCH_MS = 100
const SLICE_MS = 25

interface Memo {
  readonly parts: MachineParts
  readonly view: MachineView
}

/** Trimmed objects in, views out: recomputes the clusters that were touched, a few times a second, and says what differs. */
export class Projection implements ReflectorSink {
  private readonly places = new Places()
  private readonly namespaces = new Map<string, KubeObject>()
  private readonly identities = new Map<string, KubeObject>()
  private readonly pictures = new Map<string, ClusterPicture>()
  private readonly json = new Map<string, string>()
  private readonly memos = new Map<string, Memo>()
  private readonly dirty = new Set<string>()
  private timer: NodeJS.Timeout | null = null
  private started = false
  private complete = false

  constructor(private readonly options: ProjectionOptions) {}

  upsert(kind: KindName, object: KubeObject): void {
    if (kind === 'Namespace') return this.setNamespace(object, true)
    if (kind === 'VSphereClusterIdentity') return void this.identities.set(object.metadata.name, object)
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') return this.options.bindingChanged(object.metadata.namespace ?? null)
    this.touch(this.places.put(kind, object))
  }

  remove(kind: KindName, object: KubeObject): void {
    if (kind === 'Namespace') return this.setNamespace(object, false)
    if (kind === 'VSphereClusterIdentity') return void this.identities.delete(object.metadata.name)
    if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') return this.options.bindingChanged(object.metadata.namespace ?? null)
    this.touch(this.places.remove(kind, object.metadata.uid ?? ''))
  }

  /** After the first lists: until then a cluster whose machines were not read yet would look empty. */
  start(): void {
    this.started = true
    this.flush()
  }

  /** Every cluster of the first lists has been looked at: what is not shown does not exist. */
  get ready(): boolean {
    return this.complete
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
    const begun = performance.now()
    for (const key of this.dirty) {
      // After a list every cluster is due at once: streams and requests get their turn in between.
      if (performance.now() - begun > SLICE_MS) {
        this.timer = setTimeout(() => this.flush(), 0)
        return
      }
      this.dirty.delete(key)
      try {
        this.recompute(key)
      } catch (error) {
        // One object that a parser cannot read must not hold up the other clusters.
        log.error({ event: 'live.view', cluster: key, err: error }, 'a view could not be made')
      }
    }
    this.complete = true
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer)
    this.started = false
  }

  private recompute(key: string): void {
    const tenant = key.slice(0, key.indexOf('/'))
    const bucket = this.places.bucket(key)
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

  private setNamespace(object: KubeObject, present: boolean): void {
    const { name, labels } = object.metadata
    const isTenant = present && labels?.[TENANT_LABEL] !== undefined
    const was = this.namespaces.has(name)
    if (isTenant) this.namespaces.set(name, object)
    else this.namespaces.delete(name)
    if (was === isTenant) return
    this.touch(this.places.of(name))
    // Streams of what is no tenant any more end.
    this.options.bindingChanged(name)
  }

  private touch(keys: readonly string[]): void {
    if (keys.length === 0) return
    for (const key of keys) this.dirty.add(key)
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
