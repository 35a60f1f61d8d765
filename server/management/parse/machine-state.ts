import type { MachineWord } from '@/lib/machine/view'
import { cause, plainVCenter, plainVm } from '@/lib/plain-words'
import type { ConditionView, State, StateRole } from '@/lib/state'
import { cleanLine } from '@/lib/text'
import { condition, failureOf, isFalse, isTrue, oldCondition } from '@/server/management/parse/condition'
import { addressClaimed, nodeName, vmStage } from '@/server/management/parse/machine-steps'
import type { MachineParts } from '@/server/management/parse/parts'
import { isDeleting, textAt } from '@/server/management/parse/raw'

type MachineState = State<MachineWord>

const state = (word: MachineWord, role: StateRole, sentence: string | null, view: ConditionView | null): MachineState =>
  ({ word, role, sentence, condition: view, percent: null })

/** What one machine does or waits for; the first rule that holds. */
export function machineState(parts: MachineParts): MachineState {
  if (isDeleting(parts.machine)) return leaving(parts)
  return failed(parts) ?? (nodeName(parts) === null ? coming(parts) : withNode(parts))
}

function failed({ machine, vsphereMachine, vsphereVm }: MachineParts): MachineState | null {
  for (const object of [machine, vsphereMachine, vsphereVm]) {
    const failure = failureOf(object)
    if (failure !== null) return state('Failed', 'bad', `It failed and is not tried again: ${cause(failure)}`, condition(machine, 'Ready'))
  }
  const vm = condition(vsphereVm, 'VirtualMachineProvisioned') ?? oldCondition(vsphereVm, 'VMProvisioned')
  if (isFalse(vm) && vm?.reason === 'NotFoundByBIOSUUID') return state('Failed', 'bad', 'Its VM is gone from vSphere', vm)
  return null
}

/** Machine conditions Deleting: cluster-api api/core/v1beta2/machine_types.go, MachineDeleting*Reason. */
function leaving({ machine, vsphereVm }: MachineParts): MachineState {
  const view = condition(machine, 'Deleting')
  switch (view?.reason) {
    case 'WaitingForPreDrainHook':
      return state('Draining', 'warn', 'A hook holds its drain', view)
    case 'DrainingNode': {
      const budget = /disruption budget/i.test(view.message)
      return state('Draining', 'idle', budget ? 'A disruption budget allows no eviction yet' : 'Its pods are moving to other machines', view)
    }
    case 'WaitingForVolumeDetach':
      return state('Deleting', 'idle', 'It waits for its volumes to be detached', view)
    case 'WaitingForPreTerminateHook':
      return state('Deleting', 'warn', 'A hook holds its deletion', view)
  }
  const vcenter = vCenterProblem({ vsphereVm })
  if (vcenter !== null) return state('Deleting', 'warn', plainVCenter(vcenter.message, null, null), vcenter)
  return state('Deleting', 'idle', view?.reason === 'WaitingForInfrastructureDeletion' ? 'vSphere is removing its VM' : null, view)
}

/** VCenterAvailable of a VSphereVM, when it is False. */
export function vCenterProblem({ vsphereVm }: Pick<MachineParts, 'vsphereVm'>): ConditionView | null {
  const view = condition(vsphereVm, 'VCenterAvailable') ?? oldCondition(vsphereVm, 'VCenterAvailable')
  return isFalse(view) && view?.reason !== 'Deleting' ? view : null
}

/** Before a VM is asked for: CAPV api/govmomi/v1beta2/vspheremachine_types.go. */
const REQUESTED: Readonly<Record<string, string>> = {
  WaitingForClusterInfrastructureReady: 'It waits for the cluster’s vSphere part',
  WaitingForClusterInfrastructure: 'It waits for the cluster’s vSphere part',
  WaitingForControlPlaneInitialized: 'It waits for the control plane',
  WaitingForControlPlaneAvailable: 'It waits for the control plane',
  WaitingForBootstrapData: 'It waits for start-up data',
}

