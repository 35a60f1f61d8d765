import 'server-only'
import type { ClusterView } from '@/lib/cluster/view'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { LiveView, Removal } from '@/lib/live/event'
import { same } from '@/lib/live/reduce'
import type { MachineView } from '@/lib/machine/view'
import type { Picture } from '@/lib/rollout/picture'
import { Agenda, GATHER_MS } from '@/server/live/agenda'
import { clusterParts, globalPoolsOf } from '@/server/live/objects'
import { Places } from '@/server/live/places'
import type { ReflectorSink } from '@/server/live/reflector'
import { aboutOf } from '@/server/live/warnings'
import type { KindName } from '@/server/management/kinds'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'

export interface ProjectionOptions {
  readonly viewsOf: {
    readonly cluster: (parts: ClusterParts, viewOf: (machine: MachineParts) => MachineView) => ClusterView
    readonly machine: (parts: MachineParts) => MachineView
  }
  readonly publish: (tenant: string, upserts: readonly LiveView[], removes: readonly Removal[]) => void
  /** What changed of one cluster, for the timeline. */
  readonly changed: (before: Picture | null, after: Picture | null) => void
  /** Its Namespace is no tenant any more: nobody sees the cluster, which goes on. */
  readonly hidden: (picture: Picture) => void
  /** Another Namespace has the name of a former tenant's: nothing of that one is told in it. */
  readonly renamed: (tenant: string) => void
  /** A Warning event of one of a cluster's objects. */
  readonly warned: (cluster: ClusterView, event: KubeObject) => void
  /**
   * A binding changed, or a Namespace became or ceased to be a tenant: in a Namespace or anywhere (null), for these
   * (`User/<name>`, `Group/<name>`) or all (null).
   */
  readonly bindingChanged: (tenant: string | null, people: readonly string[] | null) => void
}

const TENANT_LABEL = 'tenantry.dev/tenant'
/** A pool of all tenants changes with each address that anyone takes; its counts may be this old. */
const GLOBAL_POOL_MS = 2_000
/** Events whose object was not read yet, and how long they wait for it. */
const MAX_WARNINGS = 2_000
const WARNING_WAIT_MS = 60_000

interface Memo {
  readonly parts: MachineParts
  readonly view: MachineView
}

/** Trimmed objects in, views out: looks at the clusters that were touched, at once and then a few times a second, and says what differs. */
export class Projection implements ReflectorSink {
  private readonly places = new Places()
  private readonly namespaces = new Map<string, KubeObject>()
  /** Of the Namespace that had the name last. */
  private readonly namespaceUids = new Map<string, string>()
  private readonly identities = new Map<string, KubeObject>()
  private readonly globalPools = new Map<string, KubeObject>()
  /** TenantControlPlanes by uid, whether or not a cluster leads to them. */
  private readonly hosted = new Map<string, KubeObject>()
  private readonly zones = new Map<string, KubeObject>()
  private readonly failureDomains = new Map<string, KubeObject>()
  private readonly people = new Map<string, readonly string[]>()
  private readonly pictures = new Map<string, Picture>()
  /** As last seen, of clusters whose Namespace is no tenant any more. */
  private readonly unseen = new Map<string, Picture>()
  private readonly memos = new Map<string, Memo>()
  private readonly agenda = new Agenda(() => this.flush())
  private warnings: { readonly event: KubeObject; readonly until: number }[] = []
  private complete = false
  private tenantList: readonly KubeObject[] | null = null

  constructor(private readonly options: ProjectionOptions) {}

  upsert(kind: KindName, object: KubeObject): void {
    switch (kind) {
      case 'Namespace':
        return this.setNamespace(object, true)
      case 'VSphereClusterIdentity':
        return this.setIdentity(object.metadata.name, object)
      case 'GlobalInClusterIPPool':
        return this.setGlobalPool(object.metadata.name, object)
      case 'VSphereDeploymentZone':
        return void this.zones.set(object.metadata.name, object)
      case 'VSphereFailureDomain':
        return void this.failureDomains.set(object.metadata.name, object)
      case 'RoleBinding':
      case 'ClusterRoleBinding':
        return this.setBinding(object, (object['people'] as readonly string[] | undefined) ?? null)
      case 'Event':
        return this.warn(object)
      default:
        if (kind === 'TenantControlPlane') this.hosted.set(object.metadata.uid ?? '', object)
        this.agenda.touch(this.places.put(kind, object))
    }
  }

