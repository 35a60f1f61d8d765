import { textsIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { MANAGED_BY_LABEL } from '@/lib/manifests/labels'

/** Written by Helm onto everything that it installs (helm pkg/action/validate.go). */
export const HELM_RELEASE = 'meta.helm.sh/release-name'

/** What Helm takes as a release's name. People are shown a command with it, so nothing else passes. */
const RELEASE = /^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/

/** Who made a cluster that the portal did not make. */
export interface Origin {
  readonly tool: 'Helm' | 'another tool'
  /** Of Helm; null when it is not known. */
  readonly release: string | null
}

/** null for a Cluster of the portal's own, made here or taken over. */
export function originOf(cluster: KubeObject): Origin | null {
  const madeBy = textsIn(cluster.metadata, 'labels')[MANAGED_BY_LABEL]
  if (madeBy === 'tenantry') return null
  const named = textsIn(cluster.metadata, 'annotations')[HELM_RELEASE] ?? ''
  const release = RELEASE.test(named) ? named : null
  return { tool: madeBy === 'Helm' || release !== null ? 'Helm' : 'another tool', release }
}
