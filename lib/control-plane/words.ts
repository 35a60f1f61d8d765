import type { PlaneFieldChange } from '@/lib/control-plane/fields'
import type { LivePlane } from '@/lib/control-plane/read'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { dig, stringIn } from '@/lib/kubernetes/dig'
import { plural } from '@/lib/text'

/** What a change comes to, in sentences: Pods, what comes into the tenant cluster or goes out of it, machines. */
export function planeWords({ controlPlane }: Pick<LivePlane, 'controlPlane'>, before: PlaneSpec, wanted: PlaneSpec, changes: readonly PlaneFieldChange[]): readonly string[] {
  if (changes.length === 0) return ['Nothing changes.']
  const [from, to] = [before.controlPlane.replicas, wanted.controlPlane.replicas]
  const pods = changes.some(({ effect }) => effect === 'pods')
  return [
    ...(from === to ? [] : [`The control plane goes from ${from} to ${plural(to, 'replica')}.`]),
    pods ? rolloutWords(controlPlane, to) : from === to ? 'No Pod of the control plane is replaced.' : 'The Pods that stay are not replaced.',
    ...addOnWords(before, wanted),
    ...(changes.some(({ path }) => path.endsWith('.cgroupfs')) ? ['Machines that join from now on get the other cgroup driver; those that run keep theirs.'] : []),
    'No machine is replaced.',
  ]
}

/**
 * Without a strategy of its own Kamaji makes all new Pods before it ends the old ones (kamaji internal/builders/controlplane/
 * deployment.go, setStrategy: surge 100 %, unavailable 0), so that no request meets two versions.
 */
function rolloutWords(controlPlane: LivePlane['controlPlane'], replicas: number): string {
  const cut = 'Connections that are open, such as logs and shells, are cut once.'
  const strategy = dig(controlPlane, 'spec', 'deployment', 'strategy')
  const away = `The API is away until ${replicas === 1 ? 'the new Pod runs' : 'new Pods run'}. ${cut}`
  if (stringIn(strategy, 'type') === 'Recreate') return `Kamaji ends ${plural(replicas, 'Pod')} of the control plane before new ones start. ${away}`
  if (dig(strategy, 'rollingUpdate') === undefined) return `Kamaji starts ${plural(replicas, 'new Pod')} of the control plane beside the old, and ends the old when the new answer. The API stays reachable. ${cut}`
  const missing = dig(strategy, 'rollingUpdate', 'maxUnavailable')
  const none = missing === 0 || missing === '0' || missing === '0%'
  if (replicas === 1 && !none) return `Kamaji replaces the one Pod of the control plane. ${away}`
  return `Kamaji replaces the Pods of the control plane one after another. The API stays reachable. ${cut}`
}

const ADD_ONS = [
  ['coreDNS', 'CoreDNS', 'names inside the cluster are no longer resolved until another DNS serves there'],
  ['kubeProxy', 'kube-proxy', 'Services no longer lead to Pods until something else does its work, such as Cilium'],
  ['konnectivity', 'Konnectivity’s agents', 'logs, shells and webhooks work only where the control plane reaches machines and Pods by itself'],
] as const

function addOnWords(before: PlaneSpec, wanted: PlaneSpec): readonly string[] {
  const [old, now] = [before.controlPlane.advanced.addons, wanted.controlPlane.advanced.addons]
  return ADD_ONS.flatMap(([addOn, words, without]) => {
    if (old[addOn] === now[addOn]) return []
    return [now[addOn] ? `Kamaji puts ${words} into the tenant cluster, and replaces what is there under the same names.` : `Kamaji takes ${words} out of the tenant cluster: ${without}.`]
  })
}
