import type { HealthItem } from '@/lib/cluster/view'
import type { ConditionView } from '@/lib/state'

/** What each condition of a Cluster (and CAPV's VCenterAvailable) means: [when good, when not]. */
const SENTENCES: Readonly<Record<string, readonly [good: string, bad: string]>> = {
  InfrastructureReady: ['The vSphere part is in place', 'The vSphere part is not in place yet'],
  VCenterAvailable: ['vCenter lets the identity in', 'vCenter does not let the identity in'],
  ControlPlaneAvailable: ['The control plane serves', 'The control plane does not serve'],
  RemoteConnectionProbe: ['The API answers the management cluster', 'The API does not answer the management cluster'],
  WorkersAvailable: ['All nodes that should be ready are ready', 'Too few nodes are ready'],
  WorkerMachinesReady: ['Every machine is ready', 'Some machines are not ready'],
  WorkerMachinesUpToDate: ['Every machine has the asked version and size', 'Some machines still have an old version or size'],
  Remediating: ['No repair is running', 'Machines are being repaired'],
}

/** Conditions whose True is the bad news. */
const NEGATIVE: ReadonlySet<string> = new Set(['Remediating'])

export const HEALTH_TYPES: readonly string[] = Object.keys(SENTENCES)

export function healthItem(condition: ConditionView): HealthItem {
  const good = NEGATIVE.has(condition.type) ? 'False' : 'True'
  const ok = condition.status === 'Unknown' ? null : condition.status === good
  const sentences = SENTENCES[condition.type]
  if (sentences === undefined) return { ok, sentence: condition.type, condition }
  return { ok, sentence: ok === null ? `${sentences[0]}: not known yet` : sentences[ok ? 0 : 1], condition }
}
