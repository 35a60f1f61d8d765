import { podRoom, podRoomWords, type PodNetwork } from '@/lib/cluster/pod-room'
import { type AddressesView, type NodePoolView, scarcestPool } from '@/lib/cluster/view'
import type { MachineView } from '@/lib/machine/view'
import type { AddressAnswer } from '@/lib/node-pool/review'
import { plural } from '@/lib/text'

const count = (number: number) => plural(number, 'address', 'addresses')

/** What a plan takes of something that each machine needs one of. */
export interface Needs {
  /** Beyond what the pool holds, at the most at any one time. */
  readonly needed: number
  /** Of them, those without which it cannot be done at all; the others are only of use later. */
  readonly must: number
  /** What the autoscaler may come to ask for, at the pool's largest size. */
  readonly most?: number
}

/** How many machines were asked for that will take an address from a pool and hold none yet. */
export type Waiting = (addressPool: string) => number

/** Pools on other networks, however stuck, take nothing from this one. */
export function waitingIn(pools: readonly Pick<NodePoolView, 'name' | 'desired' | 'addressPools'>[], addresses: AddressesView, machines: readonly Pick<MachineView, 'pool' | 'address'>[]): Waiting {
  const first = addresses.kind === 'pool' ? [addresses.pool] : []
  return (addressPool) => pools
    .filter(({ addressPools = first }) => addressPools.includes(addressPool))
    .reduce((sum, { name, desired }) => sum + Math.max(0, desired - machines.filter(({ pool, address }) => pool === name && address !== null).length), 0)
}

/**
 * Whether there are addresses for a plan. A machine without one waits for ever, and with it the whole change.
 * @param pools see NodePoolView.addressPools
 */
export function addressAnswer({ needed, must, most = 0 }: Needs, addresses: AddressesView, waiting: Waiting, pools?: readonly string[]): AddressAnswer {
  const view = scarcestPool(addresses, pools, waiting)
  const more = needed === 0 ? 'None more now' : `${count(needed)} more at a time`
  if (needed === 0 && (most === 0 || view === null || view.total === 0)) return { needed, free: null, role: 'ok', words: 'It needs no more addresses than the pool has now.' }
  if (view === null) return { needed, free: null, role: 'ok', words: `${more}, by DHCP.` }
  if (view.total === 0) return { needed, free: null, role: 'warn', words: `${more}; how many are free is not known.` }
  const free = Math.max(0, view.free - waiting(view.pool))
  const have = `${free === 0 ? 'none is' : free === 1 ? '1 is' : `${free} are`} free in pool ${view.pool}`
  if (free >= needed && free < most) return { needed, free, role: 'warn', words: `${more}; ${have}. At its largest size it takes ${most} more: the autoscaler’s machines beyond the free addresses would wait.` }
  if (free >= needed) return { needed, free, role: 'ok', words: `${more}; ${have}.` }
  if (free >= must) return { needed, free, role: 'warn', words: `${count(must)} now; ${have}. A later change makes machines ahead and would then wait for an address.` }
  return { needed, free, role: 'bad', words: `It needs ${count(must)} more at a time, and ${have}: the change would wait for ever. Add addresses, or let a machine be missing meanwhile.` }
}

/**
 * What is to be said of the pod network before more machines come than it has parts for; null where that is nothing. Never a
 * refusal: which network add-on the cluster has nobody here knows, and Calico shares out addresses by itself.
 * @param desired machines that the cluster's pools ask for now
 */
export function podWarning({ needed, most = 0 }: Omit<Needs, 'must'>, network: PodNetwork, desired: number): string | null {
  const room = podRoom(network)
  const wanted = Math.max(needed, most)
  if (room === null || wanted === 0 || desired + wanted <= room) return null
  return `${podRoomWords(network, room)}: ${desired} ${desired === 1 ? 'is' : 'are'} asked for, and this can take ${wanted} more. Nodes beyond get no range for Pods and stay not ready, unless the network add-on shares out addresses by itself, as Calico does.`
}

/** An answer that is good as it is becomes a warning; a worse one keeps its weight. */
export const withWarning = (answer: AddressAnswer, warning: string | null): AddressAnswer =>
  warning === null ? answer : { ...answer, role: answer.role === 'ok' ? 'warn' : answer.role, words: `${answer.words} ${warning}` }
