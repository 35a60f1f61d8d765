/** What the lab's vCenter holds. The simulator builds it, and seed.ts offers it to tenants: one list for both. */

const datacenter = 'dc-north'

/** A compute cluster each: CAPV verifies that it has the zone's tag, and the datacenter the region's. */
const zonePlaces = [
  { name: 'zone-a', cluster: 'cl-compute', datastore: 'ssd-01' },
  { name: 'zone-b', cluster: 'cl-memory', datastore: 'ssd-02' },
] as const
const region = 'north'
const [regionCategory, zoneCategory] = ['k8s-region', 'k8s-zone']

/** Reads of templates say the version from the name; the portal is told it in the offer. */
const templatesOf = (versions: readonly string[]) => versions.map((version) => ({ name: `ubuntu-2404-kube-${version}`, version, diskGiB: 20 }))

export type Inventory = ReturnType<typeof inventoryOf>

/** The file that the simulator is started with; field names as its Go struct has them. @param versions of Kubernetes, a template each */
export const inventoryOf = (versions: readonly string[]) => ({
  Datacenter: datacenter,
  Clusters: [
    {
      Name: 'cl-compute',
      Hosts: ['esx-c1.lab.example', 'esx-c2.lab.example', 'esx-c3.lab.example'],
      ResourcePools: ['team-blue', 'team-green'],
    },
    { Name: 'cl-memory', Hosts: ['esx-m1.lab.example', 'esx-m2.lab.example'], ResourcePools: ['team-blue'] },
  ],
  Datastores: ['ssd-01', 'ssd-02', 'hdd-archive'],
  Switch: 'dvs-north',
  Networks: ['vlan-40-nodes', 'vlan-50-nodes'],
  Folders: ['templates', 'tenants', 'tenants/team-blue', 'tenants/team-green'],
  Tags: [{ Category: regionCategory, Name: region, On: datacenter }, ...zonePlaces.map(({ name, cluster }) => ({ Category: zoneCategory, Name: name, On: cluster }))],
  Templates: templatesOf(versions).map(({ name, diskGiB }) => ({
    Name: name,
    Folder: 'templates',
    GuestID: 'ubuntu64Guest',
    CPUs: 2,
    MemoryMB: 4096,
    DiskGB: diskGiB,
  })),
})

/** Annotation `tenantry.dev/offer` of a VSphereClusterIdentity: what clusters of tenants may be built from. */
export function offerOf(server: string, thumbprint: string, versions: readonly string[]) {
  return {
    server,
    thumbprint,
    datacenter,
    resourcePool: `/${datacenter}/host/cl-compute/Resources`,
    folder: `/${datacenter}/vm/tenants`,
    datastore: 'ssd-01',
    network: 'vlan-40-nodes',
    templates: templatesOf(versions),
  }
}

/** A GlobalInClusterIPPool on the network that is offered, with its own annotation `tenantry.dev/offer`. */
export const sharedPool = {
  name: 'nodes-north',
  offer: { allowedNamespaces: {}, nameservers: ['10.40.0.2'], network: 'vlan-40-nodes' },
  spec: { addresses: ['10.40.16.16-10.40.16.239'], prefix: 24, gateway: '10.40.16.1' },
} as const

/** VSphereFailureDomains and VSphereDeploymentZones, as a platform admin would write them. */
export const zones = (server: string) =>
  zonePlaces.map(({ name, cluster, datastore }) => ({
    name,
    failureDomain: {
      region: { name: region, type: 'Datacenter', tagCategory: regionCategory },
      zone: { name, type: 'ComputeCluster', tagCategory: zoneCategory },
      topology: { datacenter, computeCluster: cluster, datastore },
    },
    deploymentZone: { server, failureDomain: name, controlPlane: false, placementConstraint: { resourcePool: `/${datacenter}/host/${cluster}/Resources` } },
  }))
