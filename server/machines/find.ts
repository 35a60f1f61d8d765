import 'server-only'
import type { ClusterView, NodePoolView } from '@/lib/cluster/view'
import { textsIn } from '@/lib/kubernetes/dig'
import type { KubeObject } from '@/lib/kubernetes/object'
import { CLUSTER_NAME_LABEL, DEPLOYMENT_NAME_LABEL } from '@/lib/manifests/labels'
import { failure, notFound } from '@/server/failure'
import type { MachineInput } from '@/server/inputs'
import type { UserClient } from '@/server/management/user-client'
import { findCluster } from '@/server/node-pools/find'
import type { Asker } from '@/server/operations/asker'

export interface FoundMachine {
  readonly cluster: ClusterView
  readonly pool: NodePoolView
  /** The MachineDeployment's name: of a pool in several zones, its own zone's. */
  readonly deployment: string
  readonly machine: KubeObject
}

/** A machine of a pool, read as the person. @throws AppError 'not-found' | 'conflict' for one that leaves, or belongs to no pool */
export async function findMachine(ctx: Asker, client: UserClient, { cluster: name, machine: machineName, uid }: Omit<MachineInput, 'tenant'>): Promise<FoundMachine> {
  const cluster = findCluster(ctx, name)
  const machine = await client.get('Machine', ctx.tenant, machineName)
  const labels = textsIn(machine?.metadata, 'labels')
  if (machine === null || machine.metadata.uid !== uid || labels[CLUSTER_NAME_LABEL] !== name) throw notFound(`The machine ${JSON.stringify(machineName)} of ${JSON.stringify(name)}`)
  if (machine.metadata.deletionTimestamp !== undefined) throw failure('conflict', `${machineName} is leaving already.`)
  const deployment = labels[DEPLOYMENT_NAME_LABEL]
  const pool = cluster.pools.find(({ machineDeployment, zones = [] }) => machineDeployment === deployment || zones.some((zone) => zone.machineDeployment === deployment))
  if (!pool || deployment === undefined) throw failure('conflict', `${machineName} belongs to no pool, so nothing would make another one for it.`)
  return { cluster, pool, deployment, machine }
}
