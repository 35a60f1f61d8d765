import { z } from 'zod'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { ZoneOption } from '@/lib/zone/option'
import { condition, isFalse } from '@/server/management/parse/condition'
import type { OptionReading } from '@/server/management/parse/identity'
import { isAllowed, readOffer } from '@/server/management/parse/offer'
import { dig, isDeleting, textAt, textsAt } from '@/server/management/parse/raw'
import { cause } from '@/lib/plain-words'

/** Annotation `tenantry.dev/offer` on a VSphereDeploymentZone: without it every tenant may use the zone, with it those that it admits. */
const zoneOffer = z.object({ allowedNamespaces: z.looseObject({}) })

/**
 * A VSphereDeploymentZone as a tenant's forms show it.
 * @param failureDomain the VSphereFailureDomain that it names; null: there is none
 */
export function zoneOption(raw: KubeObject, failureDomain: KubeObject | null, namespaceLabels: Readonly<Record<string, string>>): OptionReading<ZoneOption> {
  if (isDeleting(raw)) return { kind: 'not-allowed' }
  const reading = readOffer(raw, zoneOffer)
  if (reading.kind === 'bad-offer') return reading
  if (reading.kind === 'offer' && !isAllowed(reading.offer.allowedNamespaces, namespaceLabels)) return { kind: 'not-allowed' }
  return {
    kind: 'offered',
    option: {
      name: raw.metadata.name,
      server: textAt(raw, 'spec', 'server') ?? '',
      notReady: notReady(raw, failureDomain),
      puts: {
        datacenter: textAt(failureDomain, 'spec', 'topology', 'datacenter'),
        resourcePool: textAt(raw, 'spec', 'placementConstraint', 'resourcePool'),
        folder: textAt(raw, 'spec', 'placementConstraint', 'folder'),
        datastore: textAt(failureDomain, 'spec', 'topology', 'datastore'),
        networks: textsAt(failureDomain, 'spec', 'topology', 'networks'),
      },
    },
  }
}

/** CAPV's `ready` is false until it has found tags, places and the compute cluster; one of three conditions says what it misses. */
function notReady(zone: KubeObject, failureDomain: KubeObject | null): string | null {
  if (failureDomain === null) return `Its VSphereFailureDomain ${textAt(zone, 'spec', 'failureDomain') ?? ''} does not exist.`
  if (dig(zone, 'status', 'ready') === true) return null
  const failed = ['VCenterAvailable', 'PlacementConstraintReady', 'FailureDomainValidated', 'PlacementConstraintMet', 'VSphereFailureDomainValidated'].map((type) => condition(zone, type)).find((view) => view !== null && isFalse(view))
  return failed ? `It is not ready: ${cause(failed.message || failed.reason)}` : 'It is not ready: CAPV has not checked it yet.'
}
