/** Machines that do not join, by the step at which they stand. */
import type { Finding } from '@/lib/doctor/finding'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isOpen, poolOfClaim } from '@/server/management/parse/addresses'
import { condition, isFalse, oldCondition } from '@/server/management/parse/condition'
import { after, found, logsOf, type Rule, shortName } from '@/server/management/parse/doctor/found'
import { machineState, vCenterProblem } from '@/server/management/parse/machine-state'
import { nodeName, vmStage } from '@/server/management/parse/machine-steps'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'
import { isDeleting, isPaused, numberAt, timeAt } from '@/server/management/parse/raw'

/** How long each step may take before it is worth saying; the lab needs seconds, a busy vCenter minutes. */
const MINUTES = { bootstrap: 5, clone: 15, address: 3, dhcp: 5, node: 10 } as const

export const joining: Rule = (parts) =>
  isDeleting(parts.cluster) || isPaused(parts.cluster) ? [] : parts.machines.filter(({ machine }) => !isDeleting(machine)).flatMap((machine) => notJoined(parts, machine))

function notJoined(cluster: ClusterParts, parts: MachineParts): readonly Finding[] {
  const { machine, bootstrap, vsphereVm } = parts
  if (nodeName(parts) !== null || vCenterProblem(parts) !== null) return []
  const own = machineState(parts)
  const name = shortName(machine)
  const made = timeAt(machine.metadata, 'creationTimestamp')
  switch (vmStage(parts)) {
    case 'none':
      return noData(parts, made)
    case 'cloning': {
      const begun = timeAt(vsphereVm?.metadata, 'creationTimestamp') ?? made
      const broken = own.role === 'warn'
      const view = own.condition
      return [found(broken && /has no VM template/.test(own.sentence ?? '') ? 'template' : 'infrastructure', vsphereVm ?? machine, {
        weight: broken ? 'held' : 'waits', sentence: `${name}: ${own.sentence ?? 'its VM is still being cloned'}`, since: broken ? (view?.since ?? begun) : begun,
        from: broken ? null : after(begun, MINUTES.clone), condition: view, logs: logsOf('capv', vsphereVm ?? machine),
      })]
    }
    case 'address':
      return noAddress(cluster, parts)
    case 'powering-on':
    case 'dhcp':
      return silentVm(parts)
    case 'provisioned': {
      // The same silence has two reasons, and nothing here tells them apart: no kubelet, or a Node that no cloud provider has marked.
      const view = condition(machine, 'NodeHealthy') ?? condition(machine, 'NodeReady')
      const since = condition(machine, 'InfrastructureReady')?.since ?? made
      return [found('node', machine, {
        weight: 'held', since, from: after(since, MINUTES.node), condition: view,
        sentence: `${name} runs, and no node carries its ID: either it can’t reach the control plane to join, or no cloud provider has marked its node (taint node.cloudprovider.kubernetes.io/uninitialized)`,
        field: 'On the VM: /var/log/cloud-init-output.log and journalctl -u kubelet. In the management cluster: the log of the cloud provider, <cluster>-vsphere-cloud-controller-manager.', logs: logsOf('capi', bootstrap ?? machine),
      })]
    }
  }
}

/** Nothing is asked of vSphere until the start-up data exists. */
function noData({ machine, bootstrap, vsphereMachine }: MachineParts, made: string | null): readonly Finding[] {
  const data = condition(bootstrap, 'DataSecretAvailable') ?? oldCondition(bootstrap, 'DataSecretAvailable')
  const failed = isFalse(data) && data !== null && data.message !== '' && /fail|error|cannot|invalid/i.test(data.message)
  const view = condition(vsphereMachine, 'VirtualMachineProvisioned') ?? data
  const object = bootstrap ?? machine
  return [found('bootstrap', object, {
    weight: failed ? 'held' : 'waits', sentence: failed ? `The start-up data of ${shortName(machine)} can’t be made: ${data.message}` : `${shortName(machine)} has no start-up data yet`,
    since: made, from: failed ? null : after(made, MINUTES.bootstrap), condition: failed ? data : view, logs: logsOf('bootstrap', object),
  })]
}

function noAddress(cluster: ClusterParts, { machine, vsphereVm, claims }: MachineParts): readonly Finding[] {
  const open = claims.filter((claim) => claim.metadata.name !== '' && isOpen(claim)).map((claim) => ({ claim, pool: poolOfClaim(cluster, claim) }))
  // Of several pools the empty one is what it waits for.
  const first = open.find(({ pool }) => freeIn(pool) === 0) ?? open[0]
  const object = first?.claim ?? vsphereVm ?? machine
  const pool = first?.pool ?? null
  const since = timeAt(object.metadata, 'creationTimestamp')
  const free = freeIn(pool)
  const empty = free === 0 && !cluster.machines.some((one) => isDeleting(one.machine) && one.claims.some((claim) => poolOfClaim(cluster, claim) === pool))
  return [found('address', object, {
    weight: empty ? 'held' : 'waits', since, from: empty ? null : after(since, MINUTES.address), condition: condition(vsphereVm, 'IPAddressClaimsFulfilled'),
    sentence: empty ? `${shortName(machine)} waits for an address: pool ${pool?.metadata.name ?? ''} has none free` : `${shortName(machine)} waits for an address of its pool`,
    field: free === null ? null : `status.ipAddresses.free: ${free}`, logs: logsOf('ipam', object),
  })]
}

const freeIn = (pool: KubeObject | null): number | null => numberAt(pool, 'status', 'ipAddresses', 'free')

function silentVm({ machine, vsphereVm, claims }: MachineParts): readonly Finding[] {
  const view = condition(vsphereVm, 'VirtualMachineProvisioned')
  const since = timeAt(vsphereVm?.metadata, 'creationTimestamp')
  const dhcp = claims.length === 0
  return [found('address', vsphereVm ?? machine, {
    sentence: dhcp ? `${shortName(machine)} is on and has no address: no DHCP server has answered it, or VMware Tools do not run in it` : `${shortName(machine)} is on and does not report its address: VMware Tools do not run in it, or its network settings did not apply`,
    since, from: after(since, MINUTES.dhcp), condition: view, logs: logsOf('capv', vsphereVm ?? machine),
  })]
}
