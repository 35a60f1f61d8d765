import type { AddressesView, AddressPoolView } from '@/lib/cluster/view'
import { byAge, nameOf } from '@/lib/machine/words'
import type { MachineView } from '@/lib/machine/view'
import type { ConditionView } from '@/lib/state'

/**
 * Machines that wait for an address of a pool which has none. The IPAM provider says nothing of an empty pool anywhere: the claim
 * just stays open. A leaving machine will free its address, and pools of others have no counts.
 * @param machines those that may wait
 * @param all of the cluster
 */
export function noFreeAddress(addresses: AddressesView, machines: readonly MachineView[], all: readonly MachineView[]): { readonly sentence: string; readonly condition: ConditionView | null } | null {
  if (all.some((machine) => machine.deletingSince !== null)) return null
  const waiting = machines.filter((machine) => machine.state.word === 'Waiting for address').sort(byAge).map((machine) => ({ machine, pool: emptyPool(addresses, machine.waitsForPools) }))
  const first = waiting.find(({ pool }) => pool !== null)
  if (!first?.pool) return null
  const count = waiting.filter(({ pool }) => pool === first.pool).length
  const who = count === 1 ? `${nameOf(first.machine)} waits for one` : `${count} machines wait for one`
  return { sentence: `No free address in pool ${first.pool.pool}; ${who}`, condition: first.machine.state.condition }
}

/** @param names of the pools that are claimed from; undefined: not known, so the cluster's first */
function emptyPool(addresses: AddressesView, names: readonly string[] | undefined): AddressPoolView | null {
  const first = addresses.kind === 'pool' ? [addresses] : []
  const pools = names === undefined ? first : [...first, ...(addresses.more ?? [])].filter(({ pool }) => names.includes(pool))
  return pools.find(({ total, ranges, free }) => free <= 0 && (total > 0 || ranges.length > 0)) ?? null
}
