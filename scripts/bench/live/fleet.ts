/** Thousands of objects as the controllers write them: those of one real cluster of this lab, multiplied under new names and times. */
import { defaultAddOns } from '@/lib/addons/spec'
import { OFFER_ANNOTATION, vsphereOffer } from '@/lib/identity/offer'
import type { KubeObject } from '@/lib/kubernetes/object'
import { NOTHING_ADVANCED } from '@/lib/cluster/advanced'
import { NO_EXTRAS } from '@/lib/node-pool/extras'
import { NO_NODE_CONFIG } from '@/lib/node-config/spec'
import { renderCluster } from '@/lib/manifests/render'
import { inParallel, sleep, type Api } from './api'

const SEED = 'benchseed'
const SEED_TENANT = 'team-blue'
const CAPI = '/apis/cluster.x-k8s.io/v1beta2'
const CAPV = '/apis/infrastructure.cluster.x-k8s.io/v1beta2'
const SEED_MS = 240_000

/** Of each Machine, in the order of their ownership. */
export const PER_MACHINE = ['Machine', 'VSphereMachine', 'VSphereVM', 'KubeadmConfig'] as const
const PATHS: Readonly<Record<string, readonly [root: string, plural: string]>> = {
  Cluster: [CAPI, 'clusters'], MachineDeployment: [CAPI, 'machinedeployments'], MachineSet: [CAPI, 'machinesets'], Machine: [CAPI, 'machines'], MachineHealthCheck: [CAPI, 'machinehealthchecks'],
  VSphereCluster: [CAPV, 'vsphereclusters'], VSphereMachineTemplate: [CAPV, 'vspheremachinetemplates'], VSphereMachine: [CAPV, 'vspheremachines'], VSphereVM: [CAPV, 'vspherevms'],
  KubeadmConfig: ['/apis/bootstrap.cluster.x-k8s.io/v1beta2', 'kubeadmconfigs'], KamajiControlPlane: ['/apis/controlplane.cluster.x-k8s.io/v1alpha2', 'kamajicontrolplanes'],
  InClusterIPPool: ['/apis/ipam.cluster.x-k8s.io/v1alpha2', 'inclusterippools'], KubeadmConfigTemplate: ['/apis/bootstrap.cluster.x-k8s.io/v1beta2', 'kubeadmconfigtemplates'],
}
const PER_CLUSTER = ['Cluster', 'KamajiControlPlane', 'VSphereCluster', 'VSphereMachineTemplate', 'MachineDeployment', 'MachineSet'] as const

export const collection = (kind: string, namespace?: string): string => {
  const [root, plural] = PATHS[kind] ?? missing(kind)
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
}

export type Seed = Readonly<Record<string, KubeObject>>

/** Lets the real controllers make a cluster of one machine. @returns its objects by kind */
export async function makeSeed(api: Api): Promise<Seed> {
  const identities = await api.send<{ items: KubeObject[] }>('GET', `${CAPV}/vsphereclusteridentities`)
  const identity = identities.items[0]
  const offer = vsphereOffer.parse(JSON.parse(identity?.metadata.annotations?.[OFFER_ANNOTATION] ?? '{}'))
  const template = offer.templates.at(-1)
  if (!identity || !template) throw new Error('the lab offers no vSphere identity')
  const { datacenter, resourcePool, folder, datastore, network } = offer
  const objects = renderCluster({
    name: SEED, version: template.version, controlPlane: { replicas: 1, advanced: NOTHING_ADVANCED }, endpoint: { kind: 'load-balancer' }, identity: identity.metadata.name,
    placement: { datacenter, resourcePool, folder, datastore, network, template: template.name },
    addresses: { kind: 'pool', range: '10.40.99.64-10.40.99.70', prefix: 24, gateway: '10.40.99.1', nameservers: ['10.40.0.2'] },
    networks: { pods: '10.244.0.0/16', services: '10.96.0.0/12' }, pool: { name: 'general', replicas: 1, cpus: 2, memoryMiB: 4096, diskGiB: 40, node: NO_NODE_CONFIG, extras: NO_EXTRAS }, addOns: defaultAddOns(),
  }, { tenant: SEED_TENANT, offer, operationId: 'bench' })
  for (const object of objects) await api.send('PATCH', `${collection(object.kind, SEED_TENANT)}/${object.metadata.name}?fieldManager=bench`, object, 'application/apply-patch+yaml')
  for (const deadline = Date.now() + SEED_MS; ; await sleep(1_000)) {
    const machines = await own(api, 'Machine')
    if (machines[0]?.status?.['phase'] === 'Running') break
    if (Date.now() > deadline) throw new Error('the lab did not bring up a machine to copy')
  }
  await sleep(5_000) // until the last conditions are set
  const found = await Promise.all([...PER_CLUSTER, ...PER_MACHINE].map(async (kind) => [kind, (await own(api, kind))[0]] as const))
  return Object.fromEntries(found.map(([kind, object]) => [kind, object ?? missing(kind)]))
}

