import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { dig, stringIn, versionOf, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { canonicalJson } from '@/lib/manifests/hash'
import { healthCheck } from '@/lib/manifests/health-check'
import { NODE_POOL_LABEL, withOwner } from '@/lib/manifests/labels'
import { otherOwners } from '@/lib/manifests/ownership'
import { fixedPools, FROM_CLUSTER, registeredTaints, templateObject, templateRefs } from '@/lib/manifests/pool-objects'
import { nodePatches, type Patch } from '@/lib/node-config/render'
import { pathsInDeployment, placeOf, type References, referencesOf, renderDeployment, sizeNow } from '@/lib/node-pool/deployment'
import { type PoolFieldChange, poolDifferences } from '@/lib/node-pool/difference'
import { baseOf, bootstrapTemplateOf, healthCheckOf, isOurs, type LivePool, machineTemplateOf, poolNameOf, templateContent } from '@/lib/node-pool/live'
import { networkDevice, patchedDevice } from '@/lib/node-pool/device'
import { devicesOf, liveDevices, moreNetworksOf } from '@/lib/node-pool/networks'
import { type HeldField, NOTHING, type ObjectToRemove, type PoolPlan, rollout, scaleWords } from '@/lib/node-pool/plan'
import { LINKED } from '@/lib/node-pool/rules/machine'
import { readPool } from '@/lib/node-pool/read'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { listed, plural } from '@/lib/text'

/** The Cluster that new objects are made the own of. */
export interface Owner {
  readonly name: string
  readonly uid: string
}

/**
 * What it takes to make a live pool the wanted one. The wanted spec has passed `poolSpecProblems`. Read the pool from the API
 * server, not from a cache: the rule of sizes (appliedReplicas) needs managedFields.
 *
 * Templates are never written anew from the model: the live content is copied with only those fields patched that differ, so
 * that what the model has no place for survives. A content that is already there, now or superseded, keeps its template and
 * name: nothing rolls that does not have to, and a change that is taken back finds the machines that still have it.
 */
export function planPoolChange(live: LivePool, wanted: PoolSpec, owner: Owner): PoolPlan {
  const { deployment } = live
  const before = readPool(live).spec
  const changes = clonedWords(poolDifferences(before, wanted), live)
  if (changes.length === 0) return NOTHING

  const problems: Problem[] = []
  const templates: KubeObject[] = []
  const references = changedReferences(live, before, wanted, { templates, problems })
  const repair = planRepair(live, wanted, changes, owner)
  const scales = wanted.size.kind === 'fixed' && wanted.size.replicas !== sizeNow(deployment) ? [{ deployment: deployment.metadata.name, replicas: wanted.size.replicas }] : []
  const inDeployment = changes.some(({ path }) => path !== 'repair' && !path.startsWith('fixedAddresses.') && !(path === 'size' && before.size.kind === 'fixed' && wanted.size.kind === 'fixed'))
  const objects = [...changedFixed(live, before, wanted).map((pool) => withOwner(pool, owner)), ...templates.map((template) => withOwner(template, owner)), ...(inDeployment ? [renderDeployment(deployment, wanted, references)] : []), ...repair.objects]
  return { ...NOTHING, objects, scales, removes: repair.removes, changes, held: heldFields(deployment, changes), problems, ...effect(deployment, wanted, changes) }
}

/** Fixed addresses grow in place; a pool of them that is new is needed before what refers to it. */
function changedFixed({ deployment }: LivePool, before: PoolSpec, wanted: PoolSpec): readonly KubeObject[] {
  const now = new Map(fixedPools(before, placeOf(deployment)).map((pool) => [pool.metadata.name, canonicalJson(pool.spec)]))
  return fixedPools(wanted, placeOf(deployment)).filter(({ metadata, spec }) => now.get(metadata.name) !== canonicalJson(spec))
}

/**
 * A linked clone keeps the disk of its snapshot, and CAPV ignores diskGiB (pkg/services/govmomi/vcenter/clone.go). It makes one where the
 * mode is not said to be another and the VM template has a snapshot, which nobody here knows.
 */
export const isLinkedClone = (live: LivePool): boolean => {
  const template = machineTemplateOf(live)
  return template !== null && stringIn(template, 'spec', 'template', 'spec', 'cloneMode') !== 'fullClone'
}
/** The changes, with what becomes of another disk. */
export const clonedWords = (changes: readonly PoolFieldChange[], live: LivePool): readonly PoolFieldChange[] =>
  changes.map((change) => (change.path === 'machine.diskGiB' && isLinkedClone(live) ? { ...change, why: LINKED } : change))

interface Collected {
  readonly templates: KubeObject[]
  readonly problems: Problem[]
}

function changedReferences(live: LivePool, before: PoolSpec, wanted: PoolSpec, into: Collected): References {
  const now = referencesOf(live.deployment)
  const machine = patchedTemplate(machineTemplateOf(live), live.machineTemplates, [...devicePatches(live, before, wanted, into), ...machinePatches(before, wanted)], live, into, 'machine')
  const bootstrap = patchedTemplate(bootstrapTemplateOf(live), live.bootstrapTemplates, bootstrapPatches(live, before, wanted), live, into, 'taints')
  const made = templateRefs({ machine: machine ?? '', bootstrap: bootstrap ?? '' })
  return { infrastructure: machine === null ? now.infrastructure : made.infrastructure, bootstrap: bootstrap === null ? now.bootstrap : made.bootstrap }
}

const MACHINE_FIELDS = {
  cpus: ['spec', 'numCPUs'],
  memoryMiB: ['spec', 'memoryMiB'],
  diskGiB: ['spec', 'diskGiB'],
  template: ['spec', 'template'],
  datastore: ['spec', 'datastore'],
  folder: ['spec', 'folder'],
  resourcePool: ['spec', 'resourcePool'],
  storagePolicy: ['spec', 'storagePolicyName'],
} as const satisfies Partial<Record<keyof PoolSpec['machine'], readonly string[]>>

function machinePatches(before: PoolSpec, wanted: PoolSpec): readonly Patch[] {
  const fields = Object.keys(MACHINE_FIELDS) as (keyof typeof MACHINE_FIELDS)[]
  return fields.flatMap((field) => (before.machine[field] === wanted.machine[field] ? [] : [[MACHINE_FIELDS[field], wanted.machine[field] ?? undefined] as const]))
}

const bootstrapPatches = (live: LivePool, before: PoolSpec, wanted: PoolSpec): readonly Patch[] => {
  const template = bootstrapTemplateOf(live)
  return [...taintPatches(before, wanted), ...nodePatches(template === null ? undefined : templateContent(template), before.node, wanted.node, template === null ? '' : versionOf(template))]
}

/** Each device with only what differs changed; a further one is the same as long as its network is. */
function devicePatches(live: LivePool, before: PoolSpec, wanted: PoolSpec, into: Collected): readonly Patch[] {
  const [old, now] = [devicesOf(before), devicesOf(wanted)]
  if (canonicalJson(old) === canonicalJson(now)) return []
  const template = machineTemplateOf(live)
  const deployment = baseOf(live.deployment)
  const [first, ...more] = liveDevices(template)
  const isKnown = moreNetworksOf(template, deployment, live.addressPools ?? []) !== null
  if (!isKnown && canonicalJson(before.moreNetworks) !== canonicalJson(wanted.moreNetworks)) into.problems.push(problem('moreNetworks', 'The machines have network devices that this form has no place for, and a change here would take them away.'))
  const devices = now.slice(1).map((device) => {
    const known = old.slice(1).find(({ network }) => network === device.network)
    const there = more.find((one) => stringIn(one, 'networkName') === device.network)
    return known === undefined || there === undefined ? networkDevice(device, deployment) : patchedDevice(there, known, device, deployment)
  })
  const patched = [patchedDevice(first, old[0], now[0], deployment), ...(isKnown ? devices : more)]
  // Fixed addresses alone are not in the template.
  return canonicalJson(patched) === canonicalJson(liveDevices(template)) ? [] : [[['spec', 'network', 'devices'], patched]]
}

/** In any order they are the same taints. */
function taintPatches(before: PoolSpec, wanted: PoolSpec): readonly Patch[] {
  const sorted = ({ taints }: PoolSpec) => canonicalJson(taints.map((taint) => canonicalJson(taint)).sort())
  return sorted(before) === sorted(wanted) ? [] : [[['spec', 'joinConfiguration', 'nodeRegistration', 'taints'], registeredTaints(wanted.taints)]]
}

/** The name of the template with the patched content, which may be a new one; null when the live one stays. */
function patchedTemplate(template: KubeObject | null, all: readonly KubeObject[], patches: readonly Patch[], { deployment }: LivePool, into: Collected, field: string): string | null {
  if (patches.length === 0) return null
  if (template === null) {
    into.problems.push(problem(field, 'The template that the pool’s machines are made from is missing, so it can’t be copied with this change.'))
    return null
  }
  const content = ofCluster(patches.reduce((patched, [path, value]) => withAt(patched, path, value), templateContent(template)))
  const pool = poolNameOf(deployment)
  const same = all.find((candidate) => isOurs(candidate) && poolLabel(candidate) === pool && candidate.kind === template.kind && candidate.metadata.deletionTimestamp === undefined && canonicalJson(ofCluster(templateContent(candidate))) === canonicalJson(content))
  const made = templateObject(placeOf(deployment), pool, template.kind, template.apiVersion, { ...template.spec, template: same === undefined ? content : templateContent(same) })
  // One that is there is applied again all the same: it may be superseded, and be removed before the pool refers to it.
  into.templates.push(same === undefined ? made : { ...made, metadata: { ...made.metadata, name: same.metadata.name } })
  return same?.metadata.name ?? made.metadata.name
}

/** What a template made elsewhere, or by an earlier portal, says of vCenter: nothing that new machines need. */
const ofCluster = (content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  FROM_CLUSTER.filter((field) => dig(content, 'spec', field) !== undefined).reduce((rest, field) => withAt(rest, ['spec', field], undefined), content)

const poolLabel = (object: KubeObject): string | undefined => object.metadata.labels?.[NODE_POOL_LABEL]

function planRepair(live: LivePool, wanted: PoolSpec, changes: readonly PoolFieldChange[], owner: Owner): { objects: readonly KubeObject[]; removes: readonly ObjectToRemove[] } {
  if (!changes.some(({ path }) => path === 'repair')) return { objects: [], removes: [] }
  const check = healthCheckOf(live)
  const object = healthCheck(wanted, placeOf(live.deployment), check?.metadata.name)
  if (object !== null) return { objects: [withOwner(object, owner)], removes: [] }
  return { objects: [], removes: check === null ? [] : [{ kind: check.kind, name: check.metadata.name, uid: check.metadata.uid ?? null }] }
}

export function heldFields(deployment: KubeObject, changes: readonly Pick<PoolFieldChange, 'path' | 'words'>[]): readonly HeldField[] {
  return changes.flatMap(({ path, words }) => {
    const owners = [...new Set(pathsInDeployment(path).flatMap((field) => otherOwners(deployment, field)))]
    return owners.length === 0 ? [] : [{ path, words, owners }]
  })
}

/** What it comes to: words, machines and addresses. */
function effect(deployment: KubeObject, wanted: PoolSpec, changes: readonly PoolFieldChange[]): Pick<PoolPlan, 'rolls' | 'machinesReplaced' | 'spareAddressesNeeded' | 'summary'> {
  const rolls = changes.some((change) => change.rolls)
  const from = sizeNow(deployment)
  const to = wanted.size.kind === 'fixed' ? wanted.size.replicas : Math.min(Math.max(from, wanted.size.min), wanted.size.max)
  const { replaced, spare, words } = rollout(wanted.strategy, Math.min(from, to))
  // Machines that are gone, or that are new anyway, are not replaced; the surge is counted on the size that is asked for.
  const ahead = rolls ? (from === to ? spare : rollout(wanted.strategy, to).spare) : 0
  const grown = Math.max(0, to - from)
  const sentences = [
    scaleWords(from, to),
    rolls ? words : '',
    quietWords(changes, rolls),
  ].filter((sentence) => sentence !== '')
  const summary = sentences.length > 0 ? sentences.join(' ') : `The autoscaler ${wanted.size.kind === 'autoscaled' ? `keeps ${wanted.size.min} to ${plural(wanted.size.max, 'machine')}` : 'no longer sets the size'}.`
  return { rolls, machinesReplaced: rolls ? replaced : 0, spareAddressesNeeded: grown + ahead, summary }
}

/** What changes without replacing a machine; sizes and zones have sentences of their own. */
export function quietWords(changes: readonly PoolFieldChange[], rolls: boolean): string {
  const quiet = changes.filter((change) => !change.rolls && change.path !== 'size' && change.path !== 'zones').map(({ words }) => words)
  return quiet.length === 0 ? '' : `Changes ${listed(quiet.map((name, index) => (index === 0 ? name : name.toLowerCase())), 3)} in place${rolls ? '' : '; no machine is replaced'}.`
}
