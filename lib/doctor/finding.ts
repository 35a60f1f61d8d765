import type { ConditionView } from '@/lib/state'

/** What holds a cluster, its deletion or one of its machines. In the order in which each stops the rest (`CAUSES`). */
export type Cause =
  | 'paused' | 'before-delete-hook' | 'pre-drain-hook' | 'drain' | 'volume-detach' | 'pre-terminate-hook'
  | 'credentials-gone' | 'credentials-refused' | 'vcenter-away' | 'template' | 'infrastructure'
  | 'address' | 'bootstrap' | 'node' | 'address-claims' | 'pool-protection' | 'control-plane' | 'datastore' | 'foreign-protection' | 'controller-error'

export const CAUSES: readonly Cause[] = [
  'paused', 'before-delete-hook', 'pre-drain-hook', 'drain', 'volume-detach', 'pre-terminate-hook',
  'credentials-gone', 'credentials-refused', 'vcenter-away', 'template', 'infrastructure',
  'address', 'bootstrap', 'node', 'address-claims', 'pool-protection', 'control-plane', 'datastore', 'foreign-protection', 'controller-error',
]

/** What may be done at once: nothing is lost by it that the person was not going to lose. */
export type SafeStep =
  /** spec.paused of the Cluster and the annotation of any object go away. */
  | { readonly act: 'resume'; readonly object: string }
  | { readonly act: 'skip-drain'; readonly object: string }
  | { readonly act: 'skip-volume-detach'; readonly object: string }
  /** What was mended elsewhere is tried at once: CAPV waits up to a quarter of an hour between tries. */
  | { readonly act: 'look-again'; readonly object: string }
  /** Nothing that the tenant can mend: a note for who can. */
  | { readonly act: 'tell-platform' }

/** What may be done when nothing else helps: something stays behind, or is not done (`meaningOf`). The name has to be typed. */
export interface LastResort {
  readonly act: 'hooks' | 'protection' | 'left-behind'
  /** Kind/name. */
  readonly object: string
  /** The annotations (hooks) or finalizers (protection; left-behind: of what its cluster has left) that go. */
  readonly keys: readonly string[]
}

/** Whose log tells more, where the provider's own manifests put it. */
export interface Logs {
  readonly namespace: string
  readonly deployment: string
  /** Words to look for. */
  readonly about: string
}

/** One thing that can be proven from the objects. */
export interface Finding {
  readonly id: string
  readonly cause: Cause
  /** held: it does not end by itself. waits: it goes on by itself; said so that people know for what. */
  readonly weight: 'held' | 'waits'
  /** Kind/name. */
  readonly subject: string
  readonly sentence: string
  /** RFC 3339. */
  readonly since: string | null
  /** RFC 3339: before this time it is the ordinary course of things and not worth saying. null: said at once. */
  readonly from: string | null
  readonly condition: ConditionView | null
  /** The proof where no condition says it: `spec.paused: true`. */
  readonly field: string | null
  readonly next: SafeStep | null
  readonly lastResorts: readonly LastResort[]
  readonly logs: Logs | null
  /** Further objects that the same cause holds and that are not listed. */
  readonly more: number
}

/** What is worth saying now. The stream carries findings of later, so that no clock runs on the server. */
export const dueFindings = (findings: readonly Finding[] | undefined, now: number): readonly Finding[] =>
  (findings ?? []).filter((finding) => finding.from === null || Date.parse(finding.from) <= now)

export const kindOf = (object: string): string => object.split('/')[0] ?? object
export const nameOf = (object: string): string => object.slice(object.indexOf('/') + 1)
