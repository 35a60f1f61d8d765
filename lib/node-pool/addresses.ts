import { type AddressesView, scarcestPool } from '@/lib/cluster/view'
import type { AddressAnswer } from '@/lib/node-pool/review'
import { plural } from '@/lib/text'

const count = (number: number) => plural(number, 'address', 'addresses')

/**
 * Whether there are addresses for a plan. A machine without one waits for ever, and with it the whole change.
 * @param needed beyond those that the pool holds, at the most at any one time
 * @param must of them, those without which it cannot be done at all; the others are only of use later
 * @param pools see NodePoolView.addressPools
 * @param waiting machines of the cluster that were asked for and hold no address yet
 */
export function addressAnswer({ needed, must }: { needed: number; must: number }, addresses: AddressesView, waiting: number, pools?: readonly string[]): AddressAnswer {
  const view = scarcestPool(addresses, pools)
  if (needed === 0) return { needed, free: null, role: 'ok', words: 'It needs no more addresses than the pool has now.' }
  if (view === null) return { needed, free: null, role: 'ok', words: `${count(needed)} more at a time, by DHCP.` }
  if (view.total === 0) return { needed, free: null, role: 'warn', words: `${count(needed)} more at a time; how many are free is not known.` }
  const free = Math.max(0, view.free - waiting)
  const have = `${free === 0 ? 'none is' : free === 1 ? '1 is' : `${free} are`} free in pool ${view.pool}`
  if (free >= needed) return { needed, free, role: 'ok', words: `${count(needed)} more at a time; ${have}.` }
  if (free >= must) return { needed, free, role: 'warn', words: `${count(must)} now; ${have}. A later change makes machines ahead and would then wait for an address.` }
  return { needed, free, role: 'bad', words: `It needs ${count(must)} more at a time, and ${have}: the change would wait for ever. Add addresses, or let a machine be missing meanwhile.` }
}
