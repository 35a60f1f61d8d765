import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { compareVersions, plainVersion, sameVersion } from '@/lib/kubernetes/version'
import { type Footing, fullVersion, skewProblem, targetProblem, templatesOf } from '@/lib/upgrade/versions'
import { listed } from '@/lib/text'

/** What a person asks for. Pools that are not named stay as they are. */
export interface UpgradeRequest {
  readonly version: string
  /** In the order in which they are upgraded. */
  readonly pools: readonly { readonly name: string; readonly template: string }[]
}

/** One step: `control-plane`, `add-ons`, or `pool/` with the pool's short name. */
export type StepId = 'control-plane' | 'add-ons' | `pool/${string}`

export const poolStep = (pool: string): StepId => `pool/${pool}`
export const poolOfStep = (step: StepId): string | null => (step.startsWith('pool/') ? step.slice('pool/'.length) : null)
export const stepWords = (step: StepId): string => (step === 'control-plane' ? 'Control plane' : step === 'add-ons' ? 'Add-ons' : `Pool ${poolOfStep(step) ?? ''}`)

/**
 * In their order: nodes must never be newer than their control plane, and the cloud provider has to know the version of the
 * first new node.
 * @param addOns whether any is installed
 */
export const stepsOf = ({ version, pools }: UpgradeRequest, { current }: Pick<Footing, 'current'>, addOns = false): readonly StepId[] => [
  ...(current !== null && sameVersion(version, current) ? [] : addOns ? (['control-plane', 'add-ons'] as const) : (['control-plane'] as const)),
  ...pools.map(({ name }) => poolStep(name)),
]

/** Every broken rule, at the fields of the page: `version` and `pools.<name>`. The page and the action ask this one function. */
export function upgradeProblems(request: UpgradeRequest, footing: Footing): readonly Problem[] {
  const { current, templates } = footing
  const target = targetProblem(request.version, current)
  if (target !== null) return [problem('version', target)]
  const version = fullVersion(request.version) ?? ''
  const found: Problem[] = []
  for (const pool of footing.pools) {
    // Also those that go along: until their turn comes they stand beside the new control plane.
    const skew = current !== null && sameVersion(version, current) ? null : skewProblem(pool, version)
    if (skew !== null) found.push({ path: ['pools', pool.name], message: skew })
  }
  const seen = new Set<string>()
  for (const { name, template } of request.pools) {
    const pool = footing.pools.find((candidate) => candidate.name === name)
    const wrong = (message: string) => found.push({ path: ['pools', name], message })
    const offered = templatesOf(templates, version)
    if (pool === undefined) wrong(`The cluster has no pool ${name}.`)
    else if (seen.has(name)) wrong(`Pool ${name} is named twice.`)
    else if (pool.version !== null && compareVersions(pool.version, version) > 0) wrong(`Pool ${name} runs ${plainVersion(pool.version)} already; nodes cannot be downgraded.`)
    else if (offered.length === 0) wrong(`No VM template is offered for ${plainVersion(version)}, so no machine can be made with it. Only the control plane can go there.`)
    else if (!offered.includes(template)) wrong(`The VM template “${template}” is not offered for ${plainVersion(version)}; take ${listed(offered, 4)}.`)
    seen.add(name)
  }
  if (found.length === 0 && stepsOf({ ...request, version }, footing).length === 0) found.push(problem('version', `The control plane runs ${plainVersion(version)} already. Choose a pool to bring there.`))
  return found
}
