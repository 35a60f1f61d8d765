import type { MachineStep, MachineStepName } from '@/lib/machine/view'
import { condition, isTrue, oldCondition } from '@/server/management/parse/condition'
import type { MachineParts } from '@/server/management/parse/parts'
import { dig, later, textAt, timeAt } from '@/server/management/parse/raw'

/** How far the VM is, by the reason of VirtualMachineProvisioned (CAPV api/govmomi/v1beta2/vspherevm_types.go) or its older twin. */
export type VmStage = 'none' | 'cloning' | 'address' | 'powering-on' | 'dhcp' | 'provisioned'

const STAGES: Readonly<Record<string, VmStage>> = {
  WaitingForClone: 'cloning',
  Cloning: 'cloning',
  CloningFailed: 'cloning',
  WaitingForIPAddress: 'address',
  PoweringOn: 'powering-on',
  PoweringOnFailed: 'powering-on',
  WaitingForIPAllocation: 'dhcp',
}
const ORDER: readonly VmStage[] = ['none', 'cloning', 'address', 'powering-on', 'dhcp', 'provisioned']
const past = (stage: VmStage, mark: VmStage): boolean => ORDER.indexOf(stage) >= ORDER.indexOf(mark)

/** Cluster API's own memory that the infrastructure was once complete: the VM's condition may fall back later. */
const wasProvisioned = ({ machine }: MachineParts): boolean =>
  dig(machine, 'status', 'initialization', 'infrastructureProvisioned') === true || dig(machine, 'status', 'infrastructureReady') === true

export function vmStage(parts: MachineParts): VmStage {
  const { vsphereVm } = parts
  if (wasProvisioned(parts) || nodeName(parts) !== null) return 'provisioned'
  if (vsphereVm === null) return 'none'
  const now = condition(vsphereVm, 'VirtualMachineProvisioned')
  const old = oldCondition(vsphereVm, 'VMProvisioned')
  if (isTrue(now) || isTrue(old)) return 'provisioned'
  // NotProvisioned tells nothing of the stage; its older twin (CloningFailed, PoweringOnFailed) does.
  return STAGES[now?.reason ?? ''] ?? STAGES[old?.reason ?? ''] ?? 'cloning'
}

export const nodeName = ({ machine }: MachineParts): string | null => textAt(machine, 'status', 'nodeRef', 'name')

/** Every claim has its address, or the condition that says so; null for a machine that claims none (DHCP). */
export function addressClaimed({ vsphereVm, claims }: MachineParts): boolean | null {
  const fulfilled = condition(vsphereVm, 'IPAddressClaimsFulfilled') ?? oldCondition(vsphereVm, 'IPAddressClaimed')
  if (claims.length === 0 && fulfilled === null) return null
  return isTrue(fulfilled) || (claims.length > 0 && claims.every((claim) => textAt(claim, 'status', 'addressRef', 'name') !== null))
}

/**
 * The steps with the times that the objects still tell. Some steps leave no time of their own behind (a clone's end, once the
 * VM runs); they get the next known one, since a step that happened must have a time and no later one is true.
 */
export function machineSteps(parts: MachineParts): readonly MachineStep[] {
  const { machine, vsphereVm } = parts
  const stage = vmStage(parts)
  const claimed = addressClaimed(parts)
  const old = oldCondition(vsphereVm, 'VMProvisioned')
  const provisioned = condition(vsphereVm, 'VirtualMachineProvisioned') ?? old
  const provisionedAt = isTrue(provisioned) ? (provisioned?.since ?? null) : null
  const inStage = (wanted: VmStage): string | null => (stage === wanted ? (old?.since ?? null) : null)
  const claimedAt = condition(vsphereVm, 'IPAddressClaimsFulfilled') ?? oldCondition(vsphereVm, 'IPAddressClaimed')
  const joined = nodeName(parts) !== null
  const nodeReady = condition(machine, 'NodeReady') ?? condition(machine, 'NodeHealthy')
  const ready = condition(machine, 'Ready') ?? condition(machine, 'NodeHealthy')
  const infrastructureReady = condition(machine, 'InfrastructureReady')
  const created = timeAt(machine.metadata, 'creationTimestamp')
  const since = (view: typeof ready): string | null => (isTrue(view) ? (view?.since ?? null) : null)

  const evidence: Record<MachineStepName, readonly [happened: boolean, at: string | null]> = {
    requested: [true, created],
    cloned: [past(stage, 'address'), inStage('address')],
    address: [claimed === null ? stage === 'provisioned' : claimed || stage === 'provisioned', isTrue(claimedAt) ? (claimedAt?.since ?? null) : provisionedAt],
    // With an address of a pool CAPV waits here until the guest reports it; with DHCP power comes first, the address after.
    'powered-on': [stage === 'provisioned' || (stage === 'dhcp' && claimed === null), provisionedAt ?? inStage('dhcp') ?? since(infrastructureReady)],
    // status.lastUpdated is when the phase last changed, and Running means that the node was found.
    bootstrapped: [joined, textAt(machine, 'status', 'phase') === 'Running' ? timeAt(machine, 'status', 'lastUpdated') : null],
    joined: [joined && isTrue(nodeReady), since(nodeReady)],
    ready: [joined && isTrue(ready), since(ready)],
  }
  const names = Object.keys(evidence) as MachineStepName[]
  const fallback = timeAt(vsphereVm?.metadata, 'creationTimestamp') ?? created
  let floor = created
  return names.map((name, index) => {
    const [happened, own] = evidence[name]
    if (!happened) return { name, at: null }
    const next = names.slice(index + 1).map((after) => evidence[after]).find(([did, at]) => did && at !== null)?.[1] ?? null
    // Never before the step before it: a node's own Ready time may precede what the controllers noticed.
    floor = later(floor, own ?? next ?? fallback)
    return { name, at: floor }
  })
}
