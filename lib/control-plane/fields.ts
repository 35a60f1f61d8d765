import { dig } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { yamlField } from '@/lib/manifests/control-plane'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { cleanLine } from '@/lib/text'

/** `pods`: the Pods of the control plane are replaced. `inside`: something in the tenant cluster comes, goes or is written. */
export type PlaneEffect = 'pods' | 'inside' | 'in-place'

/** One row of "Fields that change". */
export interface PlaneFieldChange {
  /** Of the form: `controlPlane.advanced.certSANs`. */
  readonly path: string
  /** What people call the field. */
  readonly words: string
  readonly from: string
  readonly to: string
  readonly effect: PlaneEffect
  /** One sentence. */
  readonly why: string
}

type Kind = 'count' | 'texts' | 'set' | 'list' | 'yaml' | 'switch' | 'word'

export interface PlaneField {
  readonly path: string
  readonly words: string
  readonly kind: Kind
  readonly effect: PlaneEffect
  readonly why: string
  /** In the KamajiControlPlane's spec; null for labels, which are metadata. */
  readonly at: readonly string[] | null
}

const AT = 'controlPlane.advanced'
const TEMPLATE = 'It is in the template of Kamaji’s Pods.'
const field = (part: string, words: string, kind: Kind, effect: PlaneEffect, why: string, at: string | null): PlaneField =>
  ({ path: `${AT}.${part}`, words, kind, effect, why, at: at === null ? null : at.split('.') })

/**
 * What can be changed of a control plane that is there, in the form's order. What replaces Pods is what Kamaji writes into the
 * template of its Deployment (kamaji internal/builders/controlplane: deployment.go, konnectivity_server.go). Of a certificate the
 * template has a hash.
 */
export const PLANE_FIELDS: readonly PlaneField[] = [
  { path: 'controlPlane.replicas', words: 'Replicas', kind: 'count', effect: 'in-place', why: 'Pods are added or ended; the others stay.', at: ['replicas'] },
  field('service.annotations', 'Service annotations', 'texts', 'in-place', 'Kamaji writes them on its Service; one that is taken away stays there.', 'network.serviceAnnotations'),
  field('service.labels', 'Service labels', 'texts', 'in-place', 'Kamaji writes them on its Service.', 'network.serviceLabels'),
  field('certSANs', 'Certificate names', 'set', 'pods', 'The API server gets another certificate.', 'network.certSANs'),
  field('extraArgs.apiServer', 'API server arguments', 'set', 'pods', 'A process gets its arguments when it starts.', 'apiServer.extraArgs'),
  field('extraArgs.controllerManager', 'Controller manager arguments', 'set', 'pods', 'A process gets its arguments when it starts.', 'controllerManager.extraArgs'),
  field('extraArgs.scheduler', 'Scheduler arguments', 'set', 'pods', 'A process gets its arguments when it starts.', 'scheduler.extraArgs'),
  field('addons.coreDNS', 'CoreDNS', 'switch', 'inside', 'Kamaji keeps it in the tenant cluster.', 'addons.coreDNS'),
  field('addons.kubeProxy', 'kube-proxy', 'switch', 'inside', 'Kamaji keeps it in the tenant cluster.', 'addons.kubeProxy'),
  field('addons.konnectivity', 'Konnectivity', 'switch', 'pods', 'Its server is a container of the Pods, its agents run in the tenant cluster.', 'addons.konnectivity'),
  field('kubelet.cgroupfs', 'Cgroup driver', 'word', 'inside', 'Machines that join from now on get it; those that run keep theirs.', 'kubelet'),
  field('kubelet.preferredAddressTypes', 'Addresses of machines', 'list', 'pods', 'It is an argument of the API server.', 'kubelet'),
  field('labels', 'Cluster labels', 'texts', 'in-place', 'Whatever selects clusters by them notices.', null),
  field('deployment.nodeSelector', 'Node selector', 'texts', 'pods', TEMPLATE, 'deployment.nodeSelector'),
  field('deployment.labels', 'Deployment labels', 'texts', 'in-place', 'They are on the Deployment, not on its Pods.', 'deployment.additionalMetadata.labels'),
  field('deployment.annotations', 'Deployment annotations', 'texts', 'in-place', 'They are on the Deployment, not on its Pods; one that is taken away stays there.', 'deployment.additionalMetadata.annotations'),
  field('deployment.podLabels', 'Pod labels', 'texts', 'pods', TEMPLATE, 'deployment.podAdditionalMetadata.labels'),
  field('deployment.podAnnotations', 'Pod annotations', 'texts', 'pods', TEMPLATE, 'deployment.podAdditionalMetadata.annotations'),
  field('deployment.tolerations', 'Tolerations', 'yaml', 'pods', TEMPLATE, 'deployment.tolerations'),
  field('deployment.affinity', 'Affinity', 'yaml', 'pods', TEMPLATE, 'deployment.affinity'),
  field('deployment.topologySpread', 'Topology spread', 'yaml', 'pods', TEMPLATE, 'deployment.topologySpreadConstraints'),
]

/** Of the form, and why they stay as they are. */
export const FIXED_FIELDS = ['service.type', 'serviceDomain', 'apiServerPort', 'dataStore'].map((part) => `${AT}.${part}`)

export const valueAt = (spec: PlaneSpec, path: string): unknown => dig(spec, ...path.split('.'))

/** Every field in which two states of a control plane differ, in the form's order. */
export function planeDifferences(before: PlaneSpec, after: PlaneSpec): readonly PlaneFieldChange[] {
  return PLANE_FIELDS.flatMap(({ path, words, kind, effect, why }) => {
    const [old, now] = [valueAt(before, path), valueAt(after, path)]
    if (exact(kind, old) === exact(kind, now)) return []
    const change = { path, words, from: shown(kind, old), to: shown(kind, now), effect, why }
    // The server of Konnectivity is told how many there are (konnectivity_server.go, --server-count).
    const counted = path === 'controlPlane.replicas' && after.controlPlane.advanced.addons.konnectivity
    return [counted ? { ...change, effect: 'pods' as const, why: 'Konnectivity’s server is told how many there are.' } : change]
  })
}

/** Two spellings of the same say the same: order of what is a set, layout of YAML. */
function exact(kind: Kind, value: unknown): string {
  if (kind === 'set') return canonicalJson([...((value ?? []) as readonly string[])].sort())
  if (kind !== 'yaml') return canonicalJson(value)
  try {
    return canonicalJson(yamlField(String(value)) ?? null)
  } catch {
    return String(value)
  }
}

function shown(kind: Kind, value: unknown): string {
  if (kind === 'switch') return value === true ? 'on' : 'off'
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' && value !== null ? Object.entries(value).map(([key, one]) => (one === '' ? key : `${key}=${String(one)}`)).join(', ') : String(value)
  return text.trim() === '' ? 'not set' : cleanLine(text, 300)
}
