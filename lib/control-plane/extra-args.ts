import { versionOf } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'

/** On Kamaji's Deployment of a control plane: how many extra arguments it counted last or, from June 2026 on, a hash of them. */
const COUNTED = 'kube-apiserver.kamaji.clastix.io/args'

/** kube-apiserver does not start with one issuer said twice (pkg/kubeapiserver/options/authentication.go); other flags take it. */
const ISSUER = '--service-account-issuer='

const flagOf = (arg: string): string => arg.split('=')[0] ?? arg

/** The arguments as people mean them: one that is said twice, by `argsToWrite`, is one. */
export const meantArgs = (live: readonly string[]): readonly string[] => [...new Set(live)]

/**
 * How many arguments of the API server a Kamaji counted last that keeps an old flag in the process as long as their number
 * stays the same; null for one that looks at the arguments themselves.
 *
 * Kamaji v1.0.0 merges the flags that run into those it wants, and begins from none only when the number differs
 * (internal/builders/controlplane/deployment.go, resetKubeAPIServerFlags); it compares a hash since clastix/kamaji#1165. Which of
 * them runs is told by its own mark on the Deployment, and where that cannot be read by the provider's contract.
 * @param deployment Kamaji's, of the same name as the TenantControlPlane; null where there is none to read
 */
export function countedArgs(controlPlane: KubeObject, live: readonly string[], deployment: KubeObject | null): number | null {
  const mark = deployment?.metadata.annotations?.[COUNTED]
  if (mark === undefined) return versionOf(controlPlane) === 'v1alpha1' ? live.length : null
  return /^\d{1,4}$/.test(mark) ? Number(mark) : null
}

/**
 * The API server's arguments as they are to be written, so that what is left out leaves the process too: where a flag goes and
 * as many stay, one of them is said twice. That is one rollout, and means the same.
 * @param live `spec.apiServer.extraArgs` as it stands
 * @param wanted as people mean them: nothing twice
 * @param counted by `countedArgs`
 */
export function argsToWrite(live: readonly string[], wanted: readonly string[], counted: number | null): readonly string[] {
  const same = meantArgs(live).toSorted().join('\n') === wanted.toSorted().join('\n')
  if (same) return live
  const [twice] = wanted.toSorted((a, b) => Number(a.startsWith(ISSUER)) - Number(b.startsWith(ISSUER)))
  if (counted === null || twice === undefined) return wanted
  // Kamaji may not have seen what stands now, and then counts from what was before.
  const kept = new Set(wanted.map(flagOf))
  if (counted === live.length && live.every((arg) => kept.has(flagOf(arg)))) return wanted
  const written = [...wanted]
  while (written.length === live.length || written.length === counted) written.push(twice)
  return written
}
