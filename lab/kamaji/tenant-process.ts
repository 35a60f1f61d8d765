/** The process of one tenant's API server, whichever Kamaji wants it. */
import type { LabContext } from '../context'
import type { LabPartStatus } from '../contract'
import { createSupervisor, logFileOf, type SupervisedProcess } from '../process'
import type { ApiServerSlot } from './api-server'

/** @typeParam Facts what it was started with */
export class TenantProcess<Facts> {
  readonly supervisor
  readonly name
  /** Ends a start in its middle: a deletion need not wait for an API server that it will stop. */
  readonly #abandoned = new AbortController()
  #running: { readonly process: SupervisedProcess; readonly slot: ApiServerSlot; readonly facts: Facts } | undefined
  #killed = false

  /** @param key `namespace/name` */
  constructor(
    readonly ctx: LabContext,
    key: string,
  ) {
    this.name = `tenant-api:${key}` as const
    this.supervisor = createSupervisor(ctx.stateDir, ctx.logDir, AbortSignal.any([ctx.signal, this.#abandoned.signal]))
  }

  /** Of the one that runs. */
  get facts(): Facts | undefined { return this.#running?.facts }
  /** As a fault: it is to stay dead. */
  get killed(): boolean { return this.#killed }

  /** Another one in the other slot; the one before it ends once that is there, and stays when it does not come up. */
  async replace(facts: Facts, start: (slot: ApiServerSlot) => Promise<SupervisedProcess>): Promise<void> {
    const before = this.#running
    const slot: ApiServerSlot = before?.slot === 'a' ? 'b' : 'a'
    this.#running = { process: await start(slot), slot, facts }
    await before?.process.stop()
  }

  /** One name for both slots: who asks to kill a tenant's API does not know which of them runs. */
  async part(unstarted: Pick<LabPartStatus, 'health' | 'version'>): Promise<LabPartStatus> {
    const [part] = (await this.#running?.process.status()) ?? []
    return part === undefined ? { ...unstarted, name: this.name, pid: null, restarts: 0, logFile: logFileOf(this.ctx.logDir, this.name) } : { ...part, name: this.name }
  }

  async isReady(): Promise<boolean> {
    const [part] = (await this.#running?.process.status()) ?? []
    return part?.health === 'ready'
  }

  async kill(): Promise<void> {
    this.#killed = true
    await this.#running?.process.kill(this.#running.process.name)
  }

  async revive(): Promise<void> {
    this.#killed = false
    await this.#running?.process.revive(this.#running.process.name)
  }

  abandon(): void {
    this.#abandoned.abort(new Error('the control plane is being deleted'))
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.process.stop()
  }
}
