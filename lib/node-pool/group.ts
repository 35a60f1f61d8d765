import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { machineDeploymentName } from '@/lib/kubernetes/names'
import type { KubeObject } from '@/lib/kubernetes/object'
import { healthCheck } from '@/lib/manifests/health-check'
import { withOwner } from '@/lib/manifests/labels'
import { machineDeployment } from '@/lib/manifests/pool-objects'
import { autoscaledProblem, planPoolRemove, planRestart, planScale } from '@/lib/node-pool/acts'
import { clonedWords, type Owner, planPoolChange, quietWords } from '@/lib/node-pool/change'
import { placeOf, referencesOf, sizeNow } from '@/lib/node-pool/deployment'
import { type PoolFieldChange, poolDifferences } from '@/lib/node-pool/difference'
import { healthCheckOf, isOurs, type LivePool, zoneOf } from '@/lib/node-pool/live'
import { NOTHING, type ObjectToRemove, type PoolPlan, scaleWords } from '@/lib/node-pool/plan'
import { type ReadPool, readPool } from '@/lib/node-pool/read'
import { type Slice, shares, sliceName, slicesOf, wholeSize } from '@/lib/node-pool/slices'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { plural } from '@/lib/text'

/**
 * The live MachineDeployments of one pool, the lead first: one, or one for each zone. Templates and checks are the same in all.
 * People see one pool; these functions take and give it whole.
 */
export type PoolGroup = readonly [LivePool, ...LivePool[]]

/** What the form shows. Where zones differ in anything else (a change stopped between them), the lead's is shown. */
export function readGroup(group: PoolGroup): ReadPool {
  const all = group.map(readPool)
  const [{ spec }] = all as [ReadPool]
  if (all.length === 1) return { spec, unknown: all[0]?.unknown ?? [] }
  return {
    spec: { ...spec, size: wholeSize(all.map(({ spec: { size } }) => size)), zones: all.flatMap(({ spec: { zones } }) => zones).toSorted() },
    unknown: [...new Set(all.flatMap(({ unknown }) => unknown))],
  }
}

export const groupSize = (group: readonly LivePool[]): number => group.reduce((sum, { deployment }) => sum + sizeNow(deployment), 0)

/** See planPoolChange. A new zone gets a MachineDeployment of its own; one that is no longer wanted goes, and the others grow. */
export function planGroupChange(group: PoolGroup, wanted: PoolSpec, owner: Owner): PoolPlan {
  const [lead] = group
  if (group.length === 1 && wanted.zones.length <= 1) return planPoolChange(lead, wanted, owner)
  const differences = poolDifferences(readGroup(group).spec, wanted)
  if (differences.length === 0) return NOTHING
  const { kept, added, removed } = matched(group, slicesOf(wanted))
  const moved = kept.some(({ live, slice }) => zoneOf(live.deployment) !== slice.zone)
  const changes = clonedWords(differences, lead).map((change) => (change.path === 'zones' ? zonesChange(change, moved) : change))

  const objects: KubeObject[] = []
  const plans = kept.map(({ live, slice }) => {
    // A template that was planned for one zone is the others' too.
    const planned = (kind: string) => objects.filter((object) => object.kind === kind)
    const known = { ...live, machineTemplates: [...live.machineTemplates, ...planned('VSphereMachineTemplate')], bootstrapTemplates: [...live.bootstrapTemplates, ...planned('KubeadmConfigTemplate')] }
    const plan = planPoolChange(known, { ...slice.spec, repair: readPool(live).spec.repair }, owner)
    objects.push(...plan.objects)
    return plan
  })
  const leadAfter = objects.find(({ kind, metadata }) => kind === 'MachineDeployment' && metadata.name === kept[0]?.live.deployment.metadata.name) ?? kept[0]?.live.deployment ?? lead.deployment
  const place = placeOf(lead.deployment)
  const base = machineDeploymentName(place.cluster, wanted.name)
  const born = added.map(({ zone, spec }) => machineDeployment(spec, { ...place, deployment: sliceName(base, zone, 2) }, referencesOf(leadAfter)))
  const problems: Problem[] = born.flatMap(({ metadata }) => (group.some(({ deployment }) => deployment.metadata.name === metadata.name) ? [problem('zones', `${metadata.name} is this pool’s MachineDeployment in another zone. Take the zones in two steps.`)] : []))
  // Machines of other tools have no label of the pool, by which one check would find those of all zones.
  if (!isOurs(lead.deployment)) problems.push(problem('zones', 'Another tool made this pool, so it stays in one zone. Add a pool of this portal for the others.'))
  const check = planCheck(group, wanted, { ...place, deployment: base }, owner)

  return {
    ...NOTHING,
    objects: inOrder([...objects, ...born, ...check.objects]),
    scales: plans.flatMap(({ scales }) => scales),
    removes: [...check.removes, ...removed.map(({ deployment: { kind, metadata } }) => ({ kind, name: metadata.name, uid: metadata.uid ?? null }))],
    changes,
    held: heldOf(plans),
    problems: [...problems, ...plans.flatMap((plan) => plan.problems)],
    ...effect({ group, wanted, added, removed, plans, changes }),
  }
}

