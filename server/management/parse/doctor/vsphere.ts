/** vCenter, the identity that signs in to it, and the VMs. */
import type { Cause, Finding, LastResort } from '@/lib/doctor/finding'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cause, plainVCenter, refusesSignIn } from '@/lib/plain-words'
import { plural } from '@/lib/text'
import { condition, isFalse, isTrue, oldCondition } from '@/server/management/parse/condition'
import { after, found, logsOf, type Rule, shortName, subjectOf } from '@/server/management/parse/doctor/found'
import { vCenterProblem } from '@/server/management/parse/machine-state'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'
import { isDeleting, isPaused, textAt, timeAt } from '@/server/management/parse/raw'

export const VM_PROTECTION = 'vspherevm.infrastructure.cluster.x-k8s.io'
export const VSPHERE_MACHINE_PROTECTION = 'vspheremachine.infrastructure.cluster.x-k8s.io'
export const VSPHERE_CLUSTER_PROTECTION = 'vspherecluster.infrastructure.cluster.x-k8s.io'

const SLOW_MINUTES = 10

/** The protection of one object as a last resort, while the object is on its way out and really carries it. */
export function letGo(object: KubeObject, protections: readonly string[]): readonly LastResort[] {
  const keys = protections.filter((one) => object.metadata.finalizers?.includes(one))
  return keys.length === 0 || !isDeleting(object) ? [] : [{ act: 'protection', object: subjectOf(object), keys }]
}

