import { argsToWrite, countedArgs } from '@/lib/control-plane/extra-args'
import { PLANE_FIELDS, planeDifferences, type PlaneField, type PlaneFieldChange, valueAt } from '@/lib/control-plane/fields'
import { dnsAddress, type LivePlane, readPlane } from '@/lib/control-plane/read'
import type { PlaneSpec } from '@/lib/control-plane/spec'
import { planeWords } from '@/lib/control-plane/words'
import { dig, listIn, textsIn, versionOf, withAt } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { appliedPart } from '@/lib/manifests/applied'
import { yamlField } from '@/lib/manifests/control-plane'
import { settersOf } from '@/lib/manifests/ownership'

/** A field that another tool set, which an apply without force can neither change nor take away. */
export interface HeldPlaneField {
  readonly path: string
  readonly words: string
  readonly owners: readonly string[]
}

export interface PlanePlan {
  /** Server-side applied in this order, without force, in the contract in which they were read. */
  readonly objects: readonly KubeObject[]
  readonly changes: readonly PlaneFieldChange[]
  readonly held: readonly HeldPlaneField[]
  readonly replacesPods: boolean
  /** What happens, in sentences. */
  readonly summary: readonly string[]
}

/**
 * What it takes to make a control plane that is there the wanted one. The wanted spec has passed `planeProblems`. Only fields
 * that differ are touched: all else that the portal's applies set is repeated, or it would be taken away, and what others set or
 * nobody knows stays as it is.
 */
export function planPlaneChange(live: LivePlane, wanted: PlaneSpec): PlanePlan {
  const before = readPlane(live)
  const changes = planeDifferences(before, wanted)
  const changed = PLANE_FIELDS.filter(({ path }) => changes.some((change) => change.path === path))
  const labelled = changed.some(({ at }) => at === null)
  const patched = changed.reduce((object, field) => patchedBy(object, field, live, wanted), appliedPart(live.controlPlane))
  const objects = [
    ...(changed.length === 0 ? [] : [labelled ? relabelled(patched, before, wanted) : patched]),
    ...(labelled ? [relabelled(appliedPart(live.cluster), before, wanted)] : []),
  ]
  const held = heldFields(live, wanted).filter(({ path }) => changes.some((change) => change.path === path))
  return { objects, changes, held, replacesPods: changes.some(({ effect }) => effect === 'pods'), summary: planeWords(live, before, wanted, changes) }
}

function patchedBy(object: KubeObject, { path, at, kind }: PlaneField, live: LivePlane, wanted: PlaneSpec): KubeObject {
  if (at === null) return object
  const value = valueAt(wanted, path)
  const put = (of: KubeObject, where: readonly string[], what: unknown): KubeObject => (isNothing(what) ? without(of, ['spec', ...where]) : withAt(of, ['spec', ...where], what))
  if (path.endsWith('.addons.coreDNS')) return withDns(object, value === true, live, put)
  if (kind === 'switch') return value === true ? withAt(object, ['spec', ...at], {}) : without(object, ['spec', ...at])
  // Its two fields belong together: what is left out of a struct has the provider's default for the whole of it.
  if (at.join() === 'kubelet') return put(object, at, wanted.controlPlane.advanced.kubelet)
  if (path.endsWith('.extraArgs.apiServer')) {
    const args = listIn(live.controlPlane, 'spec', ...at).map(String)
    return put(object, at, argsToWrite(args, value as readonly string[], countedArgs(live.controlPlane, args, live.deployment)))
  }
  return put(object, at, kind === 'yaml' ? yamlField(String(value)) : value)
}

/** As create writes it (lib/manifests/control-plane.ts): its address is under the add-on, or under the network where it is off. */
function withDns(object: KubeObject, on: boolean, live: LivePlane, put: (of: KubeObject, where: readonly string[], what: unknown) => KubeObject): KubeObject {
  const dns = dnsAddress(live.cluster)
  const addresses = dns === null ? [] : [dns]
  if (on) return withAt(put(object, ['network', 'dnsServiceIPs'], []), ['spec', 'addons', 'coreDNS'], addresses.length === 0 ? {} : { dnsServiceIPs: addresses })
  const off = without(object, ['spec', 'addons', 'coreDNS'])
  return versionOf(live.controlPlane) === 'v1alpha1' ? off : put(off, ['network', 'dnsServiceIPs'], addresses)
}

/** Labels that a person changed, on an object that has labels of the platform too. */
function relabelled(object: KubeObject, before: PlaneSpec, wanted: PlaneSpec): KubeObject {
  const [old, now] = [before.controlPlane.advanced.labels, wanted.controlPlane.advanced.labels]
  const kept = Object.entries(textsIn(object.metadata, 'labels')).filter(([key]) => now[key] !== undefined || old[key] === undefined)
  const changed = Object.entries(now).filter(([key, value]) => old[key] !== value)
  return { ...object, metadata: { ...object.metadata, labels: { ...Object.fromEntries(kept), ...Object.fromEntries(changed) } } }
}

const isNothing = (value: unknown): boolean => value === undefined || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** Without the field, and without structs that only had it. Add-ons are on by an empty struct, so theirs stays. */
function without(object: KubeObject, path: readonly string[]): KubeObject {
  if (dig(object, ...path) === undefined) return object
  const rest = withAt(object, path, undefined)
  const parent = path.slice(0, -1)
  return parent.length > 1 && parent.at(-1) !== 'addons' && isNothing(dig(rest, ...parent)) ? without(rest, parent) : rest
}

/** Fields of the form that another tool set too: of a map only those of its entries that change. */
export function heldFields({ controlPlane, cluster }: Pick<LivePlane, 'controlPlane' | 'cluster'>, wanted: PlaneSpec | null = null): readonly HeldPlaneField[] {
  const before = readPlane({ controlPlane, cluster })
  return PLANE_FIELDS.flatMap(({ path, words, at, kind }) => {
    const base = at === null ? ['metadata', 'labels'] : ['spec', ...at]
    const entries = kind === 'texts' ? entriesThat(valueAt(before, path), wanted === null ? null : valueAt(wanted, path)).map((key) => [...base, key]) : [base]
    const objects = at === null ? [controlPlane, cluster] : [controlPlane]
    const owners = [...new Set(objects.flatMap((object) => entries.flatMap((entry) => settersOf(object, entry))))]
    return owners.length === 0 ? [] : [{ path, words, owners }]
  })
}

/** Entries of a map that differ; all that are there where nothing is wanted yet. */
function entriesThat(before: unknown, wanted: unknown): readonly string[] {
  const old = (before ?? {}) as Readonly<Record<string, string>>
  if (wanted === null) return Object.keys(old)
  const now = wanted as Readonly<Record<string, string>>
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key])
}
