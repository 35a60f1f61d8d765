/** How a script ends: by a signal, or with the process that started it. And how it says why. */

/** What can go wrong for a reason that the person can mend: one line, no stack. */
export class Expected extends Error {}

/** Aborts once, whatever asks the script to end. A second Ctrl-C changes nothing: the orderly end is bounded by itself. */
export function endingSignal(): AbortSignal {
  const ending = new AbortController()
  const end = () => ending.abort(new Expected('stopped'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  // scripts/run.mjs was killed outright.
  process.on('disconnect', end)
  process.channel?.unref()
  return ending.signal
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** A line with the seconds since the start of the script in front. */
export function stopwatch(): (line: string) => void {
  const since = Date.now()
  return (line) => console.log(`${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s  ${line}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
