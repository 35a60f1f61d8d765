import type { AddressPoolView } from '@/lib/cluster/view'
import { parseIp, parseSpan, spanHolds } from '@/lib/ip-pool/ip'
import type { HeldAddress } from '@/lib/ip-pool/ranges'
import type { MachineView } from '@/lib/machine/view'

export interface Holder {
  readonly address: string
  readonly machine: MachineView
}

/** Every address that a machine has, in the order of the numbers. */
export function holdersOf(machines: readonly MachineView[]): readonly Holder[] {
  const all = machines.flatMap((machine) => [...(machine.address === null ? [] : [machine.address]), ...(machine.moreAddresses ?? [])].map((address) => ({ address, machine })))
  const place = ({ address }: Holder) => parseIp(address) ?? { family: 6 as const, value: 0n }
  return all.toSorted((a, b) => {
    const [left, right] = [place(a), place(b)]
    return left.family - right.family || (left.value < right.value ? -1 : 1)
  })
}

/** Those that lie in a pool's ranges. */
export function heldIn(ranges: readonly string[], holders: readonly Holder[]): readonly HeldAddress[] {
  const spans = ranges.map((range) => parseSpan(range)).filter((span) => span !== null)
  return holders.flatMap(({ address, machine }) => {
    const ip = parseIp(address)
    return ip !== null && spans.some((span) => spanHolds(span, ip)) ? [{ address, holder: machine.name }] : []
  })
}

/** The IPAM provider counts up to Go's largest int: nobody wants to read an IPv6 network's size. */
const MANY = 1_000_000

export function countWords({ total, used, free }: Pick<AddressPoolView, 'total' | 'used' | 'free'>): string {
  if (total === 0) return 'Not counted yet.'
  return free > MANY ? `${used} in use, more than a million free.` : `${used} of ${total} in use, ${free === 0 ? 'none' : free} free.`
}
