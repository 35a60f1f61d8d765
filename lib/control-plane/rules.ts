import { advancedProblems } from '@/lib/cluster/rules/advanced-rules'
import { controlPlaneProblems } from '@/lib/cluster/rules/identity-rules'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { FIXED_FIELDS, valueAt } from '@/lib/control-plane/fields'
import { dnsAddress, type LivePlane } from '@/lib/control-plane/read'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { versionOf } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { KAMAJI_DNS, noDnsWords } from '@/lib/manifests/v1beta1'

/** What the older provider cannot be told: see noDnsWords. Only where it is switched off now. */
export function dnsProblems(live: LivePlane, before: PlaneSpec, wanted: PlaneSpec): readonly Problem[] {
  const off = before.controlPlane.advanced.addons.coreDNS && !wanted.controlPlane.advanced.addons.coreDNS
  const address = dnsAddress(live.cluster)
  if (!off || versionOf(live.controlPlane) !== 'v1alpha1' || address === null || address === KAMAJI_DNS) return []
  return [problem('controlPlane.advanced.addons.coreDNS', noDnsWords(address))]
}

/**
 * Every broken rule of create's in what is to change. What stays as it is may break them: another tool made it so, and it holds
 * up no other change.
 */
export function planeProblems(before: PlaneSpec, wanted: PlaneSpec): readonly Problem[] {
  const differs = (path: string): boolean => canonicalJson(valueAt(before, path)) !== canonicalJson(valueAt(wanted, path))
  const fixed = FIXED_FIELDS.filter(differs).map((path) => problem(path, 'This is fixed when the cluster is created.'))
  // Its endpoint has rules with the service type and the port alone, which are fixed.
  const all = [...controlPlaneProblems(wanted), ...advancedProblems({ ...wanted, endpoint: { kind: 'load-balancer' } })]
  return [...fixed, ...all.filter(({ path }) => !FIXED_FIELDS.includes(path.join('.')) && differs(path.join('.')))]
}
