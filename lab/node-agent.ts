/**
 * The lab's kubelets and cloud provider in one: gives each powered-on VM its address, and registers its Node in the tenant's
 * API. It deletes no Node: that is Cluster API's doing, and a test of it would prove nothing otherwise.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { LabContext } from './context'
import type { LabPart } from './part'
import { leaseOf, readGuestMetadata } from './guest-metadata'
import { kubeRest, type KubeObject, type KubeRest } from './kube-rest'
import { isReady, isSilent, nodeObject, nodeStatus, providerIdOf, readyConditions, silentConditions, type Node } from './node-object'
import { logFileOf } from './process'
import { startRounds } from './rounds'
import { connectVsphere, type VirtualMachine } from './vsphere-soap'

const everyMs = 1_500
const heartbeatMs = 30_000
const nodesPath = '/api/v1/nodes'
/** Of a VM's extraConfig: `true` makes its kubelet fall silent, though the machine is on. */
export const SILENT_KUBELET = 'tenantry.lab.silentKubelet'

interface Machine extends KubeObject {
  spec: { clusterName: string; providerID?: string; version?: string }
}

interface Tenant {
  kubeconfig: string
  rest: KubeRest
}

export async function startNodeAgent(ctx: LabContext): Promise<LabPart> {
  const log = ctx.log('node-agent')
  const [management, vsphere] = await Promise.all([readFile(ctx.adminKubeconfig, 'utf8').then(kubeRest), connectVsphere(ctx.vcenter)])
  const tenants = new Map<string, Tenant>()
  const poweredOnSince = new Map<string, number>()
  const heartbeats = new Map<string, number>()
  const errors = new Map<string, string>()
  const fast = ctx.fast || process.env['LAB_FAST'] === '1'

  /** Logs a failure of `what` once a change, and keeps it from the others. */
  const isolated = async (what: string, work: () => Promise<void>) => {
    try {
      await work()
      if (errors.delete(what)) log(`${what}: goes on`)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (errors.get(what) !== message && !ctx.signal.aborted) log(`${what}: ${message}`)
      errors.set(what, message)
    }
  }

  /** Whether the guest is up: the first boot takes 2 to 4 s, so that a machine is seen Provisioned before it is Running. */
  const isBooted = (machine: VirtualMachine) => {
    const since = poweredOnSince.get(machine.uuid) ?? Date.now()
    poweredOnSince.set(machine.uuid, since)
    const bootMs = fast ? 0 : 2_000 + (createHash('sha256').update(machine.uuid).digest()[0] ?? 0) * 8
    return Date.now() - since >= bootMs
  }

  const giveAddress = async (machine: VirtualMachine) => {
    const metadata = readGuestMetadata(machine.extraConfig)
    if (metadata === undefined || machine.ipAddress !== '' || !isBooted(machine)) return
    const address = metadata.address ?? leaseOf(machine.uuid)
    // The simulator's key: what VMware Tools would report.
    await vsphere.setExtraConfig(machine.id, 'SET.guest.ipAddress', address)
    log(`${machine.name} has ${address}`)
  }

  const tenantOf = async (namespace: string, cluster: string): Promise<KubeRest | undefined> => {
    const key = `${namespace}/${cluster}`
    const secret = await management.get<KubeObject & { data?: { value?: string } }>(`/api/v1/namespaces/${namespace}/secrets/${cluster}-kubeconfig`)
    const kubeconfig = secret?.data?.value
    const known = tenants.get(key)
    if (known !== undefined && known.kubeconfig === kubeconfig) return known.rest
    await known?.rest.close()
    tenants.delete(key)
    if (kubeconfig === undefined) return undefined
    const rest = await kubeRest(Buffer.from(kubeconfig, 'base64').toString())
    tenants.set(key, { kubeconfig, rest })
    return rest
  }

  const register = async (rest: KubeRest, machine: Machine, guest: VirtualMachine, node: Node | undefined) => {
    const name = node?.metadata.name ?? (readGuestMetadata(guest.extraConfig)?.hostname || guest.name)
    const beat = heartbeats.get(guest.uuid) ?? 0
    if (node !== undefined && isReady(node) && Date.now() - beat < heartbeatMs) return
    const present = node ?? (await rest.create<Node>(nodesPath, nodeObject(name, guest)))
    const conditions = readyConditions(present.status?.conditions ?? [])
    await rest.merge(`${nodesPath}/${name}/status`, { status: { ...nodeStatus(name, guest, machine.spec.version ?? ''), conditions } })
    heartbeats.set(guest.uuid, Date.now())
    if (node === undefined) log(`${machine.metadata.namespace ?? ''}/${machine.spec.clusterName}: ${name} joined`)
  }

  const visitCluster = async (namespace: string, cluster: string, machines: readonly Machine[], running: ReadonlyMap<string, VirtualMachine>) => {
    const rest = await tenantOf(namespace, cluster)
    if (rest === undefined) return
    const nodes = await rest.list<Node>(nodesPath)
    for (const machine of machines) {
      const guest = running.get(machine.spec.providerID ?? '')
      // Of a Machine that goes, Cluster API may just have deleted the Node: it must not come back.
      if (guest === undefined || guest.ipAddress === '' || machine.metadata.deletionTimestamp !== undefined) continue
      await register(rest, machine, guest, nodes.find((node) => node.spec?.providerID === machine.spec.providerID))
    }
    for (const node of nodes) {
      const id = node.spec?.providerID ?? ''
      if (!id.startsWith('vsphere://') || running.has(id) || isSilent(node)) continue
      await rest.merge(`${nodesPath}/${node.metadata.name}/status`, { status: { conditions: silentConditions(node.status?.conditions ?? []) } })
      log(`${namespace}/${cluster}: ${node.metadata.name} went silent: its machine is off or gone, or was told to be`)
    }
  }

  const pass = () =>
    isolated('pass', async () => {
      const guests = await vsphere.list()
      const on = guests.filter(({ poweredOn }) => poweredOn)
      const running = new Map(on.filter((guest) => guest.extraConfig.get(SILENT_KUBELET) !== 'true').map((guest) => [providerIdOf(guest), guest]))
      for (const uuid of poweredOnSince.keys()) if (!running.has(`vsphere://${uuid}`)) poweredOnSince.delete(uuid)
      await Promise.all(on.map((guest) => isolated(guest.name, () => giveAddress(guest))))
      const machines = await management.list<Machine>('/apis/cluster.x-k8s.io/v1beta2/machines')
      const clusters = Map.groupBy(machines, ({ metadata, spec }) => `${metadata.namespace ?? ''}/${spec.clusterName}`)
      await Promise.all(
        [...clusters].map(([key, members]) => {
          const [namespace = '', cluster = ''] = key.split('/')
          return isolated(key, () => visitCluster(namespace, cluster, members, running))
        }),
      )
      for (const [key, { rest }] of tenants) {
        if (clusters.has(key)) continue
        tenants.delete(key)
        errors.delete(key)
        await rest.close()
      }
    })

  const rounds = startRounds({ everyMs, signal: ctx.signal, log, round: pass })
  return {
    name: 'node-agent',
    owns: (name) => name === 'node-agent',
    status: async () => [
      { name: 'node-agent', health: rounds.health(), version: 'lab', pid: null, restarts: 0, logFile: logFileOf(ctx.logDir, 'node-agent') },
    ],
    kill: rounds.pause,
    revive: async () => rounds.resume(),
    stop: async () => {
      await rounds.stop()
      await Promise.all([management.close(), vsphere.close(), ...[...tenants.values()].map(({ rest }) => rest.close())])
    },
  }
}
