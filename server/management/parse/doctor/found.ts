import type { Cause, Finding, Logs } from '@/lib/doctor/finding'
import { shortMachineName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { clusterNameOf } from '@/server/management/parse/machine'
import type { ClusterParts } from '@/server/management/parse/parts'

/** One place to look; the first that finds something names the first cause. */
export type Rule = (parts: ClusterParts) => readonly Finding[]

export const subjectOf = (object: KubeObject): string => `${object.kind}/${object.metadata.name}`
export const shortName = (object: KubeObject): string => shortMachineName(object.metadata.name, clusterNameOf(object))

type Said = { readonly sentence: string } & Partial<Omit<Finding, 'id' | 'cause' | 'subject'>>

export function found(cause: Cause, object: KubeObject, said: Said): Finding {
  const subject = subjectOf(object)
  return {
    id: `${cause}:${subject}`, cause, subject, weight: 'held', since: said.condition?.since ?? null, from: null,
    condition: null, field: null, next: null, lastResorts: [], logs: null, more: 0, ...said,
  }
}

export function after(time: string | null, minutes: number): string | null {
  return time === null ? null : new Date(Date.parse(time) + minutes * 60_000).toISOString()
}

/** Where each provider's own manifests put its controller (config/default/kustomization.yaml of each). */
const PLACES = {
  capi: ['capi-system', 'capi-controller-manager'],
  bootstrap: ['capi-kubeadm-bootstrap-system', 'capi-kubeadm-bootstrap-controller-manager'],
  capv: ['capv-system', 'capv-controller-manager'],
  ipam: ['capi-ipam-in-cluster-system', 'capi-ipam-in-cluster-controller-manager'],
  kamaji: ['kamaji-system', 'capi-kamaji-controller-manager'],
} as const

export function logsOf(controller: keyof typeof PLACES, about: KubeObject): Logs {
  const [namespace, deployment] = PLACES[controller]
  return { namespace, deployment, about: about.metadata.name }
}
