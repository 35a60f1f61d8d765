import type { Problem } from '@/lib/cluster/rules/problem'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { PoolFieldChange } from '@/lib/node-pool/difference'
import type { PoolSpec } from '@/lib/node-pool/spec'
import { fenceposts } from '@/lib/node-pool/surge'
import { plural } from '@/lib/text'

/** An object to delete, with the uid that guards against a successor of the same name. */
export interface ObjectToRemove {
  readonly kind: string
  readonly name: string
  readonly uid: string | null
}

/** A field that another tool set, which an apply without force can neither change nor take away. */
export interface HeldField {
  readonly path: string
  readonly words: string
  readonly owners: readonly string[]
}

export interface PoolScale {
  readonly deployment: string
  readonly replicas: number
}

/**
 * What an act on a pool does. Carried out in this order: `objects` server-side applied (without force, in contract v1beta2
 * unless patched from a template of another: see toContract), then `scales` asked of the scale subresource, then `removes`
 * deleted. It pauses nothing.
 */
export interface PoolPlan {
  readonly objects: readonly KubeObject[]
  /** One for each zone of a spread pool whose share changes. */
  readonly scales: readonly PoolScale[]
  readonly removes: readonly ObjectToRemove[]
  readonly changes: readonly PoolFieldChange[]
  readonly rolls: boolean
  /** Machines that are replaced without anybody doing more. */
  readonly machinesReplaced: number
  /** Addresses beyond those that the pool holds now, at the most at any one time. */
  readonly spareAddressesNeeded: number
  readonly summary: string
  readonly held: readonly HeldField[]
  /** Why it cannot be carried out; empty when it can. */
  readonly problems: readonly Problem[]
}

export const NOTHING: PoolPlan = {
  objects: [], scales: [], removes: [], changes: [], rolls: false, machinesReplaced: 0, spareAddressesNeeded: 0, summary: 'Nothing changes.', held: [], problems: [],
}

/** What replacing all machines of a pool of so many takes. */
export function rollout(strategy: PoolSpec['strategy'], machines: number): { replaced: number; spare: number; words: string } {
  if (strategy.kind === 'on-delete') {
    return { replaced: 0, spare: 0, words: `${plural(machines, 'machine')} ${machines === 1 ? 'stays as it is' : 'stay as they are'} until somebody deletes ${machines === 1 ? 'it' : 'them'}; each is then made anew.` }
  }
  if (machines === 0) return { replaced: 0, spare: 0, words: 'The pool has no machines; new ones will be made so.' }
  const { surge, unavailable } = fenceposts(strategy, machines)
  // More than there are machines to replace is never made.
  const ahead = Math.min(surge, machines)
  const missing = Math.min(unavailable, machines)
  const step = ahead + missing
  const pace = machines === 1 ? 'Replaces 1 machine' : `Replaces ${machines} machines, ${step === 1 ? 'one after another' : `up to ${step} at a time`}`
  const words = [ahead === 0 ? null : `${ahead === 1 ? 'one is' : `${ahead} are`} made ahead`, missing === 0 ? null : `${missing === 1 ? 'one is' : `up to ${missing} are`} missing meanwhile`]
  return { replaced: machines, spare: ahead, words: `${pace}; ${words.filter((part) => part !== null).join(', ')}.` }
}

export function scaleWords(from: number, to: number): string {
  if (to === from) return ''
  return to > from ? `Adds ${plural(to - from, 'machine')}.` : `Removes ${plural(from - to, 'machine')}.`
}
