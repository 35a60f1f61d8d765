import { CAUSES, type Finding } from '@/lib/doctor/finding'
import type { Rule } from '@/server/management/parse/doctor/found'
import { beforeDelete, leaving, paused } from '@/server/management/parse/doctor/holds'
import { joining } from '@/server/management/parse/doctor/joining'
import { addressClaims, controllerError, controlPlane, foreignProtection, poolProtection } from '@/server/management/parse/doctor/leftovers'
import { infrastructure, vCenter } from '@/server/management/parse/doctor/vsphere'
import type { ClusterParts } from '@/server/management/parse/parts'

const RULES: readonly Rule[] = [paused, beforeDelete, leaving, vCenter, infrastructure, joining, addressClaims, poolProtection, controlPlane, foreignProtection, controllerError]

/** Objects named for each cause, and last resorts of each finding: a view must stay small when a hundred machines share one cause. */
const SHOWN = 5
const RESORTS = 10

/**
 * What holds a cluster, its deletion or its machines, first cause first: only what its objects prove, each with the object and
 * its raw words. Looks at no clock, so that the same objects give the same view; what is worth saying later carries `from`.
 */
export function diagnose(parts: ClusterParts): readonly Finding[] {
  const all = RULES.flatMap((rule) => rule(parts))
  return CAUSES.flatMap((cause) => {
    // What is said at once before what may be said later, each oldest first: the sentence stays with one object until that one is done.
    const alike = all.filter((finding) => finding.cause === cause).sort((a, b) => order(a).localeCompare(order(b)))
    return alike.slice(0, SHOWN).map((finding, index) => ({
      ...finding, lastResorts: finding.lastResorts.slice(0, RESORTS), more: index === 0 ? Math.max(0, alike.length - SHOWN) : 0,
    }))
  })
}

const order = ({ from, weight, since, subject }: Finding): string => `${from ?? ''}|${weight}|${since ?? ''}|${subject}`