  remove(kind: KindName, object: KubeObject): void {
    // After a gap, one that was made anew under the name comes before its predecessor goes (relist in reflector.ts).
    const kept = this.byName(kind)?.get(object.metadata.name)
    if (kept !== undefined && kept.metadata.uid !== object.metadata.uid) return
    switch (kind) {
      case 'Namespace':
        return this.setNamespace(object, false)
      case 'VSphereClusterIdentity':
        return this.setIdentity(object.metadata.name, null)
      case 'GlobalInClusterIPPool':
        return this.setGlobalPool(object.metadata.name, null)
      case 'VSphereDeploymentZone':
        return void this.zones.delete(object.metadata.name)
      case 'VSphereFailureDomain':
        return void this.failureDomains.delete(object.metadata.name)
      case 'RoleBinding':
      case 'ClusterRoleBinding':
        return this.setBinding(object, [])
      case 'Event': // its hour is over: what it told has been told
        return
      default:
        if (kind === 'TenantControlPlane') this.hosted.delete(object.metadata.uid ?? '')
        this.agenda.touch(this.places.remove(kind, object.metadata.uid ?? ''))
    }
  }

  /** Kinds that are kept by name. */
  private byName(kind: KindName): ReadonlyMap<string, KubeObject> | null {
    switch (kind) {
      case 'Namespace': return this.namespaces
      case 'VSphereClusterIdentity': return this.identities
      case 'GlobalInClusterIPPool': return this.globalPools
      case 'VSphereDeploymentZone': return this.zones
      case 'VSphereFailureDomain': return this.failureDomains
      default: return null
    }
  }

  /** After the first lists: until then a cluster whose machines were not read yet would look empty. */
  start(): void {
    this.agenda.start()
    this.flush()
  }

  /** Every cluster of the first lists has been looked at: what is not shown does not exist. */
  get ready(): boolean {
    return this.complete
  }

  /** There is a cluster of this uid, whether or not its Namespace is a tenant. */
  exists(clusterUid: string): boolean {
    return this.places.has(clusterUid)
  }

  /** Clusters that wait to be looked at. */
  get dirty(): number {
    return this.agenda.size
  }

  cluster(tenant: string, name: string): ClusterView | null {
    return this.pictures.get(`${tenant}/${name}`)?.cluster ?? null
  }

  /** TenantControlPlanes of the tenant that were asked to go with a control plane that is gone by now. */
  leftBehind(tenant: string): readonly KubeObject[] {
    return [...this.hosted.values()].filter(({ metadata: { namespace, deletionTimestamp, ownerReferences = [] } }) => namespace === tenant && deletionTimestamp !== undefined && !ownerReferences.some(({ uid }) => this.places.has(uid)))
  }

  /** There is a TenantControlPlane of this uid. */
  hosts(uid: string): boolean {
    return this.hosted.has(uid)
  }

  namespace(name: string): KubeObject | null {
    return this.namespaces.get(name) ?? null
  }

  /** The same list until a tenant comes, goes or changes. */
  tenants(): readonly KubeObject[] {
    return (this.tenantList ??= [...this.namespaces.values()])
  }

  identityObjects(): readonly KubeObject[] {
    return [...this.identities.values()]
  }

  globalPoolObjects(): readonly KubeObject[] {
    return [...this.globalPools.values()]
  }

  zoneObjects(): readonly KubeObject[] {
    return [...this.zones.values()]
  }

  failureDomain(name: string): KubeObject | null {
    return this.failureDomains.get(name) ?? null
  }

  flush(): void {
    if (!this.agenda.work((key) => this.recompute(key))) return
    this.tellWarnings()
    this.complete = true
  }

  stop(): void {
    this.agenda.stop()
  }

  private recompute(key: string): void {
    const tenant = key.slice(0, key.indexOf('/'))
    const bucket = this.places.bucket(key)
    const parts = bucket && this.namespaces.has(tenant) ? clusterParts(bucket, this.globalPools, this.identities) : null
    const before = this.pictures.get(key) ?? null
    const after = parts ? this.picture(parts, before) : null
    if (after) this.pictures.set(key, after)
    else this.pictures.delete(key)

    const upserts: LiveView[] = []
    const removes: Removal[] = []
    if (after) {
      if (after.cluster !== before?.cluster) upserts.push(after.cluster)
      for (const [uid, machine] of after.machines) if (before?.machines.get(uid) !== machine) upserts.push(machine)
    }
    for (const uid of before?.machines.keys() ?? []) {
      if (after?.machines.has(uid)) continue
      this.memos.delete(uid)
      removes.push({ kind: 'machine', id: uid })
    }
    // A cluster deleted and made again under its name has another uid.
    if (before && before.cluster.uid !== after?.cluster.uid) removes.push({ kind: 'cluster', id: before.cluster.uid })
    if (upserts.length > 0 || removes.length > 0) this.options.publish(tenant, upserts, removes)
    this.tell(key, before, after, upserts.length > 0 || removes.length > 0)
  }

