import { parseAddress } from '@/lib/ip-pool/ipv4'
import type { MachineView } from '@/lib/machine/view'
import { CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL, NODE_POOL_LABEL } from '@/lib/manifests/labels'
import type { KubeObject } from '@/lib/kubernetes/object'
import { isOpen } from '@/server/management/parse/addresses'
import { condition, isTrue } from '@/server/management/parse/condition'
import { machineState, phaseOf } from '@/server/management/parse/machine-state'
import { machineSteps, nodeName } from '@/server/management/parse/machine-steps'
import type { MachineParts } from '@/server/management/parse/parts'
import { labelOf, listAt, textAt, textsAt, timeAt } from '@/server/management/parse/raw'

export const clusterNameOf = (object: KubeObject): string => textAt(object, 'spec', 'clusterName') ?? labelOf(object, CLUSTER_NAME_LABEL) ?? ''

/** Our own label, else the MachineDeployment's name without the cluster's: pools of other tools are shown too. */
export function poolNameOf(object: KubeObject, deployment: string | null, cluster: string): string | null {
  const own = labelOf(object, NODE_POOL_LABEL)
  if (own !== null || deployment === null) return own
  return deployment.startsWith(`${cluster}-`) ? deployment.slice(cluster.length + 1) : deployment
}

/** The pool's own record is there some seconds before the guest reports the address. */
function addressOf({ machine, vsphereVm, addresses = [] }: MachineParts): string | null {
  const listed = listAt(machine, 'status', 'addresses').flatMap((item) => {
    const type = textAt(item, 'type')
    return type === 'InternalIP' || type === 'ExternalIP' ? [textAt(item, 'address') ?? ''] : []
  })
  const given = addresses.map((address) => textAt(address, 'spec', 'address') ?? '')
  return [...listed, ...textsAt(vsphereVm, 'status', 'addresses'), ...given].find((text) => parseAddress(text) !== null) ?? null
}

/** One Machine with its parts as pages show it. The same objects give the same view: nothing here looks at a clock. */
export function machineView(parts: MachineParts): MachineView {
  const { machine } = parts
  const cluster = clusterNameOf(machine)
  const node = nodeName(parts)
  const address = addressOf(parts)
  const zone = textAt(machine, 'spec', 'failureDomain')
  const moreAddresses = (parts.addresses ?? []).flatMap((given) => textAt(given, 'spec', 'address') ?? []).filter((text) => text !== address)
  const waitsForPools = parts.claims.filter(isOpen).flatMap((claim) => textAt(claim, 'spec', 'poolRef', 'name') ?? [])
  return {
    kind: 'machine',
    uid: machine.metadata.uid ?? '',
    tenant: machine.metadata.namespace ?? '',
    cluster,
    pool: poolNameOf(machine, labelOf(machine, DEPLOYMENT_NAME_LABEL), cluster),
    name: machine.metadata.name,
    ...(zone === null ? {} : { zone }),
    state: machineState(parts),
    phase: phaseOf(parts),
    node: node === null ? null : { name: node, ready: isTrue(condition(machine, 'NodeReady') ?? condition(machine, 'NodeHealthy')) },
    address,
    ...(moreAddresses.length === 0 ? {} : { moreAddresses }),
    ...(waitsForPools.length === 0 ? {} : { waitsForPools }),
    version: textAt(machine, 'spec', 'version'),
    // False only when Cluster API says so: a new machine has no such condition for some seconds.
    upToDate: condition(machine, 'UpToDate')?.status !== 'False',
    steps: machineSteps(parts),
    createdAt: timeAt(machine.metadata, 'creationTimestamp') ?? '',
    deletingSince: timeAt(machine.metadata, 'deletionTimestamp'),
  }
}
