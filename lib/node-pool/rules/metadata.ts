import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import type { PoolSpec, Taint } from '@/lib/node-pool/spec'
import { cleanLine } from '@/lib/text'

/** Kubernetes' qualified name: an optional DNS subdomain and a name of 63 characters (apimachinery content.IsLabelKey). */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

export function isQualifiedName(key: string): boolean {
  const slash = key.indexOf('/')
  if (slash === -1) return NAME.test(key)
  const prefix = key.slice(0, slash)
  return prefix.length <= 253 && SUBDOMAIN.test(prefix) && NAME.test(key.slice(slash + 1))
}

const isLabelValue = (value: string): boolean => value === '' || NAME.test(value)

/** Labels by which Cluster API and the portal tell machines apart. */
const OURS: ReadonlySet<string> = new Set([CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, NODE_POOL_LABEL, 'cluster.x-k8s.io/set-name', 'machine-template-hash'])
export const isReservedLabel = (key: string): boolean => OURS.has(key) || key.startsWith('topology.cluster.x-k8s.io/')

/** A list's place in the message: paths of a form cannot name a label whose key has dots. */
export function metadataProblems(labels: PoolSpec['labels']): Problem[] {
  const found: Problem[] = []
  for (const [key, value] of Object.entries(labels)) {
    const shown = cleanLine(key, 80)
    if (isReservedLabel(key)) found.push(problem('labels', `The label ${shown} belongs to Cluster API.`))
    else if (!isQualifiedName(key)) found.push(problem('labels', key === '' ? 'A label needs a name.' : `“${shown}” is not a name for a label, such as node-role.kubernetes.io/worker.`))
    else if (!isLabelValue(value)) found.push(problem('labels', `${shown}: “${cleanLine(value, 60)}” is not a value for a label: at most 63 of a–z, 0–9, “-”, “_” and “.”.`))
  }
  return found
}

/** As Cluster API refuses them for machines (internal/util/taints/taints.go): the platform's own, set and taken away by it. */
const PLATFORM: readonly RegExp[] = [/^node\.cluster\.x-k8s\.io\/(?:uninitialized|outdated-revision)$/, /^node\.kubernetes\.io\/(?!out-of-service$)/, /^node\.cloudprovider\.kubernetes\.io\//, /^node-role\.kubernetes\.io\/master$/]

export function taintProblems(taints: readonly Taint[]): Problem[] {
  const found: Problem[] = []
  const seen = new Set<string>()
  taints.forEach(({ key, value, effect }, index) => {
    const at = `taints.${index}`
    const shown = cleanLine(key, 80)
    if (!isQualifiedName(key)) found.push(problem(`${at}.key`, key === '' ? 'A taint needs a name.' : `“${shown}” is not a name for a taint, such as example.com/gpu.`))
    else if (PLATFORM.some((pattern) => pattern.test(key))) found.push(problem(`${at}.key`, `${shown} is set and taken away by the platform.`))
    if (!isLabelValue(value)) found.push(problem(`${at}.value`, `“${cleanLine(value, 60)}” is not a value for a taint: at most 63 of a–z, 0–9, “-”, “_” and “.”.`))
    if (seen.has(`${key}:${effect}`)) found.push(problem(at, `${shown} with ${effect} is there twice.`))
    seen.add(`${key}:${effect}`)
  })
  return found
}
