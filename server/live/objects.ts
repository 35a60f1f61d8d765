import 'server-only'
import type { KubeObject } from '@/lib/kubernetes/object'
import type { KindName } from '@/server/management/kinds'
import type { ClusterParts, MachineParts } from '@/server/management/parse/parts'
import { listAt, textAt } from '@/server/management/parse/raw'

const CLUSTER_LABEL = 'cluster.x-k8s.io/cluster-name'

/** All objects of one cluster, by kind and uid. */
export type Bucket = Map<KindName, Map<string, KubeObject>>

/** Which cluster an object belongs to, as `namespace/name`; null when nothing says so. */
export function clusterKeyOf(kind: KindName, object: KubeObject): string | null {
  const { namespace, name, labels, ownerReferences } = object.metadata
  if (!namespace) return null
  const cluster = kind === 'Cluster' ? name : (labels?.[CLUSTER_LABEL] ?? ownerReferences?.find((owner) => owner.kind === 'Cluster')?.name ?? specName(object))
  return cluster ? `${namespace}/${cluster}` : null
}

/** A MachineHealthCheck made by hand names its cluster there alone. */
const specName = ({ spec }: KubeObject): string | null => (typeof spec?.['clusterName'] === 'string' ? spec['clusterName'] : null)

const all = (bucket: Bucket, kind: KindName): readonly KubeObject[] => [...(bucket.get(kind)?.values() ?? [])]
const named = (bucket: Bucket, kind: KindName, name: unknown): KubeObject | null =>
  all(bucket, kind).find((object) => object.metadata.name === name) ?? null
const refName = (object: KubeObject, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object.spec)

/** The objects of one cluster put together, or null while there is no Cluster among them. */
export function clusterParts(bucket: Bucket, globalPools: ReadonlyMap<string, KubeObject> = new Map(), identities?: ReadonlyMap<string, KubeObject>): ClusterParts | null {
  const cluster = all(bucket, 'Cluster')[0]
  if (!cluster) return null
  const pools = all(bucket, 'InClusterIPPool').toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const ipPool = pools.find((pool) => pool.metadata.name === cluster.metadata.name) ?? pools[0] ?? null
  const machines = machinesOf(bucket)
  const infrastructure = named(bucket, 'VSphereCluster', refName(cluster, ['infrastructureRef', 'name']))
  const shared = globalPoolsOf(bucket).map((name) => globalPools.get(name)).find((pool) => pool !== undefined)
  return {
    cluster,
    controlPlane: named(bucket, 'KamajiControlPlane', refName(cluster, ['controlPlaneRef', 'name'])),
    infrastructure,
    ...(identities ? { identity: identities.get(textAt(infrastructure, 'spec', 'identityRef', 'name') ?? '') ?? null } : {}),
    machineDeployments: all(bucket, 'MachineDeployment'),
    machineSets: all(bucket, 'MachineSet'),
    machineTemplates: all(bucket, 'VSphereMachineTemplate'),
    machines,
    loose: looseOf(bucket, machines),
    ipPool,
    morePools: pools.filter((pool) => pool !== ipPool),
    globalPool: shared ?? null,
    healthChecks: all(bucket, 'MachineHealthCheck'),
  }
}

/** Names of the GlobalInClusterIPPools that a cluster's machines take addresses from. */
export function globalPoolsOf(bucket: Bucket): readonly string[] {
  return all(bucket, 'VSphereMachineTemplate').flatMap((template) =>
    listAt(template, 'spec', 'template', 'spec', 'network', 'devices')
      .flatMap((device) => listAt(device, 'addressesFromPools'))
      .flatMap((pool) => (textAt(pool, 'kind') === 'GlobalInClusterIPPool' ? [textAt(pool, 'name') ?? ''] : [])),
  )
}

function machinesOf(bucket: Bucket): readonly MachineParts[] {
  const vsphere = byName(all(bucket, 'VSphereMachine'))
  const bootstraps = byName(all(bucket, 'KubeadmConfig'))
  const vms = byOwner(all(bucket, 'VSphereVM'), 'VSphereMachine')
  const claims = byOwner(all(bucket, 'IPAddressClaim'), 'VSphereVM')
  const addresses = byName(all(bucket, 'IPAddress'))
  return all(bucket, 'Machine').map((machine) => {
    const vsphereMachine = vsphere.get(String(refName(machine, ['infrastructureRef', 'name']))) ?? null
    const vsphereVm = vms.get(vsphereMachine?.metadata.name ?? '')?.[0] ?? null
    const own = claims.get(vsphereVm?.metadata.name ?? '') ?? NONE
    return {
      machine,
      vsphereMachine,
      vsphereVm,
      bootstrap: bootstraps.get(String(refName(machine, ['bootstrap', 'configRef', 'name']))) ?? null,
      claims: own,
      addresses: own.length === 0 ? NONE : own.flatMap((claim) => addresses.get(textAt(claim, 'status', 'addressRef', 'name') ?? '') ?? []),
    }
  })
}

/** What outlived its Machine: a protection taken away by hand, or a provider that waits for an owner. */
function looseOf(bucket: Bucket, machines: readonly MachineParts[]): readonly KubeObject[] {
  const led = new Set(machines.flatMap((parts) => [parts.vsphereMachine, parts.vsphereVm, ...parts.claims]))
  return (['VSphereMachine', 'VSphereVM', 'IPAddressClaim'] as const).flatMap((kind) => all(bucket, kind).filter((object) => !led.has(object)))
}

const NONE: readonly KubeObject[] = []
const byName = (objects: readonly KubeObject[]): Map<string, KubeObject> => new Map(objects.map((object) => [object.metadata.name, object]))

function byOwner(objects: readonly KubeObject[], kind: string): Map<string, KubeObject[]> {
  const found = new Map<string, KubeObject[]>()
  for (const object of objects)
    for (const owner of object.metadata.ownerReferences ?? []) if (owner.kind === kind) {
      const others = found.get(owner.name)
      if (others) others.push(object)
      else found.set(owner.name, [object])
    }
  return found
}
