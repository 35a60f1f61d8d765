/** What is left when the machines are gone: addresses, their pool, the control plane, and protections that nobody here set. */
import type { Finding } from '@/lib/doctor/finding'
import type { KubeObject } from '@/lib/kubernetes/object'
import { cause } from '@/lib/plain-words'
import { plural } from '@/lib/text'
import { ownPools } from '@/server/management/parse/addresses'
import { condition, isFalse } from '@/server/management/parse/condition'
import { after, found, logsOf, type Rule, shortName } from '@/server/management/parse/doctor/found'
import { letGo, VM_PROTECTION, VSPHERE_CLUSTER_PROTECTION, VSPHERE_MACHINE_PROTECTION } from '@/server/management/parse/doctor/vsphere'
import type { ClusterParts } from '@/server/management/parse/parts'
import { isDeleting, numberAt, textAt, timeAt } from '@/server/management/parse/raw'

/** CAPV's protection of a claim, which it takes away with the VSphereVM (api/govmomi/v1beta2/vspherevm_types.go). */
const CLAIM_PROTECTION = 'vspherevm.infrastructure.cluster.x-k8s.io/ip-claim-protection'
/** Of the IPAM provider (pkg/ipamutil/reconciler.go, internal/controllers/inclusterippool.go). */
const RELEASE_ADDRESS = 'ipam.cluster.x-k8s.io/ReleaseAddress'
const PROTECT_POOL = 'ipam.cluster.x-k8s.io/ProtectPool'

/** Claims whose VSphereVM is gone while they are protected for it: CAPV, which would take the protection away, never looks again. */
export const addressClaims: Rule = ({ loose = [] }) =>
  loose.filter((object) => object.kind === 'IPAddressClaim' && isDeleting(object)).map((claim) => {
    const since = timeAt(claim.metadata, 'deletionTimestamp')
    const mine = claim.metadata.finalizers?.includes(CLAIM_PROTECTION) ?? false
    return found('address-claims', claim, {
      sentence: mine ? `The address of ${shortName(claim)} is kept for a VM that is let go of` : `The address of ${shortName(claim)} is not given back`,
      since, from: after(since, 1), field: `metadata.finalizers: ${(claim.metadata.finalizers ?? []).join(', ')}`,
      logs: logsOf(mine ? 'capv' : 'ipam', claim), lastResorts: letGo(claim, [CLAIM_PROTECTION, RELEASE_ADDRESS]),
    })
  })

export const poolProtection: Rule = (parts) => ownPools(parts).flatMap((pool) => poolKept(parts, pool))

function poolKept({ cluster, machines }: ClusterParts, pool: KubeObject): readonly Finding[] {
  const used = numberAt(pool, 'status', 'ipAddresses', 'used') ?? 0
  if (used === 0 || (machines.length > 0 && !isDeleting(pool)) || !(isDeleting(cluster) || isDeleting(pool))) return []
  // The provider counts a moment after the claims are gone.
  const since = timeAt((isDeleting(pool) ? pool : cluster).metadata, 'deletionTimestamp')
  return [found('pool-protection', pool, {
    sentence: `Address pool ${pool.metadata.name} stays: ${plural(used, 'address', 'addresses')} of it ${used === 1 ? 'is' : 'are'} in use`,
    since, from: after(since, 1), field: `status.ipAddresses.used: ${used}`, logs: logsOf('ipam', pool), lastResorts: letGo(pool, [PROTECT_POOL]),
  })]
}

const DATASTORE = /data ?store/i

export const controlPlane: Rule = ({ controlPlane: object }) => {
  if (object === null) return []
  const refused = ['TenantControlPlaneCreated', 'KamajiControlPlaneIsReady'].map((type) => condition(object, type)).find((view) => view !== null && isFalse(view) && DATASTORE.test(view.message))
  const findings: Finding[] = []
  if (refused) findings.push(found('datastore', object, { sentence: `The control plane’s datastore: ${cause(refused.message)}`, condition: refused, next: { act: 'tell-platform' }, logs: logsOf('kamaji', object) }))
  if (isDeleting(object)) {
    const since = timeAt(object.metadata, 'deletionTimestamp')
    const keys = object.metadata.finalizers ?? []
    findings.push(found('control-plane', object, {
      sentence: 'The control plane is not removed', since, from: after(since, 2), condition: condition(object, 'KamajiControlPlaneIsReady'), field: `metadata.finalizers: ${keys.join(', ')}`,
      next: { act: 'tell-platform' }, logs: logsOf('kamaji', object), lastResorts: letGo(object, keys),
    }))
  }
  return findings
}

/** Protections that the controllers take away by themselves. The garbage collector's own are not anybody's. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  Cluster: ['cluster.cluster.x-k8s.io'], MachineDeployment: ['cluster.x-k8s.io/machinedeployment'], MachineSet: ['cluster.x-k8s.io/machineset'], Machine: ['machine.cluster.x-k8s.io'],
  VSphereCluster: [VSPHERE_CLUSTER_PROTECTION], VSphereMachine: [VSPHERE_MACHINE_PROTECTION], VSphereVM: [VM_PROTECTION],
  IPAddressClaim: [CLAIM_PROTECTION, RELEASE_ADDRESS], InClusterIPPool: [PROTECT_POOL],
}
const GARBAGE_COLLECTOR: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan'])

/** An object whose controllers are done with it, kept by something else alone. */
export const foreignProtection: Rule = (parts) => {
  const { cluster, infrastructure, machineDeployments, machineSets, machines, loose = [] } = parts
  const objects = [...machines.flatMap((one) => [one.machine, one.vsphereMachine, one.vsphereVm, ...one.claims]), ...loose, ...machineSets, ...machineDeployments, infrastructure, ...ownPools(parts), cluster]
  return objects.flatMap((object) => (object === null ? [] : kept(object)))
}

function kept(object: KubeObject): readonly Finding[] {
  const known = KNOWN[object.kind]
  const all = object.metadata.finalizers ?? []
  if (known === undefined || !isDeleting(object) || all.length === 0 || all.some((one) => known.includes(one) || GARBAGE_COLLECTOR.has(one))) return []
  return [found('foreign-protection', object, {
    sentence: `${object.kind} ${shortName(object)} is kept by ${all.join(', ')}, which is not part of Cluster API: whoever set it has to take it away`,
    since: timeAt(object.metadata, 'deletionTimestamp'), condition: condition(object, 'Deleting'), field: `metadata.finalizers: ${all.join(', ')}`, lastResorts: letGo(object, all),
  })]
}

/** Cluster API's "Please check controller logs for errors": tried again by itself, worth saying when it lasts. */
export const controllerError: Rule = ({ cluster, machines }) => [cluster, ...machines.map(({ machine }) => machine)].flatMap((object) => {
  const view = condition(object, 'Deleting')
  if (!isDeleting(object) || view?.reason !== 'InternalError') return []
  const since = timeAt(object.metadata, 'deletionTimestamp')
  const name = textAt(object, 'kind') === 'Cluster' ? 'the cluster' : shortName(object)
  return [found('controller-error', object, { sentence: `Cluster API meets an error while it removes ${name}; its log says which`, since, from: after(since, 2), condition: view, logs: logsOf('capi', object) })]
})
