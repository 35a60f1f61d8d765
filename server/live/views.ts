import 'server-only'
import type { IdentityOption } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { TimelineEntry } from '@/lib/timeline/entry'
import { departures, happenings } from '@/lib/timeline/happenings'
import type { ClusterPicture, ProjectionOptions } from '@/server/live/projection'
import { log } from '@/server/log'
import { clusterView } from '@/server/management/parse/cluster'
import { identityOption } from '@/server/management/parse/identity'
import { machineView } from '@/server/management/parse/machine'

/** Where the pure parsers meet the live cache. */
export const viewsOf: ProjectionOptions['viewsOf'] = { cluster: clusterView, machine: machineView }

/** What two pictures of a cluster tell to have happened. Only machines that changed are looked at: pools are large. */
export function happeningsOf(before: ClusterPicture | null, after: ClusterPicture | null, now = new Date().toISOString()): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = []
  if (after) entries.push(...happenings(after.cluster, [...after.machines].filter(([uid, view]) => before?.machines.get(uid) !== view).map(([, view]) => view)))
  if (!before) return entries
  for (const [uid, view] of before.machines) if (!after?.machines.has(uid)) entries.push(...departures(view, now, before.cluster))
  if (before.cluster.uid !== after?.cluster.uid) entries.push(...departures(before.cluster, now))
  return entries
}

const complaints = new Set<string>()

/** Identities offered to the tenant's Namespace, by name. An offer that cannot be read is told to the log, once. */
export function identitiesFor(namespace: KubeObject | null, identities: readonly KubeObject[]): readonly IdentityOption[] {
  if (!namespace) return []
  const options = identities.flatMap((identity) => {
    const reading = identityOption(identity, namespace.metadata.labels ?? {})
    if (reading.kind === 'offered') return [reading.option]
    if (reading.kind === 'bad-offer') complain(reading.identity, reading.reason)
    return []
  })
  return options.sort((a, b) => a.name.localeCompare(b.name))
}

function complain(identity: string, reason: string): void {
  if (complaints.has(identity + reason) || complaints.size > 1_000) return
  complaints.add(identity + reason)
  log.warn({ event: 'identity.offer', identity, reason }, 'the offer of an identity cannot be read; it is not offered')
}
