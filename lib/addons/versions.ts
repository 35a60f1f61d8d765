import { parseVersion } from '@/lib/kubernetes/version'

/** Newest patch that is known of a minor (kubernetes/cloud-provider-vsphere releases/vX/). Every minor has a `.0`. */
const CPI_PATCH: Readonly<Record<string, number>> = { '1.30': 1, '1.32': 2, '1.35': 1 }

export const CSI_VERSION = 'v3.7.3'
/** What the driver's release was tested with (kubernetes-sigs/vsphere-csi-driver manifests/vanilla/vsphere-csi-driver.yaml). */
export const CSI_SIDECARS = {
  attacher: 'sig-storage/csi-attacher:v4.9.0',
  resizer: 'sig-storage/csi-resizer:v1.12.0',
  provisioner: 'sig-storage/csi-provisioner:v4.0.1',
  livenessProbe: 'sig-storage/livenessprobe:v2.15.0',
  registrar: 'sig-storage/csi-node-driver-registrar:v2.13.0',
} as const

/** Where images come from, unless the identity's offer names a mirror. */
export const DEFAULT_REGISTRY = 'registry.k8s.io'

/** The image's tag for a cluster of this version: CPI speaks the API of its own minor. */
export function cpiVersionFor(kubernetes: string): string {
  const minor = minorText(kubernetes)
  return `v${minor}.${CPI_PATCH[minor] ?? 0}`
}

/** The autoscaler simulates the scheduler of its own minor (kubernetes/autoscaler cluster-autoscaler/README.md, Releases). */
export const autoscalerVersionFor = (kubernetes: string): string => `v${minorText(kubernetes)}.0`

function minorText(kubernetes: string): string {
  const version = parseVersion(kubernetes)
  if (version === null) throw new Error(`${kubernetes} is no version of Kubernetes`)
  return `${version.major}.${version.minor}`
}