const zonesChange = (change: PoolFieldChange, moved: boolean): PoolFieldChange =>
  ({ ...change, rolls: moved, why: moved ? change.why : 'A new zone gets machines of its own; those in zones that stay are not replaced.' })

const heldOf = (plans: readonly PoolPlan[]): PoolPlan['held'] => [...new Map(plans.flatMap(({ held }) => held).map((field) => [field.path, field])).values()]

interface Matched {
  readonly kept: readonly { readonly live: LivePool; readonly slice: Slice }[]
  readonly added: readonly Slice[]
  readonly removed: readonly LivePool[]
}

/** What is in a wanted zone stays. What is in none takes one over; so does the lead when nothing would stay. */
function matched(group: PoolGroup, wanted: readonly Slice[]): Matched {
  const left = new Set<LivePool>(group)
  const take = (fits: (live: LivePool) => boolean): LivePool | null => {
    const found = group.find((live) => left.has(live) && fits(live)) ?? null
    if (found !== null) left.delete(found)
    return found
  }
  const exact = wanted.map((slice) => ({ slice, live: take((live) => zoneOf(live.deployment) === slice.zone) }))
  const nothingStays = exact.every(({ live }) => live === null)
  const all = exact.map(({ slice, live }, index) => ({ slice, live: live ?? take((one) => zoneOf(one.deployment) === null || (nothingStays && index === 0)) }))
  return {
    kept: all.flatMap(({ slice, live }) => (live === null ? [] : [{ slice, live }])),
    added: all.flatMap(({ slice, live }) => (live === null ? [slice] : [])),
    removed: group.filter((live) => left.has(live)),
  }
}

/** One check for all zones. */
function planCheck(group: PoolGroup, wanted: PoolSpec, place: Parameters<typeof healthCheck>[1], owner: Owner): { objects: readonly KubeObject[]; removes: readonly ObjectToRemove[] } {
  const there = [...new Map(group.flatMap((live) => healthCheckOf(live) ?? []).map((check) => [check.metadata.name, check])).values()]
  const object = healthCheck(wanted, place, there[0]?.metadata.name, true)
  const others = object === null ? there : there.slice(1)
  return {
    objects: object === null ? [] : [withOwner(object, owner)],
    removes: others.map(({ kind, metadata }) => ({ kind, name: metadata.name, uid: metadata.uid ?? null })),
  }
}

interface Effect {
  readonly group: PoolGroup
  readonly wanted: PoolSpec
  readonly added: readonly Slice[]
  readonly removed: readonly LivePool[]
  readonly plans: readonly PoolPlan[]
  readonly changes: readonly PoolFieldChange[]
}

