import type { AddressesView } from '@/lib/cluster/view'
import type { AddressAnswer } from '@/lib/node-pool/review'
import { plural } from '@/lib/text'

const addresses = (count: number) => plural(count, 'address', 'addresses')

/**
 * Whether there are addresses for a plan. A machine without one waits for ever, and with it the whole change.
 * @param needed beyond those that the pool holds, at the most at any one time
 * @param must of them, those without which it cannot be done at all; the others are only of use later
 * @param waiting machines of the cluster that were asked for and hold no address yet
 */
export function addressAnswer({ needed, must }: { needed: number; must: number }, view: AddressesView, waiting: number): AddressAnswer {
  if (needed === 0) return { needed, free: null, role: 'ok', words: 'It needs no more addresses than the pool has now.' }
  if (view.kind === 'dhcp') return { needed, free: null, role: 'ok', words: `${addresses(needed)} more at a time, by DHCP.` }
  if (view.total === 0) return { needed, free: null, role: 'warn', words: `${addresses(needed)} more at a time; how many are free is not known.` }
  const free = Math.max(0, view.free - waiting)
  const have = `${free === 0 ? 'none is' : free === 1 ? '1 is' : `${free} are`} free in pool ${view.pool}`
  if (free >= needed) return { needed, free, role: 'ok', words: `${addresses(needed)} more at a time; ${have}.` }
  if (free >= must) return { needed, free, role: 'warn', words: `${addresses(must)} now; ${have}. A later change makes machines ahead and would then wait for an address.` }
  return { needed, free, role: 'bad', words: `It needs ${addresses(must)} more at a time, and ${have}: the change would wait for ever. Add addresses, or let a machine be missing meanwhile.` }
}
