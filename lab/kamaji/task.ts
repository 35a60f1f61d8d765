/** One piece of work that is done again and again, never twice at once: with a pause after success and a longer one after failures. */

const backoffMs = { first: 1_000, most: 30_000 }

export class Task {
  #busy: Promise<void> | undefined
  #notBefore = 0
  #failures = 0
  #lastError = ''

  constructor(readonly log: (line: string) => void) {}

  get busy(): boolean { return this.#busy !== undefined }

  /** Starts `work` unless it runs or rests. `work` answers how long it may rest; `now` ends a rest. */
  offer(work: () => Promise<number>, now: boolean): void {
    if (this.#busy !== undefined || (Date.now() < this.#notBefore && !now)) return
    this.#busy = this.#run(work).finally(() => {
      this.#busy = undefined
    })
  }

  async finished(): Promise<void> {
    await this.#busy
  }

  async #run(work: () => Promise<number>): Promise<void> {
    try {
      this.#notBefore = Date.now() + (await work())
      this.#failures = 0
      if (this.#lastError !== '') this.log('goes on')
      this.#lastError = ''
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // Once a change: the same failure every few seconds would bury the others.
      if (message !== this.#lastError) this.log(message)
      this.#lastError = message
      this.#notBefore = Date.now() + Math.min(backoffMs.first * 2 ** this.#failures, backoffMs.most)
      this.#failures += 1
    }
  }
}
