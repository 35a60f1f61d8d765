/** Objects to watch that cost the lab nothing: a paused Cluster and its Machines. No controller works on them; the tests write their status. */
import { readFile } from 'node:fs/promises'
import { isConflict, kubeRest, type KubeRest } from '@/lab/kube-rest'
import { labFacts } from '@/e2e/support/lab'
import type { OpenStream } from './stream-client'

const GROUP = '/apis/cluster.x-k8s.io/v1beta2'

type Plural = 'clusters' | 'machines' | 'machinedeployments'

export interface Herd {
  /** Path of an object of the tenant; of the collection without a name. */
  readonly path: (plural: Plural, name?: string) => string
  readonly rest: KubeRest
  readonly addMachine: (name: string) => Promise<void>
  /** A pool of no machines; replicas may be asked for, and nobody makes them. */
  readonly addPool: (name: string) => Promise<void>
  /** Gives a machine the address that stands for a number; `bulk` bytes of text make its view large. */
  readonly mark: (name: string, number: number, bulk?: number) => Promise<void>
  readonly remove: (plural: Plural, name: string) => Promise<void>
  /** Removes all of it. */
  readonly end: () => Promise<void>
}

/** A paused Cluster in a tenant. */
export async function startHerd(tenant: string, cluster: string): Promise<Herd> {
  const rest = await kubeRest(await readFile(labFacts().adminKubeconfig, 'utf8'))
  const path: Herd['path'] = (plural, name) => `${GROUP}/namespaces/${tenant}/${plural}${name === undefined ? '' : `/${name}`}`
  const reference = (apiGroup: string, kind: string, name: string) => ({ apiGroup: `${apiGroup}.cluster.x-k8s.io`, kind, name })
  const machineSpec = (name: string) => ({
    clusterName: cluster, version: 'v1.34.1',
    bootstrap: { configRef: reference('bootstrap', 'KubeadmConfigTemplate', name) }, infrastructureRef: reference('infrastructure', 'VSphereMachineTemplate', name),
  })
  const common = { apiVersion: 'cluster.x-k8s.io/v1beta2' }
  await rest.create(path('clusters'), {
    ...common, kind: 'Cluster', metadata: { name: cluster, namespace: tenant },
    spec: { paused: true, clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } }, infrastructureRef: reference('infrastructure', 'VSphereCluster', cluster) },
  })
  const remove: Herd['remove'] = async (plural, name) => {
    await rest.remove(path(plural, name))
    // Cluster API leaves what is paused as it is, its finalizers included.
    for (let tries = 0; tries < 5; tries++) {
      try {
        await rest.merge(path(plural, name), { metadata: { finalizers: null } })
        return
      } catch (error) {
        if (/not found/.test((error as Error).message)) return
        if (!isConflict(error)) throw error
      }
    }
  }
  return {
    path, rest, remove,
    addMachine: async (name) => {
      await rest.create(path('machines'), {
        ...common, kind: 'Machine', metadata: { name, namespace: tenant, labels: { 'cluster.x-k8s.io/cluster-name': cluster } },
        spec: { ...machineSpec(name), bootstrap: { configRef: reference('bootstrap', 'KubeadmConfig', name) }, infrastructureRef: reference('infrastructure', 'VSphereMachine', name) },
      })
    },
    addPool: async (pool) => {
      const labels = { 'cluster.x-k8s.io/cluster-name': cluster, 'cluster.x-k8s.io/deployment-name': `${cluster}-${pool}` }
      await rest.create(path('machinedeployments'), {
        ...common, kind: 'MachineDeployment', metadata: { name: `${cluster}-${pool}`, namespace: tenant, labels: { 'cluster.x-k8s.io/cluster-name': cluster } },
        spec: {
          clusterName: cluster, replicas: 0, selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: machineSpec(pool) },
        },
      })
    },
    mark: async (name, number, bulk = 0) => {
      const at = new Date().toISOString()
      const failed = { conditions: [{ type: 'Ready', status: 'False', reason: 'Bulk', message: 'x'.repeat(bulk), lastTransitionTime: at }], deprecated: { v1beta1: { failureReason: 'Bulk', failureMessage: 'bulk' } } }
      await rest.merge(`${path('machines', name)}/status`, { status: { addresses: [{ type: 'InternalIP', address: addressOf(number) }], ...(bulk > 0 ? failed : {}) } })
    },
    end: async () => {
      for (const plural of ['machinedeployments', 'machines'] as const) {
        const objects = await rest.list(path(plural))
        await inParallel(objects.map(({ metadata }) => metadata.name), (name) => remove(plural, name))
      }
      await remove('clusters', cluster)
      await rest.close()
    },
  }
}

export const addressOf = (number: number): string => `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`

/** What a stream shows of a machine. */
export const machineOn = (stream: OpenStream, name: string) => Object.values(stream.state().machines).find((machine) => machine.name === name)
export const isMarked = (stream: OpenStream, name: string, number: number): boolean => machineOn(stream, name)?.address === addressOf(number)

/** Eight at a time: the API server is shared with the controllers. */
export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>, width = 8): Promise<void> {
  const queue = [...items]
  await Promise.all(Array.from({ length: width }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }))
}
