import { parseVersion } from '@/lib/kubernetes/version'

/** Of MutatingAdmissionPolicy (k8s.io/apiserver pkg/features/kube_features.go): beta and off in 1.34, general and on from 1.36. */
const BETA_SINCE = 34
const GENERAL_SINCE = 36
export const POLICY_GROUP = 'admissionregistration.k8s.io'

/** What each has to say for the beta to be served. The version is off whatever the gate says (pkg/controlplane/instance.go). */
const NEEDED = [
  { flag: '--feature-gates', key: 'MutatingAdmissionPolicy' },
  { flag: '--runtime-config', key: `${POLICY_GROUP}/v1beta1` },
] as const

/** In which version an API server of this Kubernetes takes the policy; null: in none that stays. */
export function policyVersion(kubernetes: string): 'v1' | 'v1beta1' | null {
  const version = parseVersion(kubernetes)
  if (version === null || version.major !== 1 || version.minor < BETA_SINCE) return null
  return version.minor < GENERAL_SINCE ? 'v1beta1' : 'v1'
}

export const NO_POLICY = 'It needs Kubernetes 1.34 or newer: older API servers do not know such a policy.'

/**
 * The API server's extra arguments with those that the beta takes; a flag that is there keeps what it says, since Kamaji takes
 * the last of two (internal/utilities/args.go). The very same list where nothing is missing; null where one of them is switched off on purpose.
 */
export function withPolicyArgs(args: readonly string[]): readonly string[] | null {
  let all = args
  for (const { flag, key } of NEEDED) {
    const at = all.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`))
    const said = all[at]?.slice(flag.length + 1).split(',').filter((one) => one !== '') ?? []
    const own = said.find((one) => one === key || one.startsWith(`${key}=`))
    if (own === undefined) {
      const next = `${flag}=${[...said, `${key}=true`].join(',')}`
      all = at < 0 ? [...all, next] : all.with(at, next)
    } else if (!/^(?:true|t|1)?$/i.test(own.slice(key.length + 1))) return null
  }
  return all
}

/** For pages: what is added to an API server that says nothing of it. */
export const POLICY_ARGS: readonly string[] = NEEDED.map(({ flag, key }) => `${flag}=${key}=true`)

export const SWITCHED_OFF = 'The arguments of the API server switch MutatingAdmissionPolicy off. Take that out of them first.'
