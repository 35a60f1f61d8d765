/** One tenant's Deployment as a process: started, followed by a newer one, ended. It writes what the Deployment's status would say. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabContext } from '../context'
import type { LabPartStatus } from '../contract'
import { standInForControllerManager } from '../kamaji/kubeadm-phase'
import type { Endpoint } from '../kamaji/loopback-address'
import { TenantProcess } from '../kamaji/tenant-process'
import type { KubeObject, KubeRest } from '../kube-rest'
import { hashOf, startPod, versionOf, type PodTemplate } from './pod'

export interface Deployment extends KubeObject {
  spec: { replicas?: number; template: PodTemplate }
  status?: Record<string, unknown>
}

export class Tenant {
  readonly #dir: string
  /** Its facts: the hash of what it was started with. */
  readonly process: TenantProcess<string>
  #seen = ''
  #version = ''

  constructor(
    readonly ctx: LabContext,
    readonly rest: KubeRest,
    /** `namespace/name` */
    readonly key: string,
    readonly log: (line: string) => void,
  ) {
    this.#dir = join(ctx.stateDir, 'runner', key.replace('/', '_'))
    this.process = new TenantProcess(ctx, key)
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
    if (this.process.killed) return this.#tell(deployment, { replicas, updated: replicas, available: 0 })
    if (replicas === 0) {
      await this.process.stop()
      return this.#tell(deployment, { replicas: 0, updated: 0, available: 0 })
    }
    if (this.process.facts !== hash) {
      if (settled) await this.#roll(deployment, endpoint, hash)
      return
    }
    await this.#tell(deployment, { replicas, updated: replicas, available: (await this.process.isReady()) ? replicas : 0 })
  }

  /** As Kamaji's Deployments roll: the new ones all beside the old ones, then those end. */
  async #roll(deployment: Deployment, endpoint: Endpoint, hash: string): Promise<void> {
    const before = this.process.facts
    const replicas = deployment.spec.replicas ?? 1
    await this.#tell(deployment, before === undefined ? { replicas, updated: replicas, available: 0 } : { replicas: 2 * replicas, updated: replicas, available: replicas })
    const dir = join(this.#dir, hash)
    const [namespace = '', name = ''] = this.key.split('/')
    await this.process.replace(hash, (slot) => {
      const part = `${this.process.name}${slot === 'a' ? '' : '/b'}` as const
      return startPod(this.ctx, this.process.supervisor, this.rest, { part, namespace, dir, endpoint }, deployment.spec.template)
    })
    if (before !== undefined) await rm(join(this.#dir, before), { recursive: true, force: true })
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

  part(): Promise<LabPartStatus> {
    return this.process.part({ health: this.process.killed ? 'down' : 'starting', version: this.#version })
  }

  async remove(): Promise<void> {
    await this.process.stop()
    await rm(this.#dir, { recursive: true, force: true })
    this.log(`${this.key} is gone`)
  }
}
