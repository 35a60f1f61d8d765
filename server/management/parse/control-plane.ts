import type { ClusterView } from '@/lib/cluster/view'
import { plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { cause, plainControlPlane } from '@/lib/plain-words'
import type { ConditionView } from '@/lib/state'
import { condition, failureOf, isFalse, isTrue } from '@/server/management/parse/condition'
import type { ClusterParts } from '@/server/management/parse/parts'
import { dig, isDeleting, numberAt, textAt } from '@/server/management/parse/raw'

type ControlPlaneState = ClusterView['controlPlane']['state']

export interface ControlPlaneReading {
  readonly view: ClusterView['controlPlane']
  readonly desiredVersion: string | null
  readonly currentVersion: string | null
  /** It has answered before, so that silence now is a failure and not a beginning. */
  readonly answeredBefore: boolean
  readonly probe: ConditionView | null
  /** A refusal that does not mend itself. */
  readonly refused: { readonly sentence: string; readonly condition: ConditionView | null } | null
  readonly failure: string | null
  /** 0..1, while it is made. */
  readonly progress: number
}

/**
 * Whether the tenant's API answers. Not `initialized`: Kamaji's provider sets it as soon as its TenantControlPlane has a
 * status, 10 s before an API server exists (lab-kamaji.md). The probe says "probe last succeeded at ..." once it ever did
 * (cluster-api internal/controllers/cluster/cluster_controller_status.go, setRemoteConnectionProbeCondition).
 */
export function readControlPlane({ cluster, controlPlane, infrastructure }: ClusterParts): ControlPlaneReading {
  const probe = condition(cluster, 'RemoteConnectionProbe')
  const answers = isTrue(probe)
  const answeredBefore = answers || /probe last succeeded at/i.test(probe?.message ?? '')
  const desiredVersion = textAt(controlPlane, 'spec', 'version')
  const currentVersion = textAt(controlPlane, 'status', 'version')
  const replicas = numberAt(controlPlane, 'spec', 'replicas') ?? 0
  const reading = { probe, answeredBefore, desiredVersion, currentVersion, refused: refusalOf(controlPlane), failure: failureOf(controlPlane) }
  const stages = [infrastructure, controlPlane, isTrue(condition(controlPlane, 'TenantControlPlaneCreated')) || null, textAt(controlPlane, 'spec', 'controlPlaneEndpoint', 'host') ?? textAt(infrastructure, 'spec', 'controlPlaneEndpoint', 'host'), dig(controlPlane, 'status', 'ready') === true || null, answers || null]
  return {
    ...reading,
    progress: stages.filter((stage) => stage !== null).length / stages.length,
    view: {
      replicas,
      readyReplicas: numberAt(controlPlane, 'status', 'readyReplicas') ?? 0,
      answers,
      state: stateOf(controlPlane, reading, replicas),
    },
  }
}

type Raw = ClusterParts['controlPlane']

/** Kamaji's provider up to v0.19: it has no finalizer, and does not know pausing. */
export const isOlderProvider = (controlPlane: Raw): boolean => controlPlane?.apiVersion.endsWith('/v1alpha1') ?? false

/** What a pause of the whole cluster does. Older providers go on with the control plane (KamajiControlPlane v1alpha1 has no Paused condition). */
export const pausedWords = (controlPlane: Raw): string =>
  `nothing is changed or repaired until it is resumed${isOlderProvider(controlPlane) ? ', but for the control plane: this Kamaji does not know pausing' : ''}`

const readyCondition = (controlPlane: Raw): ConditionView | null =>
  condition(controlPlane, 'KamajiControlPlaneIsReady') ?? condition(controlPlane, 'Available') ?? condition(controlPlane, 'Ready')

function stateOf(controlPlane: Raw, { answeredBefore, probe, desiredVersion, currentVersion, refused }: Pick<ControlPlaneReading, 'answeredBefore' | 'probe' | 'desiredVersion' | 'currentVersion' | 'refused'>, replicas: number): ControlPlaneState {
  const state = (word: ControlPlaneState['word'], role: ControlPlaneState['role'], sentence: string | null, view: ConditionView | null): ControlPlaneState =>
    ({ word, role, sentence, condition: view, percent: null })
  if (controlPlane === null) return state('Missing', 'idle', 'It is not made yet', null)
  if (isDeleting(controlPlane)) return state('Not ready', 'idle', 'It is being removed', readyCondition(controlPlane))
  if (refused !== null) return state('Not ready', 'warn', refused.sentence, refused.condition)
  if (!answeredBefore) return state('Creating', 'busy', startingWords(controlPlane), condition(controlPlane, 'TenantControlPlaneAddressReady') ?? probe)
  if (replicas === 0) return state('Not ready', 'idle', 'The control plane is switched off: it has no replicas', readyCondition(controlPlane))
  if (isUpgrading(desiredVersion, currentVersion)) return state('Upgrading', 'busy', upgradeWords(desiredVersion, currentVersion), readyCondition(controlPlane))
  if (dig(controlPlane, 'status', 'ready') === false) return state('Not ready', 'bad', plainControlPlane(readyCondition(controlPlane)?.message ?? ''), readyCondition(controlPlane))
  if (!isTrue(probe)) return state('Not ready', 'bad', 'The API does not answer the management cluster', probe)
  return state('Ready', 'ok', null, readyCondition(controlPlane) ?? probe)
}

export const isUpgrading = (desired: string | null, current: string | null): boolean =>
  desired !== null && current !== null && !sameVersion(desired, current)

export const upgradeWords = (desired: string | null, current: string | null): string =>
  `The control plane goes from ${plainVersion(current ?? '?')} to ${plainVersion(desired ?? '?')}; machines keep running`

/** What the control plane does before it first answers. */
export function startingWords(controlPlane: Raw): string {
  if (controlPlane === null) return 'The control plane is not made yet'
  if (isFalse(condition(controlPlane, 'TenantControlPlaneAddressReady'))) return 'The control plane waits for an address of its load balancer'
  return dig(controlPlane, 'status', 'ready') === true ? 'The control plane runs; its API has not answered yet' : 'The control plane is starting'
}

const REFUSALS: readonly (readonly [type: string, words: string])[] = [
  ['TenantControlPlaneCreated', 'Kamaji refuses the control plane'],
  ['ControlPlaneEndpointPatched', 'The control plane’s address can’t be used'],
  ['InfrastructureClusterPatched', 'The control plane’s address is not the one asked for'],
  ['KubeadmResourcesCreated', 'The control plane could not be set up'],
]

/** Conditions of Kamaji's provider: reason Pending is an error, Failed will be tried again (controllers/conditions.go). */
function refusalOf(controlPlane: Raw): ControlPlaneReading['refused'] {
  for (const [type, words] of REFUSALS) {
    const view = condition(controlPlane, type)
    // Two controllers writing at once refuse each other for a moment; the next try settles it.
    if (view === null || !isFalse(view) || view.reason === 'Failed' || /object has been modified|already exists/.test(view.message)) continue
    return { sentence: view.message === '' ? words : `${words}: ${cause(view.message)}`, condition: view }
  }
  return null
}