/** By CAPV's own text (pkg/identity/identity.go) for what is gone, by vCenter's for what it refuses. */
function causeOf(message: string): Cause {
  if (refusesSignIn(message)) return 'credentials-refused'
  if (/credentials from IdentityRef/i.test(message) || (/not found/i.test(message) && /identity|secret/i.test(message)) || /identity isn't ready|allowed to use/i.test(message)) return 'credentials-gone'
  return 'vcenter-away'
}

/** VMs on their way out: with no sign-in none of them goes, whether CAPV has said so of each or not. */
const vmsToGo = (machines: readonly MachineParts[]): readonly LastResort[] => machines.flatMap(({ vsphereVm }) => (vsphereVm === null ? [] : letGo(vsphereVm, [VM_PROTECTION])))

/** What the identity itself says, before anything of the cluster has noticed. `undefined`: not known here. */
function identityGone({ cluster, infrastructure, identity, machines }: ClusterParts): readonly Finding[] {
  if (infrastructure === null || identity === undefined || textAt(infrastructure, 'spec', 'identityRef', 'kind') !== 'VSphereClusterIdentity') return []
  const name = textAt(infrastructure, 'spec', 'identityRef', 'name') ?? ''
  const view = condition(identity, 'Available') ?? oldCondition(identity, 'CredentialsAvailable')
  const gone = identity === null
  if (!gone && !isFalse(view)) return []
  return [found('credentials-gone', gone ? infrastructure : identity, {
    sentence: gone ? `The vSphere identity ${name} does not exist any more` : `The vSphere identity ${name} has no credentials: ${cause(view?.message ?? '') || (view?.reason ?? '')}`,
    condition: view, field: gone ? `spec.identityRef.name: ${name}` : null, since: view?.since ?? null, next: { act: 'look-again', object: subjectOf(infrastructure) }, logs: logsOf('capv', infrastructure),
    lastResorts: isDeleting(cluster) ? vmsToGo(machines) : [],
  })]
}

/** One answer of vCenter for all machines: they share the identity. */
export const vCenter: Rule = (parts) => {
  const { cluster, infrastructure, machines } = parts
  const gone = identityGone(parts)
  if (gone.length > 0) return gone
  // While the VSphereCluster itself is removed its condition says only that (reason Deleting).
  const whole = condition(infrastructure, 'VCenterAvailable') ?? oldCondition(infrastructure, 'VCenterAvailable')
  const cut = machines.flatMap((parts) => {
    const view = vCenterProblem(parts)
    return view === null || parts.vsphereVm === null ? [] : [{ vm: parts.vsphereVm, view }]
  })
  const object = whole !== null && isFalse(whole) && whole.reason !== 'Deleting' ? infrastructure : (cut[0]?.vm ?? null)
  const view = object === infrastructure ? whole : (cut[0]?.view ?? null)
  if (object === null || view === null) return []
  const identity = textAt(infrastructure, 'spec', 'identityRef', 'name')
  const server = textAt(infrastructure, 'spec', 'server')
  const waiting = isDeleting(cluster) ? machines.length : cut.length
  const who = waiting === 0 ? '' : `; ${plural(waiting, 'machine')} ${waiting === 1 ? 'waits' : 'wait'} for it`
  return [found(causeOf(view.message), object, {
    sentence: `${plainVCenter(view.message, identity, server)}${who}`,
    condition: view, next: { act: 'look-again', object: subjectOf(object) }, logs: logsOf('capv', object),
    lastResorts: vmsToGo(machines),
  })]
}

/** VMs that vCenter does not remove although it lets the identity in. */
export const infrastructure: Rule = (parts) => [...parts.machines.flatMap((machine) => removing(parts, machine)), ...forgotten(parts), ...record(parts)]

function removing({ cluster }: ClusterParts, { machine, vsphereMachine, vsphereVm }: MachineParts): readonly Finding[] {
  const view = condition(machine, 'Deleting')
  if (view?.reason !== 'WaitingForInfrastructureDeletion' || isPaused(cluster) || vCenterProblem({ vsphereVm }) !== null) return []
  const object = vsphereVm ?? vsphereMachine
  if (object === null) return []
  const vm = condition(object, 'VirtualMachineProvisioned') ?? oldCondition(object, 'VMProvisioned')
  const refused = vm !== null && isFalse(vm) && vm.message !== ''
  // Without a sign-in CAPV stops before it writes any condition, so the VM goes on calling itself provisioned (seen with v1.16.1).
  const begun = vsphereVm === null || !isDeleting(vsphereVm) || !isTrue(vm)
  if (!begun) {
    const asked = timeAt(vsphereVm.metadata, 'deletionTimestamp')
    return [found('infrastructure', vsphereVm, {
      sentence: `CAPV has not begun to remove the VM of ${shortName(machine)}: it can’t sign in to vCenter, or it does not run`, since: asked, from: after(asked, 1), condition: vm,
      field: `metadata.deletionTimestamp: ${asked ?? ''}`, next: { act: 'look-again', object: subjectOf(vsphereVm) }, logs: logsOf('capv', vsphereVm), lastResorts: letGo(vsphereVm, [VM_PROTECTION]),
    })]
  }
  return [found('infrastructure', object, {
    weight: refused ? 'held' : 'waits',
    sentence: refused ? `vCenter does not remove the VM of ${shortName(machine)}: ${cause(vm.message)}` : `vCenter has not removed the VM of ${shortName(machine)} yet`,
    since: view.since, from: refused ? null : after(view.since, SLOW_MINUTES), condition: vm ?? view, logs: logsOf('capv', object),
    lastResorts: letGo(object, [VM_PROTECTION, VSPHERE_MACHINE_PROTECTION]),
  })]
}

/** CAPV asks for the Machine first and stops at its absence (controllers/vspheremachine_controller.go): it comes no further by itself. */
function forgotten({ loose = [] }: ClusterParts): readonly Finding[] {
  return loose.filter((object) => (object.kind === 'VSphereMachine' || object.kind === 'VSphereVM') && isDeleting(object)).map((object) => {
    const since = timeAt(object.metadata, 'deletionTimestamp')
    return found('infrastructure', object, {
      sentence: `${shortName(object)} has no machine any more, so CAPV does not remove its VM`, since, from: after(since, 1),
      condition: condition(object, 'VirtualMachineProvisioned'), field: `metadata.finalizers: ${(object.metadata.finalizers ?? []).join(', ')}`, logs: logsOf('capv', object),
      next: { act: 'tell-platform' }, lastResorts: letGo(object, [VM_PROTECTION, VSPHERE_MACHINE_PROTECTION]),
    })
  })
}

/** The VSphereCluster goes within seconds once no VSphereMachine is left. */
function record({ infrastructure: object, machines, loose = [] }: ClusterParts): readonly Finding[] {
  if (object === null || !isDeleting(object) || machines.length > 0 || loose.some(({ kind }) => kind === 'VSphereMachine')) return []
  const since = timeAt(object.metadata, 'deletionTimestamp')
  return [found('infrastructure', object, {
    sentence: 'The cluster’s place in vSphere is not given back', since, from: after(since, 2), condition: condition(object, 'Ready'),
    field: `metadata.finalizers: ${(object.metadata.finalizers ?? []).join(', ')}`, logs: logsOf('capv', object), lastResorts: letGo(object, [VSPHERE_CLUSTER_PROTECTION]),
  })]
}
