import { advancedProblems } from '@/lib/cluster/rules/advanced-rules'
import { controlPlaneProblems } from '@/lib/cluster/rules/identity-rules'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { FIXED_FIELDS, valueAt } from '@/lib/control-plane/fields'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { canonicalJson } from '@/lib/manifests/hash'

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