const missing = (kind: string): never => {
  throw new Error(`the bench knows no ${kind}`)
}

const own = async (api: Api, kind: string): Promise<KubeObject[]> =>
  (await api.send<{ items: KubeObject[] }>('GET', collection(kind, SEED_TENANT))).items.filter(({ metadata }) => metadata.name.startsWith(SEED)).map((item) => ({ ...item, kind }))

export interface Fleet {
  readonly tenants: readonly string[]
  /** tenant, name */
  readonly clusters: readonly (readonly [string, string])[]
}

/** Writes the fleet: tenants with a member, clusters, machines with their three companions each, all with their status. */
export async function fill(api: Api, seed: Seed, size: { tenants: number; clusters: number; machines: number }, member: string, onProgress: (line: string) => void): Promise<Fleet> {
  const tenants = Array.from({ length: size.tenants }, (_, index) => `bench-${String(index).padStart(2, '0')}`)
  const clusters = tenants.flatMap((tenant) => Array.from({ length: size.clusters / size.tenants }, (_, index) => [tenant, `c${index}`] as const))
  for (const name of tenants) {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name, labels: { 'tenantry.dev/tenant': 'true' } } })
    await api.send('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}/rolebindings`, {
      metadata: { name: 'member' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `oidc:${member}` }], roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'tenantry:tenant-viewer' },
    })
  }
  await inParallel(clusters, 16, async ([tenant, cluster]) => {
    for (const kind of PER_CLUSTER) await write(api, seed[kind]!, { tenant, cluster, machine: null, owner: null, shift: 0 })
  })
  const machines = Array.from({ length: size.machines }, (_, index) => ({ place: clusters[index % clusters.length]!, index }))
  let done = 0
  await inParallel(machines, 48, async ({ place: [tenant, cluster], index }) => {
    let owner: KubeObject | null = null
    for (const kind of PER_MACHINE) {
      // The KubeadmConfig belongs to the Machine, the others to the one before.
      const made: KubeObject = await write(api, seed[kind]!, { tenant, cluster, machine: `${cluster}-general-abcde-${(index + 60_466_176).toString(36).slice(-5)}`, owner, shift: index * 61_000 })
      if (kind !== 'KubeadmConfig') owner = made
    }
    if (++done % 1_000 === 0) onProgress(`${done * PER_MACHINE.length} objects`)
  })
  return { tenants, clusters }
}

interface Place {
  readonly tenant: string
  readonly cluster: string
  readonly machine: string | null
  readonly owner: KubeObject | null
  /** ms by which times differ from the seed's: no two machines are made in the same second. */
  readonly shift: number
}

async function write(api: Api, seed: KubeObject, { tenant, cluster, machine, owner, shift }: Place): Promise<KubeObject> {
  const { name, labels, annotations, finalizers, ownerReferences } = seed.metadata
  let text = JSON.stringify({ apiVersion: seed.apiVersion, kind: seed.kind, metadata: { name, labels, annotations, finalizers, ownerReferences }, spec: seed.spec, status: seed.status })
  if (machine !== null) text = text.replaceAll(new RegExp(`${SEED}-general-[a-z0-9]{5}-[a-z0-9]{5}`, 'g'), machine)
  text = text.replaceAll(SEED, cluster).replaceAll(SEED_TENANT, tenant).replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) => `"${new Date(Date.parse(time) - shift).toISOString().slice(0, 19)}Z"`)
  const object = JSON.parse(text) as KubeObject
  const owners = object.metadata.ownerReferences?.map((reference) => (owner !== null && reference.kind === owner.kind ? { ...reference, uid: owner.metadata.uid } : reference))
  const { status, ...rest } = { ...object, metadata: { ...object.metadata, namespace: tenant, ...(owners ? { ownerReferences: owners } : {}) } }
  const path = collection(seed.kind, tenant)
  const made = await api.send('POST', `${path}?fieldManager=capi`, rest)
  if (status === undefined || seed.kind.endsWith('Template')) return made
  await api.send('PUT', `${path}/${made.metadata.name}/status?fieldManager=capi-status`, { ...made, status })
  return made
}
