/** One tenant's Deployment as a process: started, followed by a newer one, ended. It writes what the Deployment's status would say. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPartStatus } from '../contract'
import { standInForControllerManager } from '../kamaji/kubeadm-phase'
import type { Endpoint } from '../kamaji/loopback-address'
import type { KubeObject, KubeRest } from '../kube-rest'
import { createSupervisor, logFileOf, type SupervisedProcess } from '../process'
import { hashOf, startPod, versionOf, type PodTemplate } from './pod'

export interface Deployment extends KubeObject {
  spec: { replicas?: number; template: PodTemplate }
  status?: Record<string, unknown>
}

interface Running {
  readonly process: SupervisedProcess
  readonly hash: string
  readonly slot: 'a' | 'b'
}

export class Tenant {
  readonly #dir: string
  /** Ends a start in its middle: a deletion need not wait for an API server that it will stop. */
  readonly #abandoned = new AbortController()
  readonly #supervisor
  #running: Running | undefined
  #seen = ''
  #killed = false
  #version = ''

  constructor(
    readonly ctx: LabContext,
    readonly rest: KubeRest,
    /** `namespace/name` */
    readonly key: string,
    readonly log: (line: string) => void,
  ) {
    this.#dir = join(ctx.stateDir, 'runner', key.replace('/', '_'))
    this.#supervisor = createSupervisor(ctx.stateDir, ctx.logDir, AbortSignal.any([ctx.signal, this.#abandoned.signal]))
  }

  /** One pass. Throws where something stays undone; the caller comes back. */
  async converge(deployment: Deployment, endpoint: Endpoint): Promise<void> {
    const { template } = deployment.spec
    const replicas = deployment.spec.replicas ?? 1
    const hash = hashOf(template)
    this.#version = versionOf(template)
    // Kamaji writes a Deployment and adds to it at once (konnectivity): a process for each would start twice.
    const settled = this.#seen === hash
    this.#seen = hash
    if (this.#killed) return this.#tell(deployment, { replicas, updated: replicas, available: 0 })
    if (replicas === 0) {
      await this.stop()
      return this.#tell(deployment, { replicas: 0, updated: 0, available: 0 })
    }
    if (this.#running === undefined || this.#running.hash !== hash) {
      if (settled) await this.#roll(deployment, endpoint, hash)
      return
    }
    const [part] = await this.#running.process.status()
    await this.#tell(deployment, { replicas, updated: replicas, available: part?.health === 'ready' ? replicas : 0 })
  }

  /** As Kamaji's Deployments roll: the new ones all beside the old ones, then those end. */
  async #roll(deployment: Deployment, endpoint: Endpoint, hash: string): Promise<void> {
    const before = this.#running
    const replicas = deployment.spec.replicas ?? 1
    await this.#tell(deployment, before === undefined ? { replicas, updated: replicas, available: 0 } : { replicas: 2 * replicas, updated: replicas, available: replicas })
    const slot = before?.slot === 'a' ? 'b' : 'a'
    const part = `tenant-api:${this.key}${slot === 'a' ? '' : '/b'}` as const
    const dir = join(this.#dir, hash)
    const [namespace = '', name = ''] = this.key.split('/')
    const process = await startPod(this.ctx, this.#supervisor, this.rest, { part, namespace, dir, endpoint }, deployment.spec.template)
    this.#running = { process, hash, slot }
    await before?.process.stop()
    if (before !== undefined) await rm(join(this.#dir, before.hash), { recursive: true, force: true })
    await this.#tell(deployment, { replicas, updated: replicas, available: replicas })
    this.log(`${this.key} runs ${this.#version} on ${endpoint.host}:${endpoint.port}`)
    const secret = await this.rest.get<KubeObject & { data?: Record<string, string> }>(`/api/v1/namespaces/${namespace}/secrets/${name}-admin-kubeconfig`)
    const kubeconfig = secret?.data?.['super-admin.conf']
    if (kubeconfig !== undefined) await standInForControllerManager(Buffer.from(kubeconfig, 'base64').toString())
  }

  async #tell({ metadata, status }: Deployment, { replicas, updated, available }: { replicas: number; updated: number; available: number }): Promise<void> {
    const next = { observedGeneration: metadata.generation, replicas, updatedReplicas: updated, readyReplicas: available, availableReplicas: available, unavailableReplicas: replicas - available }
    // Absent is 0 there.
    if (Object.entries(next).every(([field, value]) => (status?.[field] ?? 0) === (value ?? 0))) return
    await this.rest.merge(`/apis/apps/v1/namespaces/${metadata.namespace ?? ''}/deployments/${metadata.name}/status`, { status: next })
  }

  async kill(): Promise<void> {
    this.#killed = true
    await this.#running?.process.kill(this.#running.process.name)
  }

  async revive(): Promise<void> {
    this.#killed = false
    await this.#running?.process.revive(this.#running.process.name)
  }

  async part(): Promise<LabPartStatus> {
    const name = `tenant-api:${this.key}` as const
    const [part] = (await this.#running?.process.status()) ?? []
    // One name for both slots: who asks to kill a tenant's API does not know which of them runs.
    if (part !== undefined) return { ...part, name }
    return { name, health: this.#killed ? 'down' : 'starting', version: this.#version, pid: null, restarts: 0, logFile: logFileOf(this.ctx.logDir, name) }
  }

  abandon(): void {
    this.#abandoned.abort(new Error('the control plane is being deleted'))
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.process.stop()
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.#dir, { recursive: true, force: true })
    this.log(`${this.key} is gone`)
  }
}
