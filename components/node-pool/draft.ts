import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { nodeFieldsAt } from '@/components/node-config/node-form'
import { dig, withAt } from '@/lib/kubernetes/dig'
import { canonicalJson } from '@/lib/manifests/hash'
import { poolSpecProblems, type PoolSurroundings } from '@/lib/node-pool/rules'
import { poolShape, type PoolSpec } from '@/lib/node-pool/spec'

/** A pool as it is typed: labels keep their rows, also half typed ones. An emptied number is NaN. */
export interface PoolDraft extends Omit<PoolSpec, 'labels'> {
  readonly labels: readonly { readonly key: string; readonly value: string }[]
}

export const draftOf = (spec: PoolSpec): PoolDraft => ({ ...spec, labels: Object.entries(spec.labels).map(([key, value]) => ({ key, value })) })

/** Rows without anything in them are not meant. */
export const specOf = (draft: PoolDraft): PoolSpec => ({
  ...draft,
  labels: Object.fromEntries(draft.labels.filter(({ key, value }) => key !== '' || value !== '').map(({ key, value }) => [key, value])),
})

/** Names of the fields for the summary of errors, in the form's order. */
export const POOL_FIELDS: Readonly<Record<string, string>> = {
  name: 'Name',
  'size.replicas': 'Machines',
  'size.min': 'Smallest size',
  'size.max': 'Largest size',
  'machine.cpus': 'CPU',
  'machine.memoryMiB': 'Memory',
  'machine.diskGiB': 'Disk',
  'machine.template': 'VM template',
  labels: 'Labels',
  taints: 'Taints',
  ...nodeFieldsAt('node'),
  'strategy.surge': 'Made ahead',
  'strategy.unavailable': 'Missing meanwhile',
  'timeouts.drainSeconds': 'Drain limit',
  'timeouts.volumeDetachSeconds': 'Volume limit',
  'timeouts.deletionSeconds': 'Node deletion limit',
  'repair.unhealthySeconds': 'Without a ready Node',
  'repair.nodeStartupSeconds': 'Time to join',
  'repair.maxUnhealthy': 'At most unhealthy',
  'machine.network': 'Network',
  'machine.addresses': 'Addresses',
  'machine.nameservers': 'Name servers',
  'machine.searchDomains': 'Search domains',
  'machine.routes': 'Static routes',
  'machine.mtu': 'MTU',
  moreNetworks: 'More networks',
  'machine.datastore': 'Datastore',
  'machine.folder': 'Folder',
  'machine.resourcePool': 'Resource pool',
  'machine.storagePolicy': 'Storage policy',
  zones: 'Zones',
}
/** Fields under Advanced: a wrong one has to be seen. */
export const isAdvanced = (path: string): boolean => /^(moreNetworks|labels|taints|node|strategy|timeouts|repair|machine\.(network|addresses|nameservers|searchDomains|routes|mtu|datastore|folder|resourcePool|storagePolicy))/.test(path)

/** `taints.1.key` is shown at the field that has an input, a version where its VM template is chosen. */
export function shownAt(path: string): string {
  if (path === 'version') return 'machine.template'
  const parts = path.split('.')
  while (parts.length > 0 && !(parts.join('.') in POOL_FIELDS)) parts.pop()
  return parts.join('.') || path
}

/** Every broken rule by the field at which it is shown, in the form's order; the first of each. */
export function draftProblems(draft: PoolDraft, around: PoolSurroundings): ReadonlyMap<string, string> {
  const shape = poolShape.safeParse(specOf(draft))
  const keys = draft.labels.map(({ key }) => key).filter((key) => key !== '')
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  const found: readonly Problem[] = [
    ...(shape.success ? poolSpecProblems(shape.data, around) : shape.error.issues.map(({ path }) => problem(path.join('.'), 'Give a whole number.'))),
    ...(twice === undefined ? [] : [problem('labels', `${twice} is there twice.`)]),
  ]
  const order = Object.keys(POOL_FIELDS)
  const at = new Map<string, string>()
  for (const { path, message } of found) {
    const field = shownAt(path.join('.'))
    if (!at.has(field)) at.set(field, message)
  }
  return new Map([...at].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b)))
}

const PARTS = ['name', 'size', 'version', 'moreNetworks', 'labels', 'taints', 'strategy', 'repair', 'zones'] as const

/**
 * What was typed, on the pool as it is by now: parts that the person left alone follow the pool, so that another one's change
 * is not undone.
 */
export function rebased(draft: PoolDraft, seen: PoolSpec, now: PoolSpec): PoolDraft {
  const [old, fresh] = [draftOf(seen), draftOf(now)]
  const paths = [...PARTS.map((part) => [part]), ...Object.keys(seen.machine).map((part) => ['machine', part]), ...Object.keys(seen.timeouts).map((part) => ['timeouts', part]), ...Object.keys(seen.node).map((part) => ['node', part])]
  return paths.reduce((result, path) => {
    const same = canonicalJson(dig(draft, ...path)) === canonicalJson(dig(old, ...path))
    return same ? withAt(result, path, dig(fresh, ...path)) : result
  }, draft)
}
