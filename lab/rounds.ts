/** The loop of a part that reads the management cluster again and again, as a controller would. */

export interface Rounds {
  /** No round any more until `resume`; done when the one under way is over. */
  readonly pause: () => Promise<void>
  readonly resume: () => void
  /** As `pause`, for good. */
  readonly stop: () => Promise<void>
  readonly health: () => 'ready' | 'starting' | 'down'
}

/** Begins at once, and `everyMs` after each round's end the next. A failure is logged once, and once that it is over. */
export function startRounds({ everyMs, signal, log, round }: { everyMs: number; signal: AbortSignal; log: (line: string) => void; round: () => Promise<void> }): Rounds {
  let failure = ''
  let timer: NodeJS.Timeout | undefined
  let passing: Promise<void> = Promise.resolve()
  let down = false
  let stopped = false

  const pass = async () => {
    try {
      await round()
      if (failure !== '') log('the management cluster answers again')
      failure = ''
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== failure && !signal.aborted) log(message)
      failure = message
    }
  }
  const run = () => {
    if (down || stopped || signal.aborted) return
    passing = pass().finally(() => {
      timer = setTimeout(run, everyMs)
    })
  }
  const pause = async () => {
    down = true
    clearTimeout(timer)
    await passing
    clearTimeout(timer)
  }
  run()
  return {
    pause,
    stop: () => {
      stopped = true
      return pause()
    },
    resume: () => {
      // A second loop beside the first would never end.
      if (!down) return
      down = false
      run()
    },
    health: () => (down || stopped ? 'down' : failure === '' ? 'ready' : 'starting'),
  }
}
