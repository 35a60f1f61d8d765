import 'server-only'
import type { KubeObject, ObjectMeta } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, MANAGED_BY_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import { internAll } from '@/server/live/intern'
import { trimmedWarning } from '@/server/live/warnings'
import type { KindName } from '@/server/management/kinds'
import { trimObject } from '@/server/management/parse/trim'

export const DISPLAY_NAME = 'tenantry.dev/display-name'

/** The least of an object that something still reads; null when that is nothing. The object given is used up. */
export function trimmed(kind: KindName, object: KubeObject): KubeObject | null {
  const small = smallOf(kind, object)
  if (small) internAll(small)
  return small
}

function smallOf(kind: KindName, object: KubeObject): KubeObject | null {
  const { name, namespace, uid, resourceVersion, labels, annotations } = object.metadata
  const version = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
  const typed = { apiVersion: object.apiVersion, kind: object.kind }
  switch (kind) {
    // What a binding allows is asked of the API server; kept is only whom it may concern.
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return { ...typed, metadata: { name, ...(namespace ? { namespace } : {}), ...version }, people: peopleOf(object) }
    case 'Namespace': {
      const shown = annotations?.[DISPLAY_NAME]
      return { ...typed, metadata: { name, ...version, ...(labels ? { labels } : {}), ...(shown ? { annotations: { [DISPLAY_NAME]: shown } } : {}) } }
    }
    case 'Event':
      return trimmedWarning(object)
    default:
      return lean(trimObject(object))
  }
}

/** Labels that something reads; what else is there (hashes, hosts) differs from machine to machine. */
const LABELS: readonly string[] = [CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, MANAGED_BY_LABEL, NODE_POOL_LABEL]

/** Objects of one pool carry the same few labels and finalizers: they share one object for them. */
const MAX_SHARED = 20_000
const shared = new Map<string, unknown>()
function sharedValue<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  const known = shared.get(text)
  if (known !== undefined) return known as Value
  if (shared.size >= MAX_SHARED) shared.clear()
  shared.set(text, value)
  return value
}

function sharedLabels(labels: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | undefined {
  const own = LABELS.flatMap((key) => (labels?.[key] === undefined ? [] : [[key, labels[key]] as const]))
  return own.length === 0 ? undefined : sharedValue(Object.fromEntries(own))
}

/** Without what an owner's reference says beside its owner. Every object has the same layout, which is smaller. */
function lean({ apiVersion, kind, metadata, spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, annotations, labels, finalizers, ownerReferences } = metadata
  return {
    apiVersion,
    kind,
    metadata: {
      name, namespace, uid, resourceVersion, generation: metadata['generation' as keyof ObjectMeta], creationTimestamp, deletionTimestamp, annotations,
      labels: sharedLabels(labels),
      finalizers: finalizers && sharedValue(finalizers),
      ownerReferences: ownerReferences?.map((owner) => ({ kind: owner.kind, name: owner.name, uid: owner.uid })),
    },
    spec,
    status,
  } as unknown as KubeObject
}

/** `User/<name>` and `Group/<name>` of a binding's subjects; ServiceAccounts open no streams. */
function peopleOf(binding: KubeObject): readonly string[] {
  const subjects = Array.isArray(binding['subjects']) ? (binding['subjects'] as readonly { kind?: unknown; name?: unknown }[]) : []
  return subjects.flatMap(({ kind, name }) => ((kind === 'User' || kind === 'Group') && typeof name === 'string' ? [`${kind}/${name}`] : []))
}
