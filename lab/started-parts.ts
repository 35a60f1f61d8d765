/** What runs by now, and the order in which it ends. */
import type { LabPart } from './part'
import type { LabPartName } from './contract'

/**
 * Ends from the first to the last. A kube-apiserver waits for its connections, so controllers go before it; one whose etcd
 * went first lingers and holds its port.
 */
const layers = ['controllers', 'tenant-apis', 'api', 'store'] as const
export type Layer = (typeof layers)[number]

export class StartedParts {
  readonly #abort = new AbortController()
  readonly #parts: { readonly layer: Layer; readonly part: LabPart }[] = []
  readonly #afterwards: (() => Promise<void>)[] = []
  #ending: Promise<void> = Promise.resolve()

  constructor(afterwards: () => Promise<void>) {
    this.#afterwards.push(afterwards)
  }

  /** Aborts when stop is first called. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Takes over the ending of `started.part`; answers `started`. */
  add<T extends { readonly part: LabPart }>(layer: Layer, started: T): T {
    this.#parts.push({ layer, part: started.part })
    return started
  }

  /** Runs after the last process ended. */
  onStop(work: () => Promise<void>): void {
    this.#afterwards.push(work)
  }

  parts(): readonly LabPart[] {
    return layers.toReversed().flatMap((layer) => this.#parts.filter((one) => one.layer === layer).map(({ part }) => part))
  }

  owner(name: LabPartName): LabPart {
    const owner = this.parts().find((part) => part.owns(name))
    if (owner === undefined) throw new Error(`the lab has no part ${name}`)
    return owner
  }

  /** Again and again if need be: a part that was still starting at the first call is ended by the next. */
  stop(): Promise<void> {
    this.#abort.abort(new Error('the lab stops'))
    this.#ending = this.#ending.then(() => this.#sweep())
    return this.#ending
  }

  async #sweep(): Promise<void> {
    for (const layer of layers) {
      const ending = this.#parts.filter((one) => one.layer === layer)
      // One part that fails to end must not keep the others alive.
      const results = await Promise.allSettled(ending.map(({ part }) => part.stop()))
      for (const result of results) if (result.status === 'rejected') console.error('a part of the lab did not end:', result.reason)
    }
    for (const work of this.#afterwards.splice(0).reverse()) await work()
  }
}
