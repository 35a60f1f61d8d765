import type { ClusterView } from '@/lib/cluster/view'
import { byAge, nameOf } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import { plainVCenter } from '@/lib/plain-words'
import type { ConditionView } from '@/lib/state'
import { plural } from '@/lib/text'
import { condition, isFalse } from '@/server/management/parse/condition'
import { vCenterProblem } from '@/server/management/parse/machine-state'
import type { ClusterParts } from '@/server/management/parse/parts'
import { isPaused, numberAt, textAt } from '@/server/management/parse/raw'

type Held = { readonly sentence: string; readonly condition: ConditionView | null }

/** What still exists, in the order in which Cluster API removes it: workers, control plane, vSphere part; the pool goes last. */
export function remainingOf({ cluster, controlPlane, infrastructure, machineDeployments, machines, ipPool }: ClusterParts): readonly string[] {
  return [...machines.map((parts) => parts.machine).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)), ...machineDeployments, controlPlane, infrastructure, cluster, ipPool]
    .flatMap((object) => (object === null ? [] : [`${object.kind}/${object.metadata.name}`]))
}

/** Deleting, or held by something that does not end by itself: looked at in the order in which each stops the rest. */
export function deletionState(parts: ClusterParts, machines: readonly MachineView[]): ClusterView['state'] {
  const { cluster } = parts
  const held = heldBy(parts, machines)
  if (held !== null) return { word: 'Deletion held', role: 'warn', sentence: held.sentence, condition: held.condition, percent: percentOf(parts) }
  return { word: 'Deleting', role: 'idle', sentence: deletingWords(parts, machines), condition: condition(cluster, 'Deleting'), percent: percentOf(parts) }
}

/** A paused Cluster stops its own deletion entirely, without any condition that says so. */
function heldBy(parts: ClusterParts, machines: readonly MachineView[]): Held | null {
  const { cluster, infrastructure } = parts
  if (isPaused(cluster)) return { sentence: 'It is paused; deletion goes on once it is resumed', condition: condition(cluster, 'Paused') }
  const deleting = condition(cluster, 'Deleting')
  if (deleting?.reason === 'WaitingForBeforeDeleteHook') return { sentence: 'A hook holds the deletion', condition: deleting }

  const identity = textAt(infrastructure, 'spec', 'identityRef', 'name')
  const server = textAt(infrastructure, 'spec', 'server')
  const vcenter = [condition(infrastructure, 'VCenterAvailable'), ...parts.machines.map(vCenterProblem)].find((view) => view !== null && isFalse(view) && view.reason !== 'Deleting')
  if (vcenter !== undefined && vcenter !== null) return { sentence: plainVCenter(vcenter.message, identity, server), condition: vcenter }

  // What held a machine's making does not hold its leaving.
  const hooked = machines.filter((machine) => machine.deletingSince !== null && machine.state.role === 'warn').sort(byAge)[0]
  return hooked === undefined ? null : { sentence: `${nameOf(hooked)}: ${hooked.state.sentence ?? 'it is held'}`, condition: hooked.state.condition }
}

const wanted = ({ machineDeployments }: ClusterParts): number =>
  machineDeployments.reduce((sum, deployment) => sum + (numberAt(deployment, 'spec', 'replicas') ?? 0), 0)

function deletingWords(parts: ClusterParts, machines: readonly MachineView[]): string {
  if (machines.length > 0) {
    const all = Math.max(wanted(parts), machines.length)
    return all === 1 ? 'The last machine is leaving' : `Machine ${all - machines.length + 1} of ${all} is leaving`
  }
  if (parts.machineDeployments.length > 0) return `${plural(parts.machineDeployments.length, 'node pool')} ${parts.machineDeployments.length === 1 ? 'is' : 'are'} being removed`
  if (parts.controlPlane !== null) return 'The control plane is being removed'
  return parts.infrastructure === null ? 'The last objects are being removed' : 'The vSphere part is being removed'
}

/** Machines are most of the way; the weights keep the number from going back when the pools, which know the total, go. */
function percentOf(parts: ClusterParts): number {
  const left = parts.machines.length
  const all = Math.max(wanted(parts), left)
  const machines = all === 0 || left === 0 ? 1 : 1 - left / all
  const rest = [parts.machineDeployments.length === 0, parts.controlPlane === null, parts.infrastructure === null].filter(Boolean).length
  return Math.round(machines * 70) + rest * 9
}
