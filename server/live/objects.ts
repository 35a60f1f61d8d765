import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { KindName } from '@/server/management/kinds'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'

const CLUSTER_LABEL = 'cluster.x-k8s.io/cluster-name'

/** All objects of one cluster, by kind and uid. */
export type Bucket = Map<KindName, Map<string, KubeObject>>

/** Which cluster an object belongs to, as `namespace/name`; null when nothing says so. */
export function clusterKeyOf(kind: KindName, object: KubeObject): string | null {
  const { namespace, name, labels, ownerReferences } = object.metadata
  if (!namespace) return null
  const cluster =
    kind === 'Cluster' ? name : (labels?.[CLUSTER_LABEL] ?? ownerReferences?.find((owner) => owner.kind === 'Cluster')?.name)
  return cluster ? `${namespace}/${cluster}` : null
}

const all = (bucket: Bucket, kind: KindName): readonly KubeObject[] => [...(bucket.get(kind)?.values() ?? [])]
const named = (bucket: Bucket, kind: KindName, name: unknown): KubeObject | null =>
  all(bucket, kind).find((object) => object.metadata.name === name) ?? null
const refName = (object: KubeObject, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object.spec)

/** The objects of one cluster put together, or null while there is no Cluster among them. */
export function clusterParts(bucket: Bucket): ClusterParts | null {
  const cluster = all(bucket, 'Cluster')[0]
  if (!cluster) return null
  const pools = all(bucket, 'InClusterIPPool')
  const machines = machinesOf(bucket)
  return {
    cluster,
    controlPlane: named(bucket, 'KamajiControlPlane', refName(cluster, ['controlPlaneRef', 'name'])),
    infrastructure: named(bucket, 'VSphereCluster', refName(cluster, ['infrastructureRef', 'name'])),
    machineDeployments: all(bucket, 'MachineDeployment'),
    machineSets: all(bucket, 'MachineSet'),
    machineTemplates: all(bucket, 'VSphereMachineTemplate'),
    machines,
    loose: looseOf(bucket, machines),
    ipPool: pools.find((pool) => pool.metadata.name === cluster.metadata.name) ?? pools[0] ?? null,
  }
}

function machinesOf(bucket: Bucket): readonly MachineParts[] {
  const vsphere = byName(all(bucket, 'VSphereMachine'))
  const bootstraps = byName(all(bucket, 'KubeadmConfig'))
  const vms = byOwner(all(bucket, 'VSphereVM'), 'VSphereMachine')
  const claims = byOwner(all(bucket, 'IPAddressClaim'), 'VSphereVM')
  return all(bucket, 'Machine').map((machine) => {
    const vsphereMachine = vsphere.get(String(refName(machine, ['infrastructureRef', 'name']))) ?? null
    const vsphereVm = vms.get(vsphereMachine?.metadata.name ?? '')?.[0] ?? null
    return {
      machine,
      vsphereMachine,
      vsphereVm,
      bootstrap: bootstraps.get(String(refName(machine, ['bootstrap', 'configRef', 'name']))) ?? null,
      claims: claims.get(vsphereVm?.metadata.name ?? '') ?? [],
    }
  })
}

/** What outlived its Machine: a protection taken away by hand, or a provider that waits for an owner. */
function looseOf(bucket: Bucket, machines: readonly MachineParts[]): readonly KubeObject[] {
  const led = new Set(machines.flatMap((parts) => [parts.vsphereMachine, parts.vsphereVm, ...parts.claims]))
  return (['VSphereMachine', 'VSphereVM', 'IPAddressClaim'] as const).flatMap((kind) => all(bucket, kind).filter((object) => !led.has(object)))
}

const byName = (objects: readonly KubeObject[]): Map<string, KubeObject> => new Map(objects.map((object) => [object.metadata.name, object]))

function byOwner(objects: readonly KubeObject[], kind: string): Map<string, KubeObject[]> {
  const found = new Map<string, KubeObject[]>()
  for (const object of objects)
    for (const owner of object.metadata.ownerReferences ?? []) if (owner.kind === kind) found.set(owner.name, [...(found.get(owner.name) ?? []), object])
  return found
}
