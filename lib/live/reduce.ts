import type { LiveMessage, LiveView, Removal, TenantState } from '@/lib/live/event'

/** Before the first snapshot: nothing is known, which is not the same as "there is nothing" (`synced`). */
export const emptyState: TenantState = { clusters: {}, machines: {}, entries: {}, rollouts: {}, rolloutMachines: {}, upgrades: {}, health: { state: 'away', lastContact: null } }

/**
 * Folds one message of the tenant's stream into what is known. Pure; the same fold runs in the browser, the server and in
 * tests. What a message does not touch keeps its identity, so that only rows that changed are drawn again.
 */
export function reduce(state: TenantState, message: LiveMessage): TenantState {
  switch (message.type) {
    case 'snapshot':
      return merge(state, message.state)
    case 'changes':
      return change(state, message.upserts, message.removes)
    case 'health':
      return same(state.health, message.health) ? state : { ...state, health: message.health }
    case 'revoked':
    case 'signed-out':
      // What a person may no longer see must not stay in the memory of the page.
      return emptyState
    case 'synced':
    case 'beat':
      return state
  }
}

type Place = 'clusters' | 'machines' | 'entries' | 'rollouts' | 'rolloutMachines' | 'upgrades'
const PLACE: Readonly<Record<LiveView['kind'], Place>> = { cluster: 'clusters', machine: 'machines', entry: 'entries', rollout: 'rollouts', 'rollout-machine': 'rolloutMachines', upgrade: 'upgrades' }
export const idOf = (view: LiveView): string => ('key' in view ? view.key : 'id' in view ? view.id : view.uid)

function change(state: TenantState, upserts: readonly LiveView[], removes: readonly Removal[]): TenantState {
  // Copied on the first write only.
  const written: Partial<Record<Place, Record<string, LiveView>>> = {}
  const draft = (place: Place): Record<string, LiveView> => (written[place] ??= { ...state[place] })
  for (const { kind, id } of removes) {
    const place = PLACE[kind]
    if (Object.hasOwn(written[place] ?? state[place], id)) delete draft(place)[id]
  }
  for (const view of upserts) {
    const place = PLACE[view.kind]
    const id = idOf(view)
    const known = (written[place] ?? state[place]) as Readonly<Record<string, LiveView>>
    if (!Object.hasOwn(known, id) || !same(known[id], view)) draft(place)[id] = view
  }
  return Object.keys(written).length === 0 ? state : ({ ...state, ...written } as TenantState)
}

/** A snapshot replaces all, but a view in it that equals the known one keeps its identity: a reconnect redraws nothing. */
function merge(state: TenantState, next: TenantState): TenantState {
  return {
    clusters: keep(state.clusters, next.clusters),
    machines: keep(state.machines, next.machines),
    entries: keep(state.entries, next.entries),
    rollouts: keep(state.rollouts, next.rollouts),
    rolloutMachines: keep(state.rolloutMachines, next.rolloutMachines),
    // A replica, or a tab, of a portal from before there were any sends none.
    upgrades: keep(state.upgrades, next.upgrades ?? {}),
    health: same(state.health, next.health) ? state.health : next.health,
  }
}

function keep<View>(known: Readonly<Record<string, View>>, next: Readonly<Record<string, View>>): Readonly<Record<string, View>> {
  let changed = Object.keys(known).length !== Object.keys(next).length
  const kept: Record<string, View> = {}
  for (const [id, view] of Object.entries(next)) {
    const old = Object.hasOwn(known, id) ? known[id] : undefined
    if (old !== undefined && same(old, view)) kept[id] = old
    else {
      kept[id] = view
      changed = true
    }
  }
  return changed ? kept : known
}

/** Equality of JSON values, whatever the order of their keys. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null || Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && same((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]))
}
