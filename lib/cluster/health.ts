import type { ClusterView, HealthItem } from '@/lib/cluster/view'
import type { ConditionView } from '@/lib/state'

interface Words {
  readonly good: string
  readonly bad: string
  /** Instead of `bad` and of "not known" while the cluster is being changed: something to wait for, not something wrong. */
  readonly yet: string
}

/** What each condition of a Cluster (and CAPV's VCenterAvailable) means, in the order in which they come true. */
const WORDS: Readonly<Record<string, Words>> = {
  VCenterAvailable: { good: 'vCenter lets the identity in', bad: 'vCenter does not let the identity in', yet: 'vCenter has not let the identity in yet' },
  InfrastructureReady: { good: 'The vSphere part is in place', bad: 'The vSphere part is not in place', yet: 'The vSphere part is not in place yet' },
  ControlPlaneAvailable: { good: 'The control plane serves', bad: 'The control plane does not serve', yet: 'The control plane does not serve yet' },
  RemoteConnectionProbe: { good: 'The API answers the management cluster', bad: 'The API does not answer the management cluster', yet: 'The API does not answer yet' },
  WorkersAvailable: { good: 'Enough nodes are ready', bad: 'Too few nodes are ready', yet: 'Too few nodes are ready so far' },
  WorkerMachinesReady: { good: 'Every machine is ready', bad: 'Some machines are not ready', yet: 'Some machines are not ready yet' },
  WorkerMachinesUpToDate: { good: 'Every machine is up to date', bad: 'Some machines have an old version or size', yet: 'Some machines still have an old version or size' },
  Remediating: { good: 'No repair is running', bad: 'Machines are being repaired', yet: 'Machines are being repaired' },
}

/** Conditions whose True is the bad news. */
const NEGATIVE: ReadonlySet<string> = new Set(['Remediating'])

export const HEALTH_TYPES: readonly string[] = Object.keys(WORDS)

export interface HealthContext {
  readonly changing: boolean
  readonly machines: Pick<ClusterView['machines'], 'desired' | 'total'>
}

export function healthItem(condition: ConditionView, { changing, machines }: HealthContext): HealthItem {
  const good = NEGATIVE.has(condition.type) ? 'False' : 'True'
  const ok = condition.status === 'Unknown' ? null : condition.status === good
  const words = WORDS[condition.type]
  if (words === undefined) return { ok, sentence: condition.type, condition }
  // Cluster API calls it true of none, which would be read as true of some.
  const none = ok === true && machines.total === 0 ? ofNone(condition.type, machines.desired) : null
  if (none !== null) return { ...none, condition }
  if (ok === true) return { ok, sentence: words.good, condition }
  if (changing) return { ok, sentence: words.yet, condition }
  return { ok, sentence: ok === null ? `Not known whether ${words.good.replace(/^[A-Z]/, (letter) => letter.toLowerCase())}` : words.bad, condition }
}

function ofNone(type: string, desired: number): Pick<HealthItem, 'ok' | 'sentence'> | null {
  switch (type) {
    case 'WorkersAvailable':
      return desired === 0 ? { ok: true, sentence: 'No node is asked for' } : null
    case 'WorkerMachinesReady':
      return desired === 0 ? { ok: true, sentence: 'No machine is asked for' } : { ok: null, sentence: 'No machine exists yet' }
    case 'WorkerMachinesUpToDate':
      return { ok: desired === 0 ? true : null, sentence: 'No machine has a version yet' }
    default:
      return null
  }
}
