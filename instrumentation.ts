/** Next calls this once a server process, before the first request. */
export async function register(): Promise<void> {
  // Written as a positive test: the build for the edge runtime then leaves all of it out.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startOrExit } = await import('@/server/start')
    await startOrExit()
  }
}
