import { policyVersion, SWITCHED_OFF, withPolicyArgs } from '@/lib/addons/policy-version'
import { addOnsProblems } from '@/lib/addons/rules'
import { addressProblems } from '@/lib/cluster/rules/address-rules'
import { advancedProblems } from '@/lib/cluster/rules/advanced-rules'
import { controlPlaneProblems, nameProblems, placementProblems, poolProblems, versionProblems } from '@/lib/cluster/rules/identity-rules'
import { endpointProblems, networkProblems } from '@/lib/cluster/rules/network-rules'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { clusterShape, type ClusterSpec } from '@/lib/cluster/spec'

const RULES: readonly ((spec: ClusterSpec) => readonly Problem[])[] = [
  nameProblems,
  versionProblems,
  controlPlaneProblems,
  endpointProblems,
  placementProblems,
  addressProblems,
  networkProblems,
  poolProblems,
  ({ addOns, version }) => addOnsProblems(addOns, version),
  advancedProblems,
  policyProblems,
]

/** The proxy in Pods adds to the API server's arguments, and overrules none of them. */
function policyProblems({ addOns, version, controlPlane: { advanced } }: ClusterSpec): readonly Problem[] {
  if (!addOns.proxy.enabled || policyVersion(version) !== 'v1beta1' || withPolicyArgs(advanced.extraArgs.apiServer) !== null) return []
  return [problem('controlPlane.advanced.extraArgs.apiServer', SWITCHED_OFF)]
}

/** Every broken rule of a spec whose shape is right, in the form's order. */
export const specProblems = (spec: ClusterSpec): readonly Problem[] => RULES.flatMap((rule) => rule(spec))

/**
 * What create takes: the shape with every rule that can be told without asking the management cluster. Form and server
 * action parse with this one schema, so a request that skips the form breaks the same rules.
 */
export const clusterSpec = clusterShape.superRefine((spec, context) => {
  for (const { path, message } of specProblems(spec)) context.addIssue({ code: 'custom', path: [...path], message })
})
