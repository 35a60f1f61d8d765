/**
 * What a management cluster does for Kamaji's Deployments and Services, and the lab's has not: kubelet, Deployment controller, load
 * balancer, cluster DNS. Of each Deployment only kube-apiserver runs: scheduler and controller-manager would wait for Pods.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPartName } from '../contract'
import { openAddressPool, type Endpoint } from '../kamaji/loopback-address'
import { Task } from '../kamaji/task'
import { kubeRest, type KubeObject } from '../kube-rest'
import type { LabPart } from '../part'
import { logFileOf } from '../process'
import { startRounds } from '../rounds'
import { startNameProxy } from './name-proxy'
import { Tenant, type Deployment } from './tenant'

const everyMs = 500
const nameLabel = 'kamaji.clastix.io/name'
const componentLabel = 'kamaji.clastix.io/component'

interface Service extends KubeObject {
  spec: { type?: string; loadBalancerIP?: string; ports?: { port: number }[] }
  status?: { loadBalancer?: { ingress?: { ip?: string }[] } }
}

interface Slot {
  readonly tenant: Tenant
  readonly task: Task
}

export interface Runner {
  readonly part: LabPart
  /** For Kamaji's calls to tenants. */
  readonly proxyUrl: string
}

export async function startRunner(ctx: LabContext): Promise<Runner> {
  const log = ctx.log('runner')
  const rest = await kubeRest(await readFile(ctx.adminKubeconfig, 'utf8'))
  const addresses = await openAddressPool(join(ctx.stateDir, 'runner'), ctx.ports)
  const endpoints = new Map<string, Endpoint>()
  const proxy = await startNameProxy((tenant) => endpoints.get(tenant))
  const slots = new Map<string, Slot>()

  const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

  /** The load balancer: an address for each Service that asks for one; a fixed one only where the lab can serve it. */
  const balance = async (service: Service) => {
    const key = keyOf(service)
    const port = service.spec.ports?.[0]?.port
    if (port === undefined || service.spec.type !== 'LoadBalancer') return
    const fixed = service.spec.loadBalancerIP ?? ''
    if (fixed !== '' && !(await addresses.canBind({ host: fixed, port }))) return
    const endpoint = fixed === '' ? await addresses.take(key, port) : { host: fixed, port }
    endpoints.set(key, endpoint)
    if (service.status?.loadBalancer?.ingress?.[0]?.ip === endpoint.host) return
    await rest.merge(`/api/v1/namespaces/${service.metadata.namespace ?? ''}/services/${service.metadata.name}/status`, { status: { loadBalancer: { ingress: [{ ip: endpoint.host }] } } })
  }

  const slotOf = (key: string): Slot => {
    const known = slots.get(key)
    if (known !== undefined) return known
    const slot = { tenant: new Tenant(ctx, rest, key, log), task: new Task((line) => ctx.signal.aborted || log(`${key}: ${line}`)) }
    slots.set(key, slot)
    return slot
  }

  const forget = async (key: string, { tenant, task }: Slot) => {
    slots.delete(key)
    tenant.process.abandon()
    await task.finished()
    await tenant.remove()
  }

  const round = async () => {
    const [services, deployments] = await Promise.all([
      rest.list<Service>(`/api/v1/services?labelSelector=${nameLabel}`),
      rest.list<Deployment>(`/apis/apps/v1/deployments?labelSelector=${componentLabel}`),
    ])
    for (const service of services) await balance(service)
    for (const deployment of deployments) {
      const key = keyOf(deployment)
      const endpoint = endpoints.get(key)
      if (endpoint === undefined || deployment.metadata.deletionTimestamp !== undefined) continue
      const { tenant, task } = slotOf(key)
      task.offer(async () => (await tenant.converge(deployment, endpoint), 0), false)
    }
    const running = new Set(deployments.map(keyOf))
    await Promise.all([...slots].filter(([key]) => !running.has(key)).map(([key, slot]) => forget(key, slot)))
    const served = new Set([...services.map(keyOf), ...running])
    for (const key of [...endpoints.keys()].filter((one) => !served.has(one))) {
      endpoints.delete(key)
      await addresses.release(key)
    }
  }
  const rounds = startRounds({ everyMs, signal: ctx.signal, log, round })
  const finished = () => Promise.all([...slots.values()].map(({ task }) => task.finished()))
  const tenantOf = (name: LabPartName): Tenant => {
    const tenant = slots.get(name.slice('tenant-api:'.length))?.tenant
    if (tenant === undefined) throw new Error(`the lab has no part ${name}`)
    return tenant
  }

  const part: LabPart = {
    name: 'runner',
    owns: (name) => name === 'runner' || name.startsWith('tenant-api:'),
    status: async () => {
      const own = { name: 'runner', health: rounds.health(), version: 'stands in for kubelet and load balancer', pid: null, restarts: 0, logFile: logFileOf(ctx.logDir, 'runner') } as const
      return [own, ...(await Promise.all([...slots.values()].map(({ tenant }) => tenant.part())))]
    },
    kill: async (name) => {
      if (name !== 'runner') return tenantOf(name).process.kill()
      await rounds.pause()
      await finished()
    },
    revive: async (name) => (name === 'runner' ? rounds.resume() : tenantOf(name).process.revive()),
    stop: async () => {
      await rounds.stop()
      await finished()
      await Promise.all([...slots.values()].map(({ tenant }) => tenant.process.stop()))
      await Promise.all([rest.close(), proxy.close()])
    },
  }
  return { part, proxyUrl: proxy.url }
}
