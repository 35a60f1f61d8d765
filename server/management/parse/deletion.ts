import type { ClusterView } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import { plural } from '@/lib/text'
import { ownPools } from '@/server/management/parse/addresses'
import { condition } from '@/server/management/parse/condition'
import { diagnose } from '@/server/management/parse/doctor/diagnose'
import type { ClusterParts } from '@/server/management/parse/parts'
import { numberAt } from '@/server/management/parse/raw'

/** What still exists, in the order in which Cluster API removes it: workers with what they left, control plane, vSphere part; the pools go last. */
export function remainingOf(parts: ClusterParts): readonly string[] {
  const { cluster, controlPlane, infrastructure, machineDeployments, machines, loose = [] } = parts
  return [...machines.map(({ machine }) => machine).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)), ...loose, ...machineDeployments, controlPlane, infrastructure, cluster, ...ownPools(parts)]
    .flatMap((object) => (object === null ? [] : [`${object.kind}/${object.metadata.name}`]))
}

/** Deleting, or held by something that does not end by itself: the doctor's first cause. */
export function deletionState(parts: ClusterParts, machines: readonly MachineView[]): ClusterView['state'] {
  const { cluster } = parts
  const held = diagnose(parts).find((finding) => finding.weight === 'held' && finding.from === null)
  if (held !== undefined) return { word: 'Deletion held', role: 'warn', sentence: held.sentence, condition: held.condition, percent: percentOf(parts) }
  return { word: 'Deleting', role: 'idle', sentence: deletingWords(parts, machines), condition: condition(cluster, 'Deleting'), percent: percentOf(parts) }
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