function effect({ group, wanted, added, removed, plans, changes }: Effect): Pick<PoolPlan, 'rolls' | 'machinesReplaced' | 'spareAddressesNeeded' | 'summary'> {
  const rolls = plans.some((plan) => plan.rolls)
  const replaced = plans.reduce((sum, plan) => sum + plan.machinesReplaced, 0)
  const from = groupSize(group)
  const to = wanted.size.kind === 'fixed' ? wanted.size.replicas : Math.min(Math.max(from, wanted.size.min), wanted.size.max)
  const sentences = [
    scaleWords(from, to),
    ...added.map(({ zone, spec }) => `Adds zone ${zone ?? ''} with ${plural(machinesOf(spec), 'machine')}.`),
    ...removed.map(({ deployment }) => `Removes the ${plural(sizeNow(deployment), 'machine')} ${zoneOf(deployment) === null ? 'without a zone' : `of zone ${zoneOf(deployment)}`}; each is drained first.`),
    rolls ? `Replaces ${plural(replaced, 'machine')}; each zone goes its own way at the same time.` : '',
    quietWords(changes, rolls),
  ].filter((sentence) => sentence !== '')
  return {
    rolls,
    machinesReplaced: replaced,
    spareAddressesNeeded: plans.reduce((sum, plan) => sum + plan.spareAddressesNeeded, 0) + added.reduce((sum, { spec }) => sum + machinesOf(spec), 0),
    summary: sentences.length > 0 ? sentences.join(' ') : 'Changes how the pool is sized.',
  }
}

const machinesOf = ({ size }: PoolSpec): number => (size.kind === 'fixed' ? size.replicas : size.min)

const ORDER = ['VSphereMachineTemplate', 'KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck']

/** Each object once, after those that it refers to. */
function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const once = [...new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object])).values()]
  return once.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

/** See planScale: each zone gets its share, and only those whose share changes are scaled. */
export function planGroupScale(group: PoolGroup, replicas: number): PoolPlan {
  if (group.length === 1) return planScale(group[0], replicas)
  const { size } = readGroup(group).spec
  if (size.kind === 'autoscaled') return { ...NOTHING, problems: [autoscaledProblem(size)] }
  const { problems } = planScale(group[0], replicas)
  if (problems.length > 0) return { ...NOTHING, problems }
  const from = groupSize(group)
  const byZone = group.toSorted((a, b) => ((zoneOf(a.deployment) ?? '') < (zoneOf(b.deployment) ?? '') ? -1 : 1))
  const wanted = shares(replicas, byZone.length)
  const scales = byZone.flatMap(({ deployment }, index) => (wanted[index] === sizeNow(deployment) ? [] : [{ deployment: deployment.metadata.name, replicas: wanted[index] ?? 0 }]))
  return scales.length === 0 ? NOTHING : { ...NOTHING, scales, spareAddressesNeeded: Math.max(0, replicas - from), summary: scaleWords(from, replicas) || 'Shares the machines out evenly.' }
}

/** See planPoolRemove. */
export function planGroupRemove(group: PoolGroup): PoolPlan {
  const plans = group.map(planPoolRemove)
  const size = groupSize(group)
  const removes = [...new Map(plans.flatMap((plan) => plan.removes).map((object) => [`${object.kind}/${object.name}`, object])).values()]
  return { ...NOTHING, removes: removes.toSorted((a, b) => ORDER.indexOf(b.kind) - ORDER.indexOf(a.kind)), summary: size === 0 ? 'Removes a pool without machines.' : `Removes the pool and its ${plural(size, 'machine')}; each is drained first.` }
}

/** See planRestart. */
export function planGroupRestart(group: PoolGroup, now: Date): PoolPlan {
  if (group.length === 1) return planRestart(group[0], now)
  const plans = group.map((live) => planRestart(live, now))
  const replaced = plans.reduce((sum, plan) => sum + plan.machinesReplaced, 0)
  return {
    ...NOTHING,
    objects: plans.flatMap(({ objects }) => objects),
    held: heldOf(plans),
    rolls: true,
    machinesReplaced: replaced,
    spareAddressesNeeded: plans.reduce((sum, plan) => sum + plan.spareAddressesNeeded, 0),
    summary: `Replaces ${plural(replaced, 'machine')}; each zone goes its own way at the same time.`,
  }
}
