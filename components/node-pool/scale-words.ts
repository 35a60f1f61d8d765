import { type AddressesView, type NodePoolView, scarcestPool } from '@/lib/cluster/view'
import { plural } from '@/lib/text'

export interface ScaleWords {
  readonly effect: string
  /** What addresses it takes; null with DHCP or when nothing is added. */
  readonly addresses: string | null
  readonly problem: string | null
  readonly verb: string
}

/**
 * Says before the press what will happen: the same count that the server makes, so that it holds no surprise.
 * @param held why no machine can be made for the pool: see skewHold
 */
export function scaleWords(pool: Pick<NodePoolView, 'name' | 'desired' | 'surge' | 'addressPools'>, replicas: number | null, view: AddressesView, held: string | null = null): ScaleWords {
  const nothing = { addresses: null, verb: 'Scale' }
  if (replicas === null || !Number.isInteger(replicas) || replicas < 0) return { ...nothing, effect: 'Give a whole number of machines, 0 or more.', problem: 'Give a whole number of machines, 0 or more.' }
  if (replicas > 100) return { ...nothing, effect: '', problem: `A pool can have 0 to 100 machines, not ${replicas}.` }
  const more = replicas - pool.desired
  if (more === 0) return { ...nothing, effect: `Pool ${pool.name} has ${plural(replicas, 'machine')}; nothing would change.`, problem: null }
  if (more < 0) {
    const none = replicas === 0 ? ' No workload can run in this pool until it has machines again.' : ''
    return { ...nothing, effect: `${plural(-more, 'machine')} will be drained and ${more === -1 ? 'its VM' : 'their VMs'} deleted; what runs there moves to the others.${none}`, problem: null, verb: `Scale to ${replicas} and remove ${plural(-more, 'machine')}` }
  }
  const verb = `Scale to ${replicas} and add ${plural(more, 'machine')}`
  const effect = `${plural(more, 'machine')} will be cloned and will join within minutes. What runs now is not touched.`
  if (held !== null) return { effect, addresses: null, verb, problem: held }
  const addresses = scarcestPool(view, pool.addressPools)
  if (addresses === null) return { effect, addresses: null, problem: null, verb }
  const needed = more + pool.surge
  const have = `${plural(addresses.free, 'address', 'addresses')} ${addresses.free === 1 ? 'is' : 'are'} free in pool ${addresses.pool}`
  if (addresses.free < more) return { effect, addresses: null, verb, problem: `${more} more need ${plural(more, 'address', 'addresses')}; ${have}.` }
  const spare = addresses.free < needed ? ` A later change makes ${plural(pool.surge, 'machine')} ahead and would then wait for an address.` : ''
  return { effect, verb, problem: null, addresses: `Takes ${plural(more, 'address', 'addresses')}; ${have}.${spare}` }
}