function coming(parts: MachineParts): MachineState {
  const { machine, vsphereMachine, vsphereVm, bootstrap } = parts
  const stage = vmStage(parts)
  if (stage === 'provisioned') {
    const health = condition(machine, 'HealthCheckSucceeded')
    if (isFalse(health)) return state('Bootstrapping', 'warn', 'It has not joined in time and will be replaced', health)
    return state('Bootstrapping', 'busy', 'Kubernetes is starting', condition(machine, 'NodeReady') ?? condition(machine, 'Ready'))
  }
  if (stage === 'none') {
    const view = condition(vsphereMachine, 'VirtualMachineProvisioned') ?? oldCondition(vsphereMachine, 'VMProvisioned')
    const data = condition(bootstrap, 'DataSecretAvailable')
    const sentence = REQUESTED[view?.reason ?? ''] ?? (isFalse(data) ? 'It waits for start-up data' : null)
    return state('Requested', 'idle', sentence, view ?? data)
  }
  const view = condition(vsphereVm, 'VirtualMachineProvisioned') ?? oldCondition(vsphereVm, 'VMProvisioned')
  const claimed = addressClaimed(parts)
  // Its address is the pool's already; CAPV only waits for the guest to report it.
  const starting = stage === 'powering-on' || (stage === 'dhcp' && claimed === true)
  const word: MachineWord = stage === 'cloning' ? 'Cloning' : starting ? 'Powering on' : 'Waiting for address'
  const vcenter = vCenterProblem(parts)
  if (vcenter !== null) return state(word, 'warn', plainVCenter(vcenter.message, null, null), vcenter)
  // CAPV tries again by itself, but what it says (no such template, no space) seldom mends itself.
  const trouble = view !== null && isFalse(view) && (/^(NotProvisioned|TaskFailed|TaskFailure|CloningFailed|PoweringOnFailed)$/.test(view.reason) && view.message !== '')
  if (trouble) return state(word, 'warn', plainVm(view.message, word === 'Powering on' ? 'power it on' : 'clone it'), view)
  if (word === 'Waiting for address' || (word === 'Powering on' && claimed === false)) {
    const claims = condition(vsphereVm, 'IPAddressClaimsFulfilled')
    return state('Waiting for address', 'idle', stage === 'dhcp' ? 'It waits for an address from DHCP' : 'It waits for an address from the pool', isTrue(claims) ? view : (claims ?? view))
  }
  return state(word, 'busy', null, view)
}

/** A node that became ready this long after its machine was complete never joined before: it is joining, not broken. */
const JOINING_MS = 10 * 60_000

function withNode({ machine, vsphereVm }: MachineParts): MachineState {
  const ready = condition(machine, 'Ready') ?? condition(machine, 'NodeHealthy')
  if (isTrue(ready)) return state('Ready', 'ok', null, ready)
  const node = condition(machine, 'NodeReady') ?? condition(machine, 'NodeHealthy')
  const healthy = condition(machine, 'NodeHealthy')
  const check = condition(machine, 'HealthCheckSucceeded')
  if (isFalse(check)) return state('Not ready', 'bad', 'It fails its health check and will be replaced', check)
  const start = condition(machine, 'InfrastructureReady')?.since ?? null
  const since = node?.since ?? null
  const early = start !== null && since !== null && Date.parse(since) - Date.parse(start) < JOINING_MS
  // `Unknown` health of a ready node: its other conditions are not reported yet.
  if ((early && !isTrue(node)) || (isTrue(node) && healthy?.status === 'Unknown')) return state('Joining', 'busy', 'Its node is registered and not ready yet', node)
  const silent = node?.status === 'Unknown'
  const detail = cleanLine(node?.message ?? '').replace(/^\* Node\.\w+: /, '')
  const sentence = silent ? 'Its node does not report' : isTrue(node) ? 'Its node is ready, the machine is not' : detail === '' ? 'Its node is not ready' : `Its node is not ready: ${cause(detail)}`
  return state('Not ready', 'bad', sentence, (isTrue(node) ? ready : node) ?? condition(vsphereVm, 'Ready'))
}

export const phaseOf = ({ machine }: MachineParts): string => textAt(machine, 'status', 'phase') ?? 'Pending'
