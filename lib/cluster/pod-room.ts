import { parseCidr } from '@/lib/ip-pool/ipv4'
import { plural } from '@/lib/text'

/** As a ClusterView has it. */
export interface PodNetwork {
  readonly pods: readonly string[]
  /** Bits of the part that each Node gets, where those are not the usual ones. */
  readonly nodeMask?: number
}

export const USUAL_NODE_MASK = 24

/**
 * kube-controller-manager gives each Node a part of the pod network (cmd/kube-controller-manager/app/core.go, node-cidr-mask-size-ipv4:
 * /24), which Kamaji always has it do and lets an argument resize (internal/builders/controlplane/deployment.go).
 * @param args of the controller manager
 * @returns null where nothing is said
 */
export function nodeMaskIn(args: readonly string[]): number | null {
  const said = args.flatMap((arg) => /^--node-cidr-mask-size(?:-ipv4)?=(\d{1,2})$/.exec(arg)?.[1] ?? []).at(-1)
  return said === undefined ? null : Number(said)
}

/** Machines that the pod network has a part for; a Node beyond gets none and stays not ready. null: not known. Kamaji hands on the first network. */
export function podRoom({ pods, nodeMask = USUAL_NODE_MASK }: PodNetwork): number | null {
  const network = parseCidr((pods[0] ?? '').trim())
  return network === null || nodeMask < network.prefix || nodeMask > 32 ? null : 2 ** (nodeMask - network.prefix)
}

/** "The pod network 10.244.0.0/22 has room for 4 machines, a /24 each". */
export const podRoomWords = ({ pods, nodeMask = USUAL_NODE_MASK }: PodNetwork, room: number): string => `The pod network ${pods[0] ?? ''} has room for ${plural(room, 'machine')}, a /${nodeMask} each`
