import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import { WATCHED, type KindName } from '@/server/management/kinds'
import { dig, numberAt, textAt, timeAt } from '@/server/management/parse/raw'
import type { Warning } from '@/lib/timeline/warnings'
import { cleanLine } from '@/lib/text'

/** Objects whose warnings are of interest: those of clusters, which is none of the built-in kinds. */
const ABOUT: ReadonlySet<string> = new Set(
  WATCHED.filter((kind): boolean => !(['Namespace', 'RoleBinding', 'ClusterRoleBinding', 'Event', 'VSphereClusterIdentity', 'GlobalInClusterIPPool'] as KindName[]).includes(kind)),
)
const OWN_GROUP = /\.cluster\.x-k8s\.io\/|^cluster\.x-k8s\.io\//

/** MachineHealthCheck's: told as health, by its condition; as an Event it comes with every pool that grows. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set(['RemediationRestricted'])

/** What is kept of an Event; null for one that concerns nothing we watch, e.g. every Pod of the management cluster. */
export function trimmedWarning(event: KubeObject): KubeObject | null {
  const about = event['involvedObject']
  const [kind, group, uid] = [textAt(about, 'kind'), textAt(about, 'apiVersion'), textAt(about, 'uid')]
  if (uid === null || kind === null || !ABOUT.has(kind) || !OWN_GROUP.test(group ?? '') || TOLD_OTHERWISE.has(textAt(event, 'reason') ?? '')) return null
  const { name, namespace, uid: own, resourceVersion, creationTimestamp } = event.metadata
  return {
    apiVersion: event.apiVersion,
    kind: event.kind,
    metadata: { name, ...(namespace ? { namespace } : {}), ...(own ? { uid: own } : {}), ...(resourceVersion ? { resourceVersion } : {}) },
    involvedObject: { kind, name: textAt(about, 'name') ?? '', uid },
    reason: textAt(event, 'reason') ?? '',
    message: cleanLine(event['message'], 300),
    // The newer API counts in a series; the older one in `count`.
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    at: timeAt(event, 'series', 'lastObservedTime') ?? timeAt(event, 'lastTimestamp') ?? timeAt(event, 'eventTime') ?? creationTimestamp ?? '',
  }
}

/** The uid of the object that it is about. */
export const aboutOf = (event: KubeObject): string => String(dig(event, 'involvedObject', 'uid') ?? '')

/** A trimmed Event as the timeline reads it. */
export function warningOf(event: KubeObject): Warning {
  return {
    uid: event.metadata.uid ?? '',
    kind: textAt(event, 'involvedObject', 'kind') ?? '',
    name: textAt(event, 'involvedObject', 'name') ?? '',
    reason: textAt(event, 'reason') ?? '',
    message: textAt(event, 'message') ?? '',
    count: numberAt(event, 'count') ?? 1,
    at: timeAt(event, 'at') ?? '',
  }
}
