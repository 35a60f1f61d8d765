import { type AddressesView, type NodePoolView, scarcestPool } from '@/lib/cluster/view'
import type { PodNetwork } from '@/lib/cluster/pod-room'
import { podWarning, type Waiting } from '@/lib/node-pool/addresses'
import { plural } from '@/lib/text'

export interface ScaleWords {
  readonly effect: string
  /** What it takes of addresses and the pod network; null when there is nothing to say of them. */
  readonly addresses: string | null
  readonly problem: string | null
  readonly verb: string
}

export interface ScaleSurroundings {
  readonly addresses: AddressesView
  readonly waiting?: Waiting
  /** Why no machine can be made for the pool: see skewHold. */
  readonly held?: string | null
  readonly networks?: PodNetwork
  /** Machines that all pools of the cluster ask for. */
  readonly desired?: number
}

/** Says before the press what will happen: the same count that the server makes, so that it holds no surprise. */
export function scaleWords(pool: Pick<NodePoolView, 'name' | 'desired' | 'surge' | 'addressPools'>, replicas: number | null, { addresses: view, waiting = () => 0, held = null, networks = { pods: [] }, desired = pool.desired }: ScaleSurroundings): ScaleWords {
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
  const pods = podWarning({ needed: more }, networks, desired)
  const addresses = scarcestPool(view, pool.addressPools, waiting)
  if (addresses === null) return { effect, addresses: pods, problem: null, verb }
  const needed = more + pool.surge
  const free = Math.max(0, addresses.free - waiting(addresses.pool))
  const have = `${plural(free, 'address', 'addresses')} ${free === 1 ? 'is' : 'are'} free in pool ${addresses.pool}`
  if (free < more) return { effect, addresses: null, verb, problem: `${more} more need ${plural(more, 'address', 'addresses')}; ${have}.` }
  const spare = free < needed ? ` A later change makes ${plural(pool.surge, 'machine')} ahead and would then wait for an address.` : ''
  return { effect, verb, problem: null, addresses: `Takes ${plural(more, 'address', 'addresses')}; ${have}.${spare}${pods === null ? '' : ` ${pods}`}` }
}