  /** History is told of clusters. One that is only out of sight is told on from where it was, once it is seen again or has gone. */
  private tell(key: string, before: Picture | null, after: Picture | null, differs: boolean): void {
    const known = before ?? this.unseen.get(key) ?? null
    if (!after && known && this.exists(known.cluster.uid)) {
      this.unseen.set(key, known)
      if (before) this.options.hidden(before)
      return
    }
    if (this.unseen.delete(key) || differs) this.options.changed(known, after)
  }

  /** Views that say what they said before are those of before: what is unchanged is not sent, and compared by identity from here on. */
  private picture(parts: ClusterParts, before: Picture | null): Picture {
    const machines = new Map<string, MachineView>()
    for (const machine of parts.machines) machines.set(machine.machine.metadata.uid ?? '', this.machineView(machine))
    const cluster = this.options.viewsOf.cluster(parts, (machine) => this.machineView(machine))
    return { cluster: before && same(before.cluster, cluster) ? before.cluster : cluster, machines }
  }

  private machineView(parts: MachineParts): MachineView {
    const uid = parts.machine.metadata.uid ?? ''
    const memo = this.memos.get(uid)
    if (memo && sameParts(memo.parts, parts)) return memo.view
    const made = this.options.viewsOf.machine(parts)
    const view = memo && same(memo.view, made) ? memo.view : made
    this.memos.set(uid, { parts, view })
    return view
  }

  private setNamespace(object: KubeObject, present: boolean): void {
    const { name, labels, uid = '' } = object.metadata
    const isTenant = present && labels?.[TENANT_LABEL] !== undefined
    const was = this.namespaces.has(name)
    if (isTenant) this.namespaces.set(name, object)
    else this.namespaces.delete(name)
    this.tenantList = null
    if (isTenant && (this.namespaceUids.get(name) ?? uid) !== uid) this.options.renamed(name)
    if (isTenant) this.namespaceUids.set(name, uid)
    if (was === isTenant) return
    this.agenda.touch(this.places.of(name))
    // Streams of what is no tenant any more end.
    this.options.bindingChanged(name, null)
  }

  /** Whom it named counts as well as whom it names. */
  private setBinding({ metadata: { uid = '', namespace } }: KubeObject, people: readonly string[] | null): void {
    const before = this.people.get(uid) ?? []
    if (people === null || people.length === 0) this.people.delete(uid)
    else this.people.set(uid, people)
    const all = people === null ? null : [...before, ...people]
    if (all === null || all.length > 0) this.options.bindingChanged(namespace ?? null, all)
  }

  private setIdentity(name: string, identity: KubeObject | null): void {
    if (identity) this.identities.set(name, identity)
    else this.identities.delete(name)
    this.agenda.touch([...this.pictures].flatMap(([key, { cluster }]) => (cluster.identity === name ? [key] : [])))
  }

  private setGlobalPool(name: string, pool: KubeObject | null): void {
    if (pool) this.globalPools.set(name, pool)
    else this.globalPools.delete(name)
    const users = [...this.places.all()].flatMap(([key, bucket]) => (globalPoolsOf(bucket).includes(name) ? [key] : []))
    this.agenda.touch(users, GLOBAL_POOL_MS)
  }

  private warn(event: KubeObject): void {
    if (this.warnings.length >= MAX_WARNINGS) this.warnings.shift()
    this.warnings.push({ event, until: Date.now() + WARNING_WAIT_MS })
    this.agenda.wake(performance.now() + GATHER_MS)
  }

  /** An Event may come before its object and its cluster; it waits a while for them. */
  private tellWarnings(): void {
    const waiting = this.warnings
    this.warnings = []
    for (const warning of waiting) {
      const key = this.places.placeOf(aboutOf(warning.event), warning.event.metadata.namespace)
      const picture = key === null ? undefined : this.pictures.get(key)
      if (picture) this.options.warned(picture.cluster, warning.event)
      else if (warning.until > Date.now()) this.warnings.push(warning)
    }
  }
}

/** Objects are replaced, never changed in place: the same references are the same machine. */
function sameParts(a: MachineParts, b: MachineParts): boolean {
  return a.machine === b.machine && a.vsphereMachine === b.vsphereMachine && a.vsphereVm === b.vsphereVm && a.bootstrap === b.bootstrap && sameList(a.claims, b.claims) && sameList(a.addresses, b.addresses)
}

const sameList = (a: readonly KubeObject[] = [], b: readonly KubeObject[] = []): boolean => a.length === b.length && a.every((object, index) => object === b[index])
